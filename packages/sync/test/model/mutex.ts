/** The words of a mutex for explore.ts, and what parties do with them. */
import type * as LockWord from '../../src/mutex/lock-word.ts';
import type * as Sleep from '../../src/registry/sleep.ts';
import type { LivesCode, Next, PartyPlan, PartyView, Subject } from './explore.ts';

export type MutexCode = LivesCode & typeof Sleep & typeof LockWord;
type View = PartyView<MutexCode>;
type Plan = PartyPlan<MutexCode>;

const LOCK = 16;
const TABLE = 32;
const OWNER_MASK = ~15;
const GRANTED = 2;
const SLOT_SHIFT = 4;
const holderIn = (lock: number): number => ((lock & GRANTED) === 0 ? lock & OWNER_MASK : 0);

/**
 * Anchors: the first load of LOCK of a release; its first notify; WAITING set again; the wish written; the wish gone. No loop around LOCK
 * carries anything from turn to turn.
 */
export const mutex: Subject<MutexCode> = {
  files: ['registry/lives.ts', 'registry/sleep.ts', 'mutex/lock-word.ts'],
  wordCount: (code) => code.MUTEX_WORDS,
  isUnseen: ({ index, writes, actor, partyIn, lifeOf, asksAgain }) => {
    if (index < TABLE) return false;
    const whose = partyIn((index - TABLE) >> 1);
    // Of who only once asks, a ticket is written before its wish and never again.
    if (((index - TABLE) & 1) === 1) return !asksAgain || (!writes && whose === actor);
    return whose < 0 || (!writes && (whose === actor || lifeOf(whose) === 'done'));
  },
  beforeLoad: (index, tracker) => {
    if (index !== LOCK) return;
    if (tracker.anchor === '') tracker.forget('lock');
    // A release that was changed may have lost the anchor between its two loops.
    if (tracker.anchor !== 'lock' || !tracker.isMutated) tracker.rewind();
  },
  afterWrite: (kind, index, value, tracker) => {
    const isOwnWish = index === TABLE + 2 * ((tracker.id >>> SLOT_SHIFT) & 255);
    if (kind === 'or') tracker.forget('or');
    else if (kind === 'store' && isOwnWish) tracker.forget(value === 0 ? 'no wish' : 'wish');
  },
  afterNotify: (tracker) => {
    if (tracker.anchor === '' || tracker.anchor === 'lock') tracker.forget('told');
  },
  // While its wish is not written, the place in the line is known to its party alone.
  isIdle: (index, read) => index > TABLE && ((index - TABLE) & 1) === 1 && read(index - 1) === 0,
  winner: (index, before, after, ids) =>
    index === LOCK && holderIn(after) !== holderIn(before) ? ids.indexOf(holderIn(after)) : -1,
  conflict: (inside) => (inside.length > 1 ? 'two parties have the lock at once' : undefined),
  afterwards: ({ protocol, words, registry, id }) => {
    if (protocol.tryTake(words, id)) return 'had';
    protocol.request(words, id);
    const outcome = protocol.look(words, registry, id);
    if (outcome === protocol.WAIT) return 'waits';
    return outcome === protocol.TAKEN ? 'had' : 'told';
  },
};

/** As in local-lock.ts. */
export function take({ protocol, words, registry, id }: View): number {
  if (protocol.tryTake(words, id)) return protocol.TAKEN;
  protocol.request(words, id);
  return protocol.sleepForLock(words, registry, id, Infinity);
}

/** As in local-lock.ts; with what an aborted request does when it leaves. */
function attempt(party: View): number {
  const { protocol, words, id } = party;
  if (protocol.tryTake(words, id)) return protocol.TAKEN;
  return askAndLeave(party);
}

function askAndLeave({ protocol, words, registry, id }: View): number {
  protocol.request(words, id);
  const outcome = protocol.look(words, registry, id);
  if (outcome === protocol.WAIT) protocol.withdraw(words, registry, id);
  return outcome;
}

/** Locks `rounds` times; an abandoned lock it repairs or poisons. */
function plan(how: (party: View) => number, rounds: number, ill: 'repair' | 'poison'): Plan {
  const operations: Record<string, (party: View) => Next | undefined> = {};
  for (let round = 0; round < rounds; round++) {
    const named = (name: string) => (round === 0 ? name : `${name} ${round}`);
    const after = round + 1 < rounds ? { next: `start ${round + 1}` } : undefined;
    operations[named('start')] = (party) => {
      const outcome = how(party);
      if (outcome === party.protocol.TAKEN) return { next: named('release'), inside: 'lock' };
      if (outcome !== party.protocol.TAKEN_ABANDONED) return after;
      return { next: named(ill), inside: 'lock', told: true };
    };
    operations[named('repair')] = ({ protocol, words }) => {
      protocol.repair(words);
      return { next: named('release'), inside: 'lock', told: true };
    };
    operations[named('poison')] = ({ protocol, words, registry, id }) => {
      if (!protocol.poison(words, registry, id)) throw new Error('poison() without the lock');
      return after;
    };
    operations[named('release')] = ({ protocol, words, registry, id }) => {
      if (!protocol.release(words, registry, id)) throw new Error('release() without the lock');
      return after;
    };
  }
  return { operations, asksAgain: rounds > 1 };
}

export const locker = (rounds = 1): Plan => plan(take, rounds, 'repair');
export const poisoner = (): Plan => plan(take, 1, 'poison');
export const leaver = (): Plan => plan(attempt, 1, 'repair');
export const impatient = (): Plan => ({ ...plan(take, 1, 'repair'), mayTimeOut: true });
export const mortal = (party: Plan): Plan => ({ ...party, mayDie: true });
/** Changes its mind, and then asks again. */
export const fickle = (): Plan => {
  const { start, release } = plan(askAndLeave, 1, 'repair').operations;
  const again = plan(take, 2, 'repair').operations;
  const first = (party: View) => start!(party) ?? { next: 'start 1' };
  return {
    operations: { ...again, start: first, release: (party) => release!(party) ?? { next: 'start 1' } },
    asksAgain: true,
  };
};
/** Has the lock already, and gives it up. */
export const holder = (): Plan => {
  const { operations } = locker();
  return {
    operations: { start: operations['release']! },
    before: ({ protocol, words, id }) => (protocol.tryTake(words, id) ? 'lock' : undefined),
  };
};
