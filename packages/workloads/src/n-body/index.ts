import { defineWorkload } from '../define-workload.ts';
import { check } from './check.ts';
import { minimumWork, sizeOf } from './input.ts';
import { variants } from './variants.ts';

export const nBody = defineWorkload({
  name: 'n-body',
  title: 'Bodies under gravity',
  standsFor: 'scientific simulation',
  textbook: {
    rule: 'A simulation whose every step reads all of its state belongs on threads, which share that state.',
    expects: ['threads', 'native-all'],
  },
  measures: [{ key: 'wallMs', label: 'time', unit: 'ms', better: 'lower' }],
  winner: 'wallMs',
  sizeOf,
  minimumWork,
  describe: ({ bodies, steps }) => `${bodies.toLocaleString('en-US')} bodies, ${steps} steps, all pairs`,
  variants,
  check,
});
