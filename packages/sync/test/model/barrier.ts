/** The words of a barrier for explore.ts, and what parties do with them. */
import type * as BarrierWords from '../../src/barrier/barrier-words.ts';
import type * as Seats from '../../src/registry/seats.ts';
import type * as Sleep from '../../src/registry/sleep.ts';
import type { LivesCode, Next, PartyPlan, PartyView, Subject } from './explore.ts';

export type BarrierCode = LivesCode & typeof Sleep & typeof Seats & typeof BarrierWords;
type View = PartyView<BarrierCode>;
type Plan = PartyPlan<BarrierCode>;

const ROUND = 1 << 10;

/** `parties` of them. While one has passed a round, no other has still to come to it. */
export const barrier = (parties: number): Subject<BarrierCode> => ({
  files: ['registry/lives.ts', 'registry/sleep.ts', 'registry/seats.ts', 'barrier/barrier-words.ts'],
  wordCount: (code) => code.BARRIER_WORDS,
  prepare: (code, words) => code.formatBarrier(words, parties),
  // Taken before everything begins, and never left.
  isUnseen: ({ protocol, index }) => index >= protocol.SEATS - 1,
  conflict: (inside) =>
    new Set(inside).size > 1 ? `one has passed round ${inside.join(', another round ')}` : undefined,
  leavesDirt: () => false,
  afterwards: () => 'had',
});

/** Passes `rounds` rounds; in the first it may time out and come again when it is `impatient`. */
export function party(rounds = 1, isImpatient = false): Plan {
  const operations: Record<string, (party: View) => Next | undefined> = {};
  for (let round = 0; round < rounds; round++) {
    const passed = { next: round + 1 < rounds ? `arrive ${round + 1}` : 'done', inside: String(round + 1) };
    const sleeps = (again: string | undefined) => (party: View) => {
      const { protocol, words, registry, id } = party;
      const outcome = protocol.sleepInRound(words, registry, id, round * ROUND, Infinity);
      if (outcome === protocol.TAKEN) return passed;
      return outcome === protocol.TIMED_OUT ? { next: again! } : undefined;
    };
    const arrives = (next: string) => (party: View) => {
      party.protocol.arrive(party.words, party.registry);
      return { next };
    };
    operations[`arrive ${round}`] = arrives(`sleep ${round}`);
    operations[`sleep ${round}`] = sleeps(`arrive ${round} again`);
    operations[`arrive ${round} again`] = arrives(`sleep ${round} again`);
    operations[`sleep ${round} again`] = sleeps(undefined);
  }
  return {
    operations: { ...operations, start: operations['arrive 0']! },
    before: ({ protocol, words, id }) => {
      protocol.join(words, id);
      return '0';
    },
    ...(isImpatient ? { mayTimeOut: ['sleep 0'] } : {}),
  };
}
export const mortal = (party: Plan): Plan => ({ ...party, mayDie: true });
/** Says that it can't go on. */
export const breaker = (): Plan => ({
  ...party(),
  operations: { start: ({ protocol, words, registry }) => void protocol.breakOff(words, registry) },
});
