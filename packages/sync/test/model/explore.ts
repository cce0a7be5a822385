/**
 * Drives the protocol's own functions one atomic access at a time, through every order of the accesses of all parties, with a death at
 * every point of those that may die.
 *
 * A party is a list of operations. What an operation has done so far is the list of what its accesses gave; to go on, it is called
 * again from its beginning, is given the same, makes one access more, and is stopped at the next by an exception. So a state is the
 * memory and these lists, and two orders that lead to the same state are followed once.
 *
 * To keep the number of states small:
 * - An access is made together with the one before it when no order could tell the difference: to a word that nobody else writes from
 *   there on, or that nobody reads.
 * - What an operation has forgotten is no part of the state. After its accesses that are called anchors below it carries nothing along, and
 *   no loop of the protocol carries anything from turn to turn, so a loop that begins again is where it was. Of a compare-and-swap the
 *   protocol only looks whether it succeeded, of its word for news only whether that changed.
 */
import { loadProtocol, type Mutation, type Protocol } from './source.ts';

/** What is to be done next; undefined: the party has finished. */
export interface Next {
  readonly next: string;
  /** It has the lock, until the first access of the next operation. */
  readonly inside?: boolean;
  /** It was told that the owner before it had died. */
  readonly told?: boolean;
}

/** What an operation knows. */
export interface PartyView {
  readonly protocol: Protocol;
  readonly words: Int32Array;
  readonly registry: Int32Array;
  readonly id: number;
}

export interface PartyPlan {
  /** It has the lock when everything begins; at most one. */
  readonly holds?: boolean;
  /** By name; begins with 'start'. */
  readonly operations: Readonly<Record<string, (party: PartyView) => Next | undefined>>;
  /** It asks for the lock several times. */
  readonly asksAgain?: boolean;
  /** It may end at any point; somebody then does `endLife`. */
  readonly mayDie?: boolean;
  /** Its sleep may time out. */
  readonly mayTimeOut?: boolean;
}

export interface Scenario {
  readonly parties: readonly PartyPlan[];
  /** Deaths in all. */
  readonly deaths?: number;
  /** Counts how often parties are overtaken. */
  readonly countsOvertaking?: boolean;
}

export interface Findings {
  readonly states: number;
  /** One sentence each; the exploration ends with the first. */
  readonly faults: readonly string[];
  /** How often one other party got the lock while a party stood in line, at most. */
  readonly overtaken: number;
  /** Operations that finished, by name: what the exploration has reached at all. */
  readonly reached: ReadonlySet<string>;
}

type Value = number | string;

/**
 * none; the first load of LOCK of a release; its first notify; WAITING set again; the wish written; the wish gone; the load of PARK before
 * a look; the sleep timed out.
 */
type Anchor = '' | 'lock' | 'told' | 'or' | 'wish' | 'no wish' | 'news' | 'timed out';

/** Never changed once it is in a state. */
interface Party {
  readonly at: string;
  readonly log: readonly Value[];
  /** The last anchor in this operation: which one, and from where on the log is part of the state. */
  readonly anchor: Anchor;
  readonly anchorAt: number;
  /** Cell on which it sleeps; -1: awake. */
  readonly sleepsOn: number;
  readonly life: 'living' | 'done' | 'dead' | 'buried';
  readonly isInside: boolean;
  readonly isInLine: boolean;
  /** By party: how often that one got the lock after this one had looked and found that it has to wait. */
  readonly overtakenBy: readonly number[];
  key?: string;
}

interface State {
  readonly memory: number[];
  readonly parties: Party[];
  /** The party whose life is being ended now, and how far that is; -1: nobody's. */
  buried: number;
  burial: readonly Value[];
  deathsLeft: number;
  /** A party died while it was inside, and nobody was told yet. */
  isDirty: boolean;
}

const STOP = new Error('stopped before the next access');

/** Of the registry. */
const LIFE = 16;
/** Of the mutex. */
const LOCK = 16;
const TABLE = 32;
const OWNER_MASK = ~15;
const GRANTED = 2;
/** An operation that takes more accesses than this turns in a circle. */
const MAX_ACCESSES = 200;
const AWAKE = -1;

