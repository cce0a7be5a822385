/**
 * Drives a protocol's own functions one atomic access at a time, through every order of the accesses of all parties, with a death at
 * every point of those that may die. What is shared, and what is wrong, a subject says (mutex.ts, shares.ts and so on).
 *
 * A party is a list of operations. What an operation has done so far is the list of what its accesses gave; to go on, it is called
 * again from its beginning, is given the same, makes one access more, and is stopped at the next by an exception. So a state is the
 * memory and these lists, and two orders that lead to the same state are followed once.
 *
 * To keep the number of states small:
 * - An access is made together with the one before it when no order could tell the difference: to a word that nobody else writes from
 *   there on, or that nobody reads.
 * - What an operation has forgotten is no part of the state. After its accesses that a subject calls anchors it carries nothing along.
 *   The loop around a sleep carries nothing from turn to turn, so when it begins again it is where it was. Of a compare-and-swap the
 *   protocol only looks whether it succeeded, of its word for news only whether that changed.
 */
import { placeNow } from './place.ts';
import { loadProtocol, type Mutation } from './source.ts';
import { AWAKE, clone, keyOfParty, NOWHERE, type Party, type State, type Value } from './state.ts';
import {
  EXTRA,
  type Findings,
  type LivesCode,
  type Next,
  type PartyView,
  type Scenario,
  type Subject,
  type Tracker,
} from './subject.ts';

export { EXTRA } from './subject.ts';
export type {
  Findings,
  LivesCode,
  Next,
  PartyPlan,
  PartyView,
  Scenario,
  Subject,
  Tracker,
  WordAccess,
} from './subject.ts';

const STOP = new Error('stopped before the next access');

/** Of the registry. */
const DEATHS = 7;
const LIFE = 16;
/** An operation that takes more accesses than this turns in a circle. */
const MAX_ACCESSES = 300;

