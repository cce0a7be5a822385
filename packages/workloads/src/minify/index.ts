import { defineWorkload } from '../define-workload.ts';
import { check } from './check.ts';
import { describe, minimumWork, prepare, sizeOf } from './input.ts';
import { variants } from './variants.ts';

export const minify = defineWorkload({
  name: 'minify',
  title: 'Minify source files',
  standsFor: 'tools: CPU-bound JavaScript on files',
  textbook: {
    rule: 'CPU-bound work on separate files splits by file; threads and processes gain alike, since little is shared.',
    expects: ['threads', 'processes'],
  },
  measures: [
    { key: 'wallMs', label: 'time', unit: 'ms', better: 'lower' },
    { key: 'filesPerSecond', label: 'rate', unit: 'files/s', better: 'higher' },
  ],
  winner: 'wallMs',
  sizeOf,
  minimumWork,
  describe,
  prepare,
  variants,
  check,
  measuresOf: (outputs, elapsedMs) => ({ filesPerSecond: (1000 * outputs.length) / elapsedMs }),
});