export function explore(scenario: Scenario, mutation?: Mutation): Findings {
  const { parties: plans, deaths = 0, countsOvertaking = false } = scenario;
  // What happens before: the registry, and an id for each party and for who comes afterwards.
  const real = loadProtocol(Atomics);
  const words = new Int32Array(new SharedArrayBuffer(4 * real.MUTEX_WORDS));
  const registry = new Int32Array(new SharedArrayBuffer(4 * real.REGISTRY_WORDS));
  real.formatRegistry(registry, 0, () => 0);
  const ids = plans.map((_plan, index) => real.claimLife(registry, 0, index + 1));
  const lateId = real.claimLife(registry, 0, 1000);
  const parks = ids.map((id) => real.parkWord(id));
  const partyIn = (slot: number): number => ids.findIndex((id) => real.slotOf(id) === slot);
  const holderAt = plans.findIndex(({ holds }) => holds);
  if (holderAt >= 0) real.tryTake(words, ids[holderAt]!);
  const asksAgain = plans.some((plan) => plan.asksAgain);

  const known = new Map<Int32Array, number[]>([
    [words, []],
    [registry, []],
  ]);
  const initial: number[] = [];
  const cellOf = (array: Int32Array, index: number): number =>
    (known.get(array)![index] ??= initial.push(array[index]!) - 1);
  const lockCell = cellOf(words, LOCK);
  const parkCells = parks.map((index) => cellOf(registry, index));
  const ticketCells = ids.map((id) => cellOf(words, TABLE + 2 * real.slotOf(id) + 1));
  const wantCells = ids.map((id) => cellOf(words, TABLE + 2 * real.slotOf(id)));

  // The access in progress: of whom, in which state, what was given before, and whether the one step was made.
  let state!: State;
  let actor = -1;
  let log: Value[] = [];
  let at = 0;
  let anchor: Anchor = '';
  let anchorAt = 0;
  let fellAsleepOn = AWAKE;
  let hasStepped = false;
  let isOver = false;

  const faults: string[] = [];
  const reached = new Set<string>();
  let overtaken = 0;

  const read = (cell: number): number => state.memory[cell] ?? initial[cell]!;
  const write = (cell: number, value: number): void => {
    while (state.memory.length < initial.length) state.memory.push(initial[state.memory.length]!);
    const before = read(cell);
    state.memory[cell] = value | 0;
    if (countsOvertaking && before !== (value | 0)) note(cell, before, value | 0);
  };
  const change = (index: number, to: Partial<Party>): void => {
    state.parties[index] = { ...state.parties[index]!, ...to, key: '' };
  };
  const holder = (lock: number): number => ((lock & GRANTED) === 0 ? lock & OWNER_MASK : 0);
  const note = (cell: number, before: number, after: number): void => {
    if (cell === lockCell && holder(after) !== holder(before) && holder(after) !== 0) {
      const winner = ids.indexOf(holder(after));
      for (const [index, party] of state.parties.entries())
        if (index === winner) change(index, { isInLine: false });
        else if (party.isInLine)
          change(index, { overtakenBy: party.overtakenBy.map((count, by) => (by === winner ? count + 1 : count)) });
    }
  };

  /** Can nobody tell when this access is made? `index` is of the array, `writes` says what the access does. */
  const isUnseen = (array: Int32Array, index: number, writes: boolean): boolean => {
    if (isOver) return false;
    if (array === registry) {
      if (index < LIFE + real.MAX_THREADS) {
        const whose = partyIn(index - LIFE);
        if (whose < 0) return true;
        const { life } = state.parties[whose]!;
        return life !== 'dead' && (life !== 'living' || !plans[whose]!.mayDie || state.deathsLeft === 0);
      }
      const sleeper = parks.indexOf(index);
      return sleeper < 0 || state.parties[sleeper]!.life !== 'living';
    }
    if (index < TABLE) return false;
    const whose = partyIn((index - TABLE) >> 1);
    // Of who only once asks, a ticket is written before its wish and never again.
    if (((index - TABLE) & 1) === 1) return !asksAgain || (!writes && whose === actor);
    return whose < 0 || (!writes && (whose === actor || state.parties[whose]!.life === 'done'));
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
  const setAnchor = (to: Anchor): void => {
    anchor = to;
    anchorAt = log.length;
  };
  /** Is the access that comes now the next one to be made, not one that was made before? */
  const isNext = (): boolean => actor >= 0 && at === log.length && !hasStepped;
  const atomics = {
    load: (array: Int32Array, index: number): number => {
      const cell = cellOf(array, index);
      if (isNext() && array === registry && index === parks[actor]) {
        if (anchor === 'news') log.length = at = anchorAt;
        else setAnchor('news');
      } else if (isNext() && array === words && index === LOCK) {
        if (anchor === '') setAnchor('lock');
        // A release that was changed may have lost the anchor between its two loops.
        if (anchor !== 'lock' || mutation === undefined) log.length = at = anchor === 'news' ? anchorAt + 1 : anchorAt;
      }
      return access(
        () => isUnseen(array, index, false),
        () => read(cell),
      );
    },
    store: (array: Int32Array, index: number, value: number) => {
      const isMade = at === log.length;
      modify(array, index, false, () => value);
      if (isMade && wantCells[actor] === cellOf(array, index)) setAnchor(value === 0 ? 'no wish' : 'wish');
    },
    add: (array: Int32Array, index: number, value: number) =>
      modify(array, index, array === words, (before) => before + value),
    and: (array: Int32Array, index: number, value: number) => modify(array, index, false, (before) => before & value),
    or: (array: Int32Array, index: number, value: number) => {
      const isMade = at === log.length;
      modify(array, index, false, (before) => before | value);
      if (isMade) setAnchor('or');
    },
    compareExchange: (array: Int32Array, index: number, expected: number, value: number): number => {
      const cell = cellOf(array, index);
      return access(
        () => isUnseen(array, index, true),
        () => {
          if (read(cell) !== (expected | 0)) return ~expected;
          write(cell, value);
          return expected;
        },
      );
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
      if (isMade && (anchor === '' || anchor === 'lock')) setAnchor('told');
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
  const protocol = loadProtocol(atomics, mutation);

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
    ({ anchor, anchorAt } = party);
    const isAtEnd = run(index, party.log, () => {
      what = plans[index]!.operations[party.at]!({ protocol, words, registry, id: ids[index]! });
    });
    if (log.length > MAX_ACCESSES) faults.push(`party ${index} turns in a circle in "${party.at}"`);
    if (!isAtEnd) {
      change(index, { log, anchor, anchorAt, sleepsOn: fellAsleepOn, isInside: false });
      return;
    }
    reached.add(what?.told === true ? `${party.at}, told` : party.at);
    const isInside = what?.inside ?? false;
    if (isInside) {
      if (state.parties.some((other, at) => at !== index && other.isInside))
        faults.push('two parties have the lock at once');
      if (state.isDirty && what!.told !== true) faults.push('the lock of a dead owner was taken without a word');
      state.isDirty = false;
    }
    change(index, {
      log: [],
      anchor: '',
      anchorAt: 0,
      isInside,
      ...(what === undefined ? { life: 'done', at: 'done' } : { at: what.next }),
    });
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

  /** After everything: whoever comes now must get the lock, or hear that it is poisoned, without anybody's help. */
  const checkAfterwards = (last: State): void => {
    state = clone(last);
    isOver = true;
    let outcome: number = real.TAKEN;
    let done: Value[] = [];
    let isAtEnd = false;
    while (!isAtEnd && done.length < MAX_ACCESSES) {
      isAtEnd = run(-1, done, () => {
        if (protocol.tryTake(words, lateId)) return;
        protocol.request(words, lateId);
        outcome = protocol.look(words, registry, lateId);
      });
      done = log;
    }
    isOver = false;
    if (!isAtEnd || outcome === real.WAIT) faults.push('who came after everything could not have the lock');
    if (last.isDirty && outcome === real.TAKEN) faults.push('the lock of a dead owner was taken without a word');
  };

  const keyOf = (): string => {
    let key = `${state.buried} ${state.burial.join()} ${state.deathsLeft} ${state.isDirty}`;
    for (let cell = 0; cell < state.memory.length; cell++) {
      if (state.memory[cell] === initial[cell] || parkCells.includes(cell)) continue;
      // While its wish is not written, the place in the line is known to its party alone.
      const whose = ticketCells.indexOf(cell);
      if (whose < 0 || read(wantCells[whose]!) !== 0) key += `;${cell}=${state.memory[cell]}`;
    }
    for (const [index, party] of state.parties.entries()) {
      key += `|${(party.key ||= keyOfParty(party))}`;
      if (party.anchor === 'news') key += ` ${party.log[party.anchorAt] === read(parkCells[index]!)}`;
    }
    return key;
  };
  const seen = new Set<string>();
  const open: State[] = [
    {
      memory: [],
      parties: plans.map((_plan, index) => ({
        at: 'start',
        log: [],
        anchor: '',
        anchorAt: 0,
        sleepsOn: AWAKE,
        life: 'living',
        isInside: index === holderAt,
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
    const key = keyOf();
    if (seen.has(key)) return;
    seen.add(key);
    open.push(state);
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
      } else if (plans[index]!.mayTimeOut) {
        follow(current, () => {
          const log = [...party.log, 'timed-out'];
          change(index, { sleepsOn: AWAKE, log, anchor: 'timed out', anchorAt: log.length });
        });
      }
      if (plans[index]!.mayDie && current.deathsLeft > 0)
        follow(current, () => {
          if (party.isInside) state.isDirty = true;
          const nothing = {
            sleepsOn: AWAKE,
            isInside: false,
            isInLine: false,
            log: [],
            anchor: '' as const,
            anchorAt: 0,
          };
          change(index, { ...nothing, life: 'dead', at: 'dead' });
          state.deathsLeft--;
        });
    }
    const dead = current.parties.findIndex(({ life }) => life === 'dead');
    if (current.buried >= 0) follow(current, stepBurial);
    else if (dead >= 0) follow(current, () => void (state.buried = dead));
    if (canGoOn || dead >= 0) continue;
    const stuck = current.parties.findIndex(({ life }) => life === 'living');
    if (stuck >= 0) faults.push(`party ${stuck} sleeps for ever in "${current.parties[stuck]!.at}"`);
    else checkAfterwards(current);
  }
  return { states: seen.size, faults, overtaken, reached };
}

function clone(state: State): State {
  return { ...state, memory: state.memory.slice(), parties: state.parties.slice() };
}

function keyOfParty({ at, life, sleepsOn, isInside, isInLine, overtakenBy, log, anchor, anchorAt }: Party): string {
  const past = anchor === 'news' ? log.slice(anchorAt + 1) : log.slice(anchorAt);
  return `${at} ${life} ${sleepsOn} ${isInside} ${isInLine} ${overtakenBy.join()} ${anchor} ${past.join()}`;
}