export function explore<Code extends LivesCode>(
  subject: Subject<Code>,
  scenario: Scenario<Code>,
  mutation?: Mutation,
): Findings {
  const { parties: plans, deaths = 0, countsOvertaking = false } = scenario;
  // What happens before: the registry, and an id for each party and for who comes afterwards.
  const real = loadProtocol<Code>(subject.files, Atomics);
  const words = new Int32Array(new SharedArrayBuffer(4 * subject.wordCount(real)));
  const extra = new Int32Array(new SharedArrayBuffer(4 * (subject.extraCount?.(real) ?? 0)));
  const registry = new Int32Array(new SharedArrayBuffer(4 * real.REGISTRY_WORDS));
  real.formatRegistry(registry, 0, () => 0);
  subject.prepare?.(real, words);
  const ids = plans.map((_plan, index) => real.claimLife(registry, 0, index + 1));
  const lateId = real.claimLife(registry, 0, 1000);
  const viewOf = (index: number) => ({ protocol: real, words, extra, registry, id: ids[index]!, atomics: Atomics });
  const insideFirst = plans.map(({ before }, index) => before?.(viewOf(index)) ?? '');
  for (const [index, { predecessor }] of plans.entries()) {
    if (predecessor === undefined) continue;
    predecessor(viewOf(index));
    real.endLife(registry, ids[index]!);
    // The lowest free slot: the same.
    ids[index] = real.claimLife(registry, 0, 1001 + index);
  }
  const parks = ids.map((id) => real.parkWord(id));
  const partyIn = (slot: number): number => ids.findIndex((id) => real.slotOf(id) === slot);
  const asksAgain = plans.some((plan) => plan.asksAgain);

  const known = new Map<Int32Array, number[]>([
    [words, []],
    [extra, []],
    [registry, []],
  ]);
  const initial: number[] = [];
  const indexes: number[] = [];
  /** The index by which a subject knows the word, -1: it is of the registry. */
  const indexOf = (array: Int32Array, index: number): number =>
    array === registry ? -1 : array === extra ? EXTRA + index : index;
  const cellOf = (array: Int32Array, index: number): number =>
    (known.get(array)![index] ??= (indexes.push(indexOf(array, index)), initial.push(array[index]!) - 1));
  const parkCells = parks.map((index) => cellOf(registry, index));

  // The access in progress: of whom, in which state, what was given before, and whether the one step was made.
  let state!: State;
  let actor = -1;
  let log: Value[] = [];
  let at = 0;
  let anchor = '';
  let anchorAt = 0;
  let newsAt = -1;
  let place = '';
  let fellAsleepOn = AWAKE;
  let hasStepped = false;
  let isOver = false;

  const faults: string[] = [];
  const reached = new Set<string>();
  let overtaken = 0;

  const read = (cell: number): number => state.memory[cell] ?? initial[cell]!;
  const readWord = (index: number): number => read(index < EXTRA ? cellOf(words, index) : cellOf(extra, index - EXTRA));
  const write = (cell: number, value: number): void => {
    while (state.memory.length < initial.length) state.memory.push(initial[state.memory.length]!);
    const before = read(cell);
    state.memory[cell] = value | 0;
    if (countsOvertaking && before !== (value | 0)) note(cell, before, value | 0);
  };
  const change = (index: number, to: Partial<Party>): void => {
    state.parties[index] = { ...state.parties[index]!, ...to, key: '' };
  };
  const note = (cell: number, before: number, after: number): void => {
    const winner = indexes[cell]! < 0 ? -1 : (subject.winner?.(indexes[cell]!, before, after, ids) ?? -1);
    if (winner < 0) return;
    for (const [index, party] of state.parties.entries())
      if (index === winner) change(index, { isInLine: false });
      else if (party.isInLine)
        change(index, { overtakenBy: party.overtakenBy.map((count, by) => (by === winner ? count + 1 : count)) });
  };

  const mayDie = (party: number): boolean => {
    const { life } = state.parties[party]!;
    return life === 'dead' || (life === 'living' && plans[party]!.mayDie === true && state.deathsLeft > 0);
  };
  /** Can nobody tell when this access is made? `index` is of the array, `writes` says what the access does. */
  const isUnseen = (array: Int32Array, index: number, writes: boolean): boolean => {
    if (isOver) return false;
    if (array === registry) {
      if (index === DEATHS) return subject.readsDeaths !== true || !plans.some((_plan, party) => mayDie(party));
      if (index < LIFE + real.MAX_THREADS) {
        const whose = partyIn(index - LIFE);
        return whose < 0 || !mayDie(whose);
      }
      const sleeper = parks.indexOf(index);
      return sleeper < 0 || state.parties[sleeper]!.life !== 'living';
    }
    const lifeOf = (party: number) => state.parties[party]!.life;
    const seen = {
      protocol: real,
      index: indexOf(array, index),
      writes,
      actor,
      ids,
      read: readWord,
      partyIn,
      lifeOf,
      mayDie,
      asksAgain,
    };
    return subject.isUnseen?.(seen) ?? false;
  };
  /** One access: replayed, made, or stopped before. */
  const access = <T extends Value>(isFree: () => boolean, make: () => T): T => {
    if (at < log.length) return log[at++] as T;
    if (!isFree()) {
      if (hasStepped) throw STOP;
      hasStepped = true;
    }
    const result = make();
    log.push(result);
    at++;
    return result;
  };
  /** What the protocol doesn't look at is no part of the state. */
  const modify = (array: Int32Array, index: number, isAsked: boolean, to: (before: number) => number): number => {
    const cell = cellOf(array, index);
    return access(
      () => isUnseen(array, index, true),
      () => {
        const before = read(cell);
        // What nobody will read any more stays as it is: so there is one state less.
        if (array !== registry || isOver || !isUnseen(array, index, true)) write(cell, to(before));
        return isAsked ? before : 0;
      },
    );
  };
  /** What an operation has done since its last anchor tells where in the code it is. A look at the stack costs as much as all else. */
  const placesAfter = new Map<string, string>();
  const placeAfter = (to: string): string => {
    const done = `${actor} ${state.parties[actor]?.at} ${anchor} ${place} ${log.slice(anchorAt).join()} ${to}`;
    let found = placesAfter.get(done);
    if (found === undefined) placesAfter.set(done, (found = placeNow()));
    return found;
  };
  const tracker: Tracker = {
    get anchor() {
      return anchor;
    },
    get id() {
      return ids[actor] ?? lateId;
    },
    isMutated: mutation !== undefined,
    forget: (to, keepsNews = false) => {
      if (subject.hasPlaces) place = placeAfter(to);
      anchor = to;
      anchorAt = log.length;
      if (!keepsNews) newsAt = -1;
    },
    rewind: () => {
      log.length = at = anchorAt;
    },
  };
  /** Is the access that comes now the next one to be made, not one that was made before? */
  const isNext = (): boolean => actor >= 0 && at === log.length && !hasStepped;
  const written = (kind: string, array: Int32Array, index: number, value: number): void => {
    if (array !== registry) subject.afterWrite?.(kind, indexOf(array, index), value, tracker);
  };
  const atomics = {
    load: (array: Int32Array, index: number): number => {
      const cell = cellOf(array, index);
      if (isNext() && array === registry && index === parks[actor]) {
        if (newsAt >= 0) log.length = at = newsAt;
        newsAt = log.length;
        anchor = 'news';
        place = '';
        anchorAt = log.length + 1;
      } else if (isNext() && array !== registry) subject.beforeLoad?.(indexOf(array, index), tracker);
      return access(
        () => isUnseen(array, index, false),
        () => read(cell),
      );
    },
    store: (array: Int32Array, index: number, value: number) => {
      const isMade = at === log.length;
      modify(array, index, false, () => value);
      if (isMade) written('store', array, index, value);
    },
    add: (array: Int32Array, index: number, value: number) => {
      const isMade = at === log.length;
      const before = modify(array, index, array !== registry, (before) => before + value);
      if (isMade) written('add', array, index, value);
      return before;
    },
    sub: (array: Int32Array, index: number, value: number) => {
      const isMade = at === log.length;
      const before = modify(array, index, array !== registry, (before) => before - value);
      if (isMade) written('sub', array, index, value);
      return before;
    },
    and: (array: Int32Array, index: number, value: number) => modify(array, index, false, (before) => before & value),
    or: (array: Int32Array, index: number, value: number) => {
      const isMade = at === log.length;
      modify(array, index, false, (before) => before | value);
      if (isMade) written('or', array, index, value);
    },
    compareExchange: (array: Int32Array, index: number, expected: number, value: number): number => {
      const cell = cellOf(array, index);
      const isMade = at === log.length;
      const before = access(
        () => isUnseen(array, index, true),
        () => {
          if (read(cell) !== (expected | 0)) return ~expected;
          write(cell, value);
          return expected;
        },
      );
      if (isMade && before === expected) written('compareExchange', array, index, value);
      return before;
    },
    notify: (array: Int32Array, index: number): void => {
      const isMade = at === log.length;
      access(
        () => isUnseen(array, index, true),
        () => {
          const cell = cellOf(array, index);
          for (const [index, party] of state.parties.entries())
            if (party.sleepsOn === cell) change(index, { sleepsOn: AWAKE, log: [...party.log, 'ok'] });
          return 0;
        },
      );
      if (isMade) subject.afterNotify?.(tracker);
    },
    wait: (array: Int32Array, index: number, expected: number): string => {
      const cell = cellOf(array, index);
      return access(
        () => false,
        () => {
          if (countsOvertaking && !state.parties[actor]!.isInLine)
            change(actor, { isInLine: true, overtakenBy: plans.map(() => 0) });
          if (read(cell) !== (expected | 0)) return 'not-equal';
          fellAsleepOn = cell;
          // What it gives is known when it ends.
          throw STOP;
        },
      );
    },
  };
  const protocol = loadProtocol<Code>(subject.files, atomics, mutation);
  const viewOfModel = (id: number): PartyView<Code> => ({
    protocol,
    words,
    extra,
    registry,
    id,
    atomics: atomics as unknown as typeof Atomics,
  });

  /** Goes one access further; true when the operation came to its end with it. */
  const run = (who: number, before: readonly Value[], body: () => void): boolean => {
    actor = who;
    log = [...before];
    at = 0;
    fellAsleepOn = AWAKE;
    hasStepped = false;
    try {
      body();
      return true;
    } catch (error) {
      if (error !== STOP) throw error;
      return false;
    }
  };

  const stepParty = (index: number): void => {
    const party = state.parties[index]!;
    let what: Next | undefined;
    ({ anchor, place, anchorAt, newsAt } = party);
    const isAtEnd = run(index, party.log, () => {
      what = plans[index]!.operations[party.at]!(viewOfModel(ids[index]!));
    });
    if (log.length > MAX_ACCESSES) faults.push(`party ${index} turns in a circle in "${party.at}"`);
    if (!isAtEnd) {
      change(index, { log, anchor, place, anchorAt, newsAt, sleepsOn: fellAsleepOn, inside: '' });
      return;
    }
    reached.add(what?.told === true ? `${party.at}, told` : party.at);
    const inside = what?.inside ?? '';
    change(index, {
      ...NOWHERE,
      inside,
      isInLine: false,
      ...(what === undefined || what.next === 'done' ? { life: 'done', at: 'done' } : { at: what.next }),
    });
    if (inside === '') return;
    const conflict = subject.conflict(
      state.parties.map((other) => other.inside).filter((has) => has !== ''),
      real,
    );
    if (conflict !== undefined) faults.push(conflict);
    if (state.isDirty && what!.told !== true) faults.push('what a dead owner left was taken without a word');
    if (subject.clears?.(inside) ?? true) state.isDirty = false;
  };

  const stepBurial = (): void => {
    const isAtEnd = run(-1, state.burial, () => protocol.endLife(registry, ids[state.buried]!));
    state.burial = log;
    if (!isAtEnd) return;
    reached.add('burial');
    change(state.buried, { life: 'buried' });
    state.buried = -1;
    state.burial = [];
  };

  /** After everything: whoever comes now must get it, or hear that it is poisoned, without anybody's help. */
  const checkAfterwards = (last: State): void => {
    state = clone(last);
    isOver = true;
    let outcome = 'waits';
    let done: Value[] = [];
    let isAtEnd = false;
    while (!isAtEnd && done.length < MAX_ACCESSES) {
      isAtEnd = run(-1, done, () => {
        outcome = subject.afterwards(viewOfModel(lateId));
      });
      done = log;
    }
    isOver = false;
    if (!isAtEnd || outcome === 'waits') faults.push('who came after everything could not have it');
    if (last.isDirty && outcome === 'had') faults.push('what a dead owner left was taken without a word');
  };

  /** What comes again and again has a number, of two characters, so that the keys of the states are short. */
  const numbers = new Map<string, string>();
  const numberOf = (what: string): string => {
    let number = numbers.get(what);
    if (number === undefined) {
      number = String.fromCharCode(numbers.size & 0x7fff, numbers.size >>> 15);
      numbers.set(what, number);
    }
    return number;
  };
  const numbersOfValues: Map<number, string>[] = [];
  const numberOfValue = (cell: number, value: number): string => {
    const known = (numbersOfValues[cell] ??= new Map<number, string>());
    let number = known.get(value);
    if (number === undefined) known.set(value, (number = numberOf(`${cell}=${value}`)));
    return number;
  };
  /** What has one number, or one character, for each party comes first; so nothing is read in two ways. */
  const keyOf = (): string => {
    let key = numberOf(`${state.buried} ${state.burial.join()} ${state.deathsLeft} ${state.isDirty}`);
    for (const [index, party] of state.parties.entries()) {
      key += party.key ||= numberOf(keyOfParty(party));
      key += party.newsAt < 0 ? '-' : party.log[party.newsAt] === read(parkCells[index]!) ? '=' : '!';
    }
    for (let cell = 0; cell < state.memory.length; cell++) {
      if (state.memory[cell] === initial[cell] || parkCells.includes(cell)) continue;
      if (indexes[cell]! < 0 || subject.isIdle?.(indexes[cell]!, readWord) !== true)
        key += numberOfValue(cell, state.memory[cell]!);
    }
    return key;
  };
  const seen = new Set<string>();
  const open: State[] = [
    {
      memory: [],
      parties: insideFirst.map((inside) => ({
        ...NOWHERE,
        at: 'start',
        sleepsOn: AWAKE,
        life: 'living',
        inside,
        isInLine: false,
        overtakenBy: plans.map(() => 0),
      })),
      buried: -1,
      burial: [],
      deathsLeft: deaths,
      isDirty: false,
    },
  ];
  /** Follows one way on from `current`. */
  const follow = (current: State, make: () => void): void => {
    state = clone(current);
    make();
    const known = seen.size;
    if (seen.add(keyOf()).size > known) open.push(state);
  };
  while (open.length > 0 && faults.length === 0) {
    const current = open.pop()!;
    let canGoOn = false;
    for (const [index, party] of current.parties.entries()) {
      if (countsOvertaking) overtaken = Math.max(overtaken, ...party.overtakenBy);
      if (party.life !== 'living') continue;
      if (party.sleepsOn === AWAKE) {
        follow(current, () => stepParty(index));
        canGoOn = true;
      } else if (mayTimeOutIn(plans[index]!.mayTimeOut ?? false, party.at)) {
        follow(current, () => {
          const log = [...party.log, 'timed-out'];
          change(index, { sleepsOn: AWAKE, log, anchor: 'timed out', anchorAt: log.length, newsAt: -1, place: '' });
        });
      }
      if (plans[index]!.mayDie && current.deathsLeft > 0)
        follow(current, () => {
          if (party.inside !== '' && (subject.leavesDirt?.(party.inside) ?? true)) state.isDirty = true;
          change(index, { ...NOWHERE, sleepsOn: AWAKE, inside: '', isInLine: false, life: 'dead', at: 'dead' });
          state.deathsLeft--;
        });
    }
    const dead = current.parties.findIndex(({ life }) => life === 'dead');
    if (current.buried >= 0) follow(current, stepBurial);
    else if (dead >= 0) follow(current, () => void (state.buried = dead));
    if (canGoOn || dead >= 0) continue;
    state = current;
    const mayRest = (party: number) => subject.mayRest?.(party, readWord) === true;
    const stuck = current.parties.findIndex(({ life }, party) => life === 'living' && !mayRest(party));
    if (stuck >= 0) faults.push(`party ${stuck} sleeps for ever in "${current.parties[stuck]!.at}"`);
    else checkAfterwards(current);
  }
  return { states: seen.size, faults, overtaken, reached };
}

function mayTimeOutIn(operations: boolean | readonly string[], at: string): boolean {
  return typeof operations === 'boolean' ? operations : operations.includes(at);
}
