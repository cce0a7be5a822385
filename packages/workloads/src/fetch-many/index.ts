import { defineWorkload } from '../define-workload.ts';
import { check } from './check.ts';
import { ANSWER_DELAY_MS, SOCKETS, minimumWork, sizeOf } from './input.ts';
import { variants } from './variants.ts';

export const fetchMany = defineWorkload({
  name: 'fetch-many',
  title: 'Many slow requests',
  standsFor: 'I/O-bound operations',
  textbook: {
    rule: 'Threads suit I/O-bound work: while one waits, another runs.',
    expects: ['threads'],
  },
  measures: [
    { key: 'wallMs', label: 'time', unit: 'ms', better: 'lower' },
    { key: 'requestsPerSecond', label: 'rate', unit: 'requests/s', better: 'higher' },
  ],
  winner: 'wallMs',
  sizeOf,
  minimumWork,
  describe: ({ requests }) =>
    `${requests.toLocaleString('en-US')} requests, answered after ${ANSWER_DELAY_MS} ms, ${SOCKETS} at once`,
  variants,
  check,
  measuresOf: (bodies, elapsedMs) => ({ requestsPerSecond: (1000 * bodies.length) / elapsedMs }),
});
