/** The words of shares for explore.ts, and what parties do with them. */
import type * as Sleep from '../../src/registry/sleep.ts';
import type * as ShareWords from '../../src/shares/share-words.ts';
import {
  explore,
  type Findings,
  type LivesCode,
  type Next,
  type PartyPlan,
  type PartyView,
  type Scenario,
  type Subject,
} from './explore.ts';
import type { Mutation } from './source.ts';

export type SharesCode = LivesCode & typeof Sleep & typeof ShareWords;
type View = PartyView<SharesCode>;
type Plan = PartyPlan<SharesCode>;

const CLERK = 17;
const STATE = 19;
const ROWS = 32;
const SHARES = 1;
const TICKET = 2;
const WANTS_SHIFT = 16;
const HAS_MASK = 0xffff;
/** What who has poisoned it keeps. */
const POISON = 'poison';

/**
 * `total` shares. Anchors: whoever looks for a clerk, and a clerk that begins to look, carry nothing along but how often it has looked.
 * `isState`: does what STATE says matter to anybody? `late`: how many there are for who comes after everything.
 */
export function shares(total: number, isState = false, late = total): Subject<SharesCode> {
  return {
    files: ['registry/lives.ts', 'registry/sleep.ts', 'shares/share-words.ts'],
    wordCount: (code) => code.SHARE_WORDS,
    prepare: (code, words) => code.formatShares(words, total),
    hasPlaces: true,
    isUnseen: ({ index, writes, actor, read, ids, partyIn, lifeOf, mayDie, asksAgain }) => {
      if (index < ROWS) return index === STATE && !isState;
      const whose = partyIn((index - ROWS) >> 2);
      if (whose < 0) return true;
      const row = index - ((index - ROWS) & 3);
      const isCleared = lifeOf(whose) === 'buried' && read(row) === 0;
      const isFixed = read(row) === ids[whose] && lifeOf(whose) !== 'buried' && !mayDie(whose);
      if (index === row) return isCleared || isFixed;
      // Of who only once asks, a ticket is written before its wish and never again.
      if (index === row + TICKET) return !asksAgain || (!writes && whose === actor);
      return !writes && (isCleared || lifeOf(whose) === 'done');
    },
    beforeLoad: (index, tracker) => {
      if (index === CLERK) tracker.forget('serve', true);
    },
    afterWrite: (_kind, index, value, tracker) => {
      if (index !== CLERK) return;
      const looks = /^look (\d+)/.exec(tracker.anchor)?.[1] ?? 0;
      if (value === tracker.id) tracker.forget(`look ${Number(looks) + 1}`, true);
      else if (value === 0) tracker.forget('left', true);
    },
    // While nothing is wanted, the place in the line is known to its party alone.
    isIdle: (index, read) =>
      index >= ROWS && ((index - ROWS) & 3) === TICKET && read(index - TICKET + SHARES) >>> WANTS_SHIFT === 0,
    winner: (index, before, after, ids) => {
      if (index < ROWS || ((index - ROWS) & 3) !== SHARES || (after & HAS_MASK) <= (before & HAS_MASK)) return -1;
      return ids.findIndex((id) => ((id >>> 4) & 255) === (index - ROWS) >> 2);
    },
    conflict: (inside) => {
      if (inside.includes(POISON)) return inside.length > 1 ? 'shares are given out after poison' : undefined;
      const sum = inside.reduce((all, amount) => all + Number(amount), 0);
      return sum > total ? `${sum} of ${total} shares are given out` : undefined;
    },
    leavesDirt: (inside) => isState && Number(inside) === total,
    clears: (inside) => Number(inside) === total,
    afterwards: ({ protocol, words, registry, id }) => {
      protocol.request(words, registry, id, late);
      const outcome = protocol.look(words, registry, id, late);
      if (outcome === protocol.WAIT) return 'waits';
      if (outcome === protocol.TAKEN) return 'had';
      return outcome === protocol.TAKEN_ABANDONED ? 'told' : 'refused';
    },
  };
}

export type SharesCase = readonly [total: number, scenario: Scenario<SharesCode>, isState?: boolean, late?: number];

export function exploreShares([total, scenario, isState, late]: SharesCase, mutation?: Mutation): Findings {
  return explore(shares(total, isState, late), scenario, mutation);
}

