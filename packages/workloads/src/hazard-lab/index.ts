import { defineWorkload } from '../define-workload.ts';
import { check } from './check.ts';
import { HAZARDS, minimumWork, sizeOf, TIME_LIMIT_MS, WORKERS } from './input.ts';
import { variants } from './variants.ts';

const COUNT = Object.keys(HAZARDS).length;

export const hazardLab = defineWorkload({
  name: 'hazard-lab',
  title: 'Tasks that crash, leak, hang, and share',
  standsFor: 'isolation and fault tolerance',
  textbook: {
    rule: 'What may crash belongs in a process of its own: threads share one fate.',
    expects: ['processes'],
  },
  measures: [
    { key: 'survived', label: 'hazards survived', unit: `of ${COUNT}`, better: 'higher', isCount: true },
    { key: 'innocentsLost', label: 'innocent tasks lost', unit: 'tasks', better: 'lower', isCount: true },
    { key: 'slowestRecoveryMs', label: 'slowest recovery', unit: 'ms', better: 'lower' },
    { key: 'updatesLost', label: 'updates lost, added plainly', unit: 'updates', better: 'lower', isCount: true },
    { key: 'wallMs', label: 'time', unit: 'ms', better: 'lower' },
  ],
  winner: 'survived',
  leastMs: 8_000,
  startsPrograms: true,
  sizeOf,
  minimumWork,
  describe: ({ innocents }) =>
    `${COUNT} hazards, each in a program of its own with ${innocents} innocent tasks, the loop limited to ${TIME_LIMIT_MS} ms; ` +
    `${WORKERS} tasks that share state`,
  variants,
  check,
  measuresOf({ hazards: observations, sharing }, _, { innocents }) {
    const { plainly } = sharing.seen;
    const lost = observations.map((seen) => innocents - Object.keys(seen.innocents).length);
    return {
      survived: observations.filter(({ ended }) => ended === undefined).length,
      innocentsLost: lost.reduce((sum, count) => sum + count, 0),
      // Where nothing can be shared, nothing is lost.
      updatesLost: plainly !== undefined && 'counted' in plainly ? plainly.expected - plainly.counted : 0,
      // Of those survived; there is always one: an error that is thrown ends nobody.
      slowestRecoveryMs: Math.max(0, ...observations.map(({ recoveryMs }) => recoveryMs ?? 0)),
    };
  },
});
