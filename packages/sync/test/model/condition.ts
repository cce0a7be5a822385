/**
 * The words of a condition for explore.ts, beside those of its mutex, and what parties do with them: wait until a flag is set, of which one
 * party is told and tells the next, so a call that is lost leaves somebody asleep.
 */
import type * as ConditionWords from '../../src/condition/condition-words.ts';
import { EXTRA, type Next, type PartyPlan, type PartyView, type Subject } from './explore.ts';
import { mutex, take, type MutexCode } from './mutex.ts';

export type ConditionCode = MutexCode & typeof ConditionWords;
type View = PartyView<ConditionCode>;
type Plan = PartyPlan<ConditionCode>;

const LOCK = 16;
const ROWS = EXTRA + 32;
const OWNER = 0;
const CALLED = 2;

export const condition: Subject<ConditionCode> = {
  ...mutex,
  files: [...mutex.files, 'condition/condition-words.ts'],
  // The flag comes after the words.
  extraCount: (code) => code.CONDITION_WORDS + 1,
  hasPlaces: true,
  isUnseen: (access) => {
    const { index, writes, actor, partyIn, ids, read, mayDie } = access;
    if (index < EXTRA) return mutex.isUnseen!({ ...access, asksAgain: true });
    const whose = index < ROWS ? -1 : partyIn((index - ROWS) >> 2);
    const isFlag = index >= ROWS + 4 * access.protocol.MAX_THREADS;
    if (index >= ROWS && !isFlag && whose < 0) return true;
    const word = index < ROWS || isFlag ? -1 : (index - ROWS) & 3;
    if (word === CALLED) return false;
    if (word === OWNER) return !writes && (whose === actor || read(index) === ids[whose]);
    // Only with the mutex, which is one's own as long as one lives.
    return !writes || actor < 0 || !mayDie(actor);
  },
  beforeLoad: (index, tracker) => {
    if (index === LOCK) tracker.forget('lock', true);
  },
  afterWrite: (kind, index, value, tracker) => {
    if (index < EXTRA) mutex.afterWrite!(kind, index, value, tracker);
  },
  afterNotify: () => {},
};

const flagOf = ({ protocol }: View): number => protocol.CONDITION_WORDS;
const isSet = (party: View): boolean => party.atomics.load(party.extra, flagOf(party)) !== 0;
const setFlag = (party: View): void => void party.atomics.store(party.extra, flagOf(party), 1);
const giveUp = ({ protocol, words, registry, id }: View): void => void protocol.release(words, registry, id);

/** As in local-condition.ts. */
const operations: Record<string, (party: View) => Next | undefined> = {
  start: (party) => has(party, take(party), 'look', 'told'),
  look: (party) => (isSet(party) ? { next: 'pass on', inside: 'mutex' } : { next: 'enlist', inside: 'mutex' }),
  enlist: ({ protocol, extra, registry, id }) => {
    protocol.enlist(extra, registry, id);
    return { next: 'give up', inside: 'mutex' };
  },
  'give up': (party) => {
    giveUp(party);
    return { next: 'sleep' };
  },
  sleep: ({ protocol, words, extra, registry, id }) => {
    const outcome = protocol.sleep(registry, id, Infinity, () =>
      protocol.calledBack(extra, id) > 0 || protocol.isInNeed(extra, words, registry) ? protocol.TAKEN : protocol.WAIT,
    );
    return { next: outcome === protocol.WAIT ? 'lock again, late' : 'lock again' };
  },
  'lock again': (party) => has(party, take(party), 'come back', 'told'),
  'lock again, late': (party) => has(party, take(party), 'come back, late', 'told'),
  'come back': ({ protocol, extra, registry, id }) =>
    protocol.comeBack(extra, registry, id, false)
      ? { next: 'look', inside: 'mutex' }
      : { next: 'give up', inside: 'mutex' },
  'come back, late': ({ protocol, extra, registry, id }) =>
    protocol.comeBack(extra, registry, id, true)
      ? { next: 'look', inside: 'mutex' }
      : { next: 'release', inside: 'mutex' },
  'pass on': ({ protocol, extra, registry }) => {
    protocol.callOne(extra, registry);
    return { next: 'release', inside: 'mutex' };
  },
  // Sees to it that the others can go on.
  told: (party) => {
    const { protocol, words, extra, registry, id } = party;
    protocol.comeBack(extra, registry, id, true);
    setFlag(party);
    protocol.callAll(extra, registry);
    protocol.repair(words);
    return { next: 'release', inside: 'mutex', told: true };
  },
  release: (party) => void giveUp(party),
  set: (party) => {
    setFlag(party);
    return { next: 'pass on', inside: 'mutex', told: true };
  },
  poison: ({ protocol, words, registry, id }) => void protocol.poison(words, registry, id),
};

function has({ protocol }: View, outcome: number, next: string, told: string): Next | undefined {
  if (outcome === protocol.TAKEN) return { next, inside: 'mutex' };
  return outcome === protocol.TAKEN_ABANDONED ? { next: told, inside: 'mutex', told: true } : undefined;
}

const startingAt = (start: string): Plan => ({ operations: { ...operations, start: operations[start]! } });

/** Waits until the flag is set, then tells the next. */
export const waiter = (): Plan => startingAt('start');
/** The same, and waits already; `isCalled`: and was called. */
export const sleeper = (isCalled = false): Plan => ({
  ...startingAt('sleep'),
  before: (party) => {
    const { protocol, words, extra, registry, id } = party;
    protocol.tryTake(words, id);
    protocol.enlist(extra, registry, id);
    if (isCalled) {
      setFlag(party);
      protocol.callOne(extra, registry);
    }
    protocol.release(words, registry, id);
    return undefined;
  },
});
/** Sets the flag, and calls one who waits. */
export const notifier = (): Plan => ({
  operations: { ...operations, start: (party) => has(party, take(party), 'set', 'told') },
});
/** Has the mutex already, and does this. */
export const holder = (does: 'set' | 'poison' | 'release'): Plan => ({
  ...startingAt(does),
  before: ({ protocol, words, id }) => (protocol.tryTake(words, id) ? 'mutex' : undefined),
});
/** Wants the mutex, perhaps not for long. Sees to nothing else. */
export const locker = (): Plan => ({
  operations: { ...operations, start: (party) => has(party, take(party), 'release', 'told') },
  mayTimeOut: true,
});
/** Of the wait for a call: for the mutex it waits without a limit. */
export const impatient = (party: Plan): Plan => ({ ...party, mayTimeOut: ['start', 'sleep'] });
export const mortal = (party: Plan): Plan => ({ ...party, mayDie: true });
/** Enlists after it has given up the mutex. */
export const hasty = (): Plan => ({
  operations: {
    ...operations,
    look: (party) => (isSet(party) ? { next: 'pass on', inside: 'mutex' } : { next: 'give up', inside: 'mutex' }),
    'give up': (party) => {
      giveUp(party);
      return { next: 'enlist' };
    },
    enlist: ({ protocol, extra, registry, id }) => {
      protocol.enlist(extra, registry, id);
      return { next: 'sleep' };
    },
  },
});
