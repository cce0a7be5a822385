import { defineWorkload } from '../define-workload.ts';
import { check } from './check.ts';
import { BLOCK_SAMPLES, minimumWork, sizeOf } from './input.ts';
import { variants } from './variants.ts';

export const monteCarlo = defineWorkload({
  name: 'monte-carlo',
  title: 'Pi by simulation',
  standsFor: 'scientific simulation',
  textbook: {
    rule: 'Long independent computations that exchange almost nothing run equally well in threads and in processes.',
    expects: ['threads', 'processes', 'native-all'],
  },
  measures: [
    { key: 'wallMs', label: 'time', unit: 'ms', better: 'lower' },
    { key: 'millionSamplesPerSecond', label: 'rate', unit: 'million samples/s', better: 'higher' },
  ],
  winner: 'wallMs',
  sizeOf,
  minimumWork,
  describe: ({ blocks }) => `${(blocks * BLOCK_SAMPLES).toLocaleString('en-US')} points`,
  variants,
  check,
  measuresOf: ({ samples }, elapsedMs) => ({ millionSamplesPerSecond: samples / elapsedMs / 1000 }),
});
