import { defineWorkload } from '../define-workload.ts';
import { check } from './check.ts';
import { describe, minimumWork, prepare, sizeOf } from './input.ts';
import { variants } from './variants.ts';

export const sortReduce = defineWorkload({
  name: 'sort-reduce',
  title: 'Sort and count lines',
  standsFor: 'parallel algorithms on shared data',
  textbook: {
    rule: 'A parallel algorithm over one large array belongs on threads: processes would have to copy the array.',
    expects: ['threads', 'native-all'],
  },
  measures: [{ key: 'wallMs', label: 'time', unit: 'ms', better: 'lower' }],
  winner: 'wallMs',
  sizeOf,
  minimumWork,
  describe,
  prepare,
  variants,
  check,
});
