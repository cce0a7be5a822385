import { defineWorkload } from '../define-workload.ts';
import { check } from './check.ts';
import { FRAME_RATE_HZ, minimumWork, sizeOf } from './input.ts';
import { quantile } from './ticker.ts';
import { variants } from './variants.ts';

export const responsiveLoop = defineWorkload({
  name: 'responsive-loop',
  title: 'Responsive main thread',
  standsFor: 'user interfaces and servers',
  textbook: {
    rule: 'Heavy work leaves the thread of the user interface: a thread of its own keeps the program responsive.',
    expects: ['threads'],
  },
  measures: [
    { key: 'delayP50Ms', label: 'median frame delay', unit: 'ms', better: 'lower' },
    { key: 'delayP99Ms', label: '99 % frame delay', unit: 'ms', better: 'lower' },
    { key: 'missedFrames', label: 'missed frames', unit: 'frames', better: 'lower' },
    { key: 'wallMs', label: 'time', unit: 'ms', better: 'lower' },
  ],
  winner: 'delayP99Ms',
  sizeOf,
  minimumWork,
  describe: ({ tasks }) => `${tasks} heavy tasks beside a ${FRAME_RATE_HZ} Hz ticker`,
  variants,
  check,
  measuresOf: ({ ticks: { delaysMs, missed } }) => ({
    delayP50Ms: quantile(delaysMs, 0.5),
    delayP99Ms: quantile(delaysMs, 0.99),
    missedFrames: missed,
  }),
});
