import { defineWorkload } from '../define-workload.ts';
import { check } from './check.ts';
import { BLOCK_PATHS, BLOCK_SAMPLES, minimumWork, PATH_BLOCKS, sizeOf } from './input.ts';
import { variants } from './variants.ts';

export const monteCarlo = defineWorkload({
  name: 'monte-carlo',
  title: 'Pi and an option by simulation',
  standsFor: 'scientific simulation',
  textbook: {
    rule: 'Long independent computations that exchange almost nothing run equally well in threads and in processes.',
    expects: ['threads', 'processes', 'native-all'],
  },
  measures: [
    { key: 'wallMs', label: 'time', unit: 'ms', better: 'lower' },
    { key: 'millionSamplesPerSecond', label: 'rate', unit: 'million points and paths/s', better: 'higher' },
  ],
  winner: 'wallMs',
  sizeOf,
  minimumWork,
  describe: ({ blocks }) => {
    const [points, paths] = [BLOCK_SAMPLES, PATH_BLOCKS * BLOCK_PATHS].map((each) => blocks * each);
    return `${points!.toLocaleString('en-US')} points, ${paths!.toLocaleString('en-US')} paths`;
  },
  variants,
  check,
  measuresOf: ({ samples, sums }, elapsedMs) => ({
    millionSamplesPerSecond: (samples + (sums.length / 2) * BLOCK_PATHS) / elapsedMs / 1000,
  }),
});
