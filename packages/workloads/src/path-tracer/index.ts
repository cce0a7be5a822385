import { defineWorkload } from '../define-workload.ts';
import { check } from './check.ts';
import { frameOf, minimumWork, sizeOf } from './input.ts';
import { variants } from './variants.ts';

export const pathTracer = defineWorkload({
  name: 'path-tracer',
  title: 'Path-traced picture',
  standsFor: 'rendering',
  textbook: {
    rule: 'Pixels of a rendered picture are independent: any kind of worker will do, and shared memory saves the copies.',
    expects: ['threads', 'processes', 'native-all'],
  },
  measures: [
    { key: 'wallMs', label: 'time', unit: 'ms', better: 'lower' },
    { key: 'millionPathsPerSecond', label: 'rate', unit: 'million paths/s', better: 'higher' },
  ],
  winner: 'wallMs',
  sizeOf,
  minimumWork,
  describe: (size) => {
    const { width, height, samples } = frameOf(size);
    return `${width} x ${height} px, ${samples} paths each`;
  },
  variants,
  check,
  measuresOf: (picture, elapsedMs, { samples }) => ({
    millionPathsPerSecond: ((picture.length / 3) * samples) / elapsedMs / 1000,
  }),
});