/** As in local-shares.ts, when it blocks or waits. */
function take({ protocol, words, registry, id }: View, amount: number): number {
  if (protocol.takeAtOnce(words, registry, id, amount)) return protocol.TAKEN;
  protocol.request(words, registry, id, amount);
  return protocol.sleepForShares(words, registry, id, amount, Infinity);
}

/** As in local-shares.ts, when it does neither, or leaves. */
function attempt({ protocol, words, registry, id }: View, amount: number): number {
  if (protocol.takeAtOnce(words, registry, id, amount)) return protocol.TAKEN;
  protocol.request(words, registry, id, amount);
  const outcome = protocol.look(words, registry, id, amount);
  if (outcome === protocol.WAIT) protocol.withdraw(words, registry, id, amount);
  return outcome;
}

type How = (party: View, amount: number) => number;

/** Makes the row its own, as after an earlier use. */
function haveRow({ protocol, words, registry, id }: View): undefined {
  protocol.request(words, registry, id, 1);
  protocol.withdraw(words, registry, id, 1);
}

function plan(how: readonly How[], amount: number, ill: 'repair' | 'poison' | 'ignore' = 'ignore'): Plan {
  const operations: Record<string, (party: View) => Next | undefined> = {};
  for (const [round, one] of how.entries()) {
    const named = (name: string) => (round === 0 ? name : `${name} ${round}`);
    const after = round + 1 < how.length ? { next: `start ${round + 1}` } : undefined;
    const inside = String(amount);
    operations[named('start')] = (party) => {
      const { WAIT, IS_POISONED, TAKEN_ABANDONED } = party.protocol;
      const outcome = one(party, amount);
      if (outcome === WAIT || outcome === IS_POISONED || outcome === party.protocol.TIMED_OUT) return after;
      const told = outcome === TAKEN_ABANDONED;
      return { next: named(told && ill !== 'ignore' ? ill : 'release'), inside, told };
    };
    operations[named('repair')] = ({ protocol, words }) => {
      protocol.repair(words);
      return { next: named('release'), inside, told: true };
    };
    operations[named('poison')] = ({ protocol, words, registry, id }) => {
      protocol.poison(words, registry, id);
      return { next: 'done', inside: POISON, told: true };
    };
    operations[named('release')] = ({ protocol, words, registry, id }) => {
      protocol.release(words, registry, id, amount);
      return after;
    };
  }
  return { operations, asksAgain: how.length > 1, before: haveRow };
}

export const taker = (amount: number, rounds = 1): Plan =>
  plan(
    Array.from({ length: rounds }, () => take),
    amount,
  );
/** Gives nothing up. */
export const keeper = (): Plan => ({
  operations: {
    start: (party) => {
      take(party, 1);
      return { next: 'done', inside: '1' };
    },
  },
  before: haveRow,
});
export const leaver = (amount: number): Plan => plan([attempt], amount);
/** Changes its mind, and then asks again. */
export const fickle = (amount: number): Plan => plan([attempt, take], amount);
export const writer = (all: number): Plan => plan([take], all, 'repair');
export const poisoner = (all: number): Plan => plan([take], all, 'poison');
export const impatient = (amount: number): Plan => ({ ...plan([take], amount), mayTimeOut: true });
export const mortal = (party: Plan): Plan => ({ ...party, mayDie: true });
/** Has what it wants already, and gives it up. */
export const holder = (amount: number, how: 'release' | 'poison' = 'release'): Plan => ({
  operations: { start: plan([take], amount).operations[how]! },
  before: ({ protocol, words, registry, id }) => {
    protocol.request(words, registry, id, amount);
    return protocol.look(words, registry, id, amount) === protocol.TAKEN ? String(amount) : undefined;
  },
});
/** Its slot was that of a thread that died with `had`, in line for more. */
export const successor = (party: Plan, had: number): Plan => ({
  operations: party.operations,
  ...(party.asksAgain === undefined ? {} : { asksAgain: party.asksAgain }),
  predecessor: ({ protocol, words, registry, id }) => {
    protocol.request(words, registry, id, had);
    protocol.look(words, registry, id, had);
    protocol.request(words, registry, id, 1);
  },
});
