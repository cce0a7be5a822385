/** The words of a latch for explore.ts, and what parties do with them. */
import type * as LatchWords from '../../src/latch/latch-words.ts';
import type * as Seats from '../../src/registry/seats.ts';
import type * as Sleep from '../../src/registry/sleep.ts';
import type { LivesCode, PartyPlan, Subject } from './explore.ts';

export type LatchCode = LivesCode & typeof Sleep & typeof Seats & typeof LatchWords;
type Plan = PartyPlan<LatchCode>;

/** All who wait see the same end. */
export const latch = (count: number): Subject<LatchCode> => ({
  files: ['registry/lives.ts', 'registry/sleep.ts', 'registry/seats.ts', 'latch/latch-words.ts'],
  wordCount: (code) => code.LATCH_WORDS,
  prepare: (code, words) => code.formatLatch(words, count),
  conflict: (inside) => (new Set(inside).size > 1 ? `one sees it ${inside.join(', another ')}` : undefined),
  leavesDirt: () => false,
  afterwards: ({ protocol, words, registry }) =>
    protocol.lookAtLatch(words, registry) === protocol.WAIT ? 'waits' : 'had',
});

export const waiter = (): Plan => ({
  operations: {
    start: ({ protocol, words, registry, id }) => {
      const outcome = protocol.sleep(registry, id, Infinity, () => protocol.lookAtLatch(words, registry));
      return { next: 'done', inside: outcome === protocol.TAKEN ? 'open' : 'broken' };
    },
  },
});
export const counter = (): Plan => ({
  operations: {
    start: ({ protocol, words, registry, id }) => void protocol.countDown(words, registry, id, 1),
  },
});
/** Has promised to count. */
export const promiser = (): Plan => ({
  ...counter(),
  before: ({ protocol, words, id }) => void protocol.takeSeat(words, protocol.SEAT_WORDS, id),
});
export const mortal = (party: Plan): Plan => ({ ...party, mayDie: true });
