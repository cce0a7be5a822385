/** The protocol of processes.ts and of endings in lives.ts in every order of its accesses: who ends the lives of a process, and of it alone. */
import { describe, expect, it } from 'vitest';
import type * as Lives from '../../src/registry/lives.ts';
import type * as Processes from '../../src/registry/processes.ts';
import { Interleaving, type Plan, type StateView } from '../model/interleave.ts';
import { loadProtocol, type Mutation } from '../model/source.ts';

type Code = typeof Lives & typeof Processes;
const FILES = ['registry/lives.ts', 'registry/processes.ts'];
/** A small registry is full sooner, and looked through faster. */
const SMALL: Mutation = { from: 'export const MAX_THREADS = 256;', to: 'export const MAX_THREADS = 8;' };

// Processes by their identity. The first has ended before everything, with a worker of its own, the second comes.
const ENDED = 77n;
const NEW = 88n;
const LOOKS = 99n;
/** Of the registry. */
const DEATHS = 7;
const LIFE = 16;
const SLOTS = 5;
/** In which a process can have its place here. */
const PLACES = 4;

interface Case {
  /** How many look for ended processes at once. */
  readonly looks: number;
  readonly deaths: number;
  /** Does a new process come meanwhile, and may it die? */
  readonly comes: 'no' | 'lives' | 'may die';
}

const CASES: Readonly<Record<string, Case>> = {
  'one looks, and may die': { looks: 1, deaths: 1, comes: 'no' },
  'two look, one may die': { looks: 2, deaths: 1, comes: 'no' },
  'one looks while a process comes': { looks: 1, deaths: 1, comes: 'lives' },
  'one looks while a process comes, which may die': { looks: 1, deaths: 1, comes: 'may die' },
};
/** `HEDDLE_SYNC_MODEL=full` adds what takes a minute. */
const LONG_CASES: Readonly<Record<string, Case>> = {
  'two look while a process comes': { looks: 2, deaths: 0, comes: 'lives' },
  'two look while a process comes, one may die': { looks: 2, deaths: 1, comes: 'lives' },
};
const isFull = process.env['HEDDLE_SYNC_MODEL'] === 'full';

function explore({ looks, deaths, comes }: Case, mutation?: Mutation) {
  const real = loadProtocol<Code>(FILES, Atomics, SMALL);
  const { registry, identities, rows } = real.processWordsOf(new ArrayBuffer(real.PROCESS_REGISTRY_WORDS * 4));
  const words = { registry, identities, rows };
  real.formatProcesses(words, [1, 2], ENDED);
  const endedId = real.formatRegistry(registry, 0, () => 0, true);
  const endedWorker = real.claimLife(registry, real.slotOf(endedId), 1, endedId);
  // Of a process that is not looked at: it sleeps.
  const sleeper = real.claimLife(registry, SLOTS + 1, 7, 5);
  const park = real.parkWord(sleeper);
  const before = [...registry];

  const world = new Interleaving(
    { registry, identities, rows },
    (array, index) => {
      if (array === identities) return index < PLACES;
      return array === registry && (index === DEATHS || (index >= LIFE && index < LIFE + SLOTS) || index === park);
    },
    identities,
  );
  const code = loadProtocol<Code>(FILES, world.atomics, SMALL, mutation);
  const newcomer = looks;
  const hasEnded = (identity: bigint): boolean =>
    identity === ENDED ||
    (identity === NEW && comes === 'may die' && world.observe((lives) => lives[newcomer] === 'dead'));
  const look = () => void code.endEnded(words, LOOKS, hasEnded);
  const plans: Plan[] = Array.from({ length: looks }, () => ({ run: look, mayDie: true }));
  if (comes !== 'no')
    plans.push({
      mayDie: comes === 'may die',
      run: () => {
        const id = code.claimProcess(words, NEW, 0);
        code.claimLife(registry, code.slotOf(id), 1, id);
      },
    });
  const isAlive = (view: StateView, id: number): boolean => {
    const life = view.read(registry, LIFE + real.slotOf(id)) as number;
    return (life & 1) !== 0 && (life & ~0xfff) === (id & ~0xfff);
  };
  /** Its main thread and its worker live. */
  const lifeOfNew = (view: StateView): number => {
    let living = 0;
    for (let slot = 0; slot < SLOTS; slot++) {
      const life = view.read(registry, LIFE + slot) as number;
      if ((life & 1) !== 0 && life !== before[LIFE + slot]) living++;
    }
    return living;
  };
  const isOver = (view: StateView) => !isAlive(view, endedId) && !isAlive(view, endedWorker);
  const isGone = (view: StateView) => ![0, 1, 2, 3].some((slot) => view.read(identities, slot) === ENDED);
  const check = (view: StateView): string | undefined => {
    if (!isAlive(view, sleeper)) return 'a thread of a living process was ended';
    if (comes !== 'no' && view.lives[newcomer] === 'done' && lifeOfNew(view) !== 2)
      return 'a process that has come was ended';
    const places = [0, 1, 2, 3].filter((slot) => view.read(identities, slot) === NEW).length;
    if (comes !== 'no' && view.lives[newcomer] === 'done' && places !== 1) return 'a process has not one place';
    if (isGone(view) && !isOver(view)) return 'a process was forgotten before its lives were over';
    if (isGone(view) && view.read(registry, park) === before[park])
      return 'a process was forgotten before all were told';
    if (isGone(view) && view.read(registry, DEATHS) === before[DEATHS])
      return 'a process was forgotten before its death was counted';
    return undefined;
  };
  return world.explore(plans, deaths, check, (view) => {
    // Whoever looks next.
    look();
    if (!isGone(view)) return 'its place is not given back';
    if (comes === 'may die' && view.lives[newcomer] === 'dead' && lifeOfNew(view) > 0)
      return 'a life of the second ended process is not over';
    return check(view);
  });
}

describe('the end of a process, in every order of accesses', () => {
  it.each(Object.keys(CASES))('%s: its lives are over, and no others', { timeout: 600_000 }, (name) => {
    const { fault, states, ends } = explore(CASES[name]!);
    expect(fault).toBeUndefined();
    expect(ends).toBeGreaterThan(0);
    expect(states).toBeGreaterThan(30);
  });

  it.skipIf(!isFull).each(Object.keys(LONG_CASES))(
    `%s${isFull ? '' : ' (skipped: set HEDDLE_SYNC_MODEL=full)'}`,
    { timeout: 600_000 },
    (name) => {
      const { fault, states } = explore(LONG_CASES[name]!);
      expect(fault).toBeUndefined();
      expect(states).toBeGreaterThan(1_000);
    },
  );
});

const MUTATIONS: readonly (readonly [what: string, from: string, to: string, name: string])[] = [
  [
    'who looks does not see whether the place is still that of the process',
    '    if (!isStillIts) continue;\n',
    '',
    'two look while a process comes',
  ],
  [
    'nobody is told of a life that was over',
    '    tellOfDeath(registry);\n    Atomics',
    '    Atomics',
    'one looks, and may die',
  ],
  [
    'a life that was over is not counted again',
    '    tellOfDeath(registry);\n    Atomics',
    '    all.tellAll(registry);\n    Atomics',
    'one looks, and may die',
  ],
  [
    'the place is given back before all are told',
    '    tellOfDeath(registry);\n    Atomics.compareExchange(identities, slot, identity, 0n);\n',
    '    Atomics.compareExchange(identities, slot, identity, 0n);\n    tellOfDeath(registry);\n',
    'two look, one may die',
  ],
  [
    'workers are ended without a look at who watches them now',
    '    if (Atomics.load(registry, LIFE + slot) !== life) return;\n',
    '',
    'two look while a process comes',
  ],
  [
    'a life is ended whichever it is',
    'Atomics.compareExchange(registry, LIFE + slot, life, life & ~ALIVE);',
    'Atomics.and(registry, LIFE + slot, ~ALIVE);',
    'two look while a process comes',
  ],
  [
    'whoever lives in the place of a process is ended with it',
    'if (id !== 0 && isOwnWatcher(registry, id)) endLife',
    'if (id !== 0) endLife',
    'one looks while a process comes, which may die',
  ],
  [
    'a process leaves a place in which another lives to itself',
    '    Atomics.store(identities, slot, 0n);\n',
    '',
    'one looks while a process comes',
  ],
];

describe('the end of a process without one of its steps', () => {
  const all = { ...CASES, ...LONG_CASES };
  for (const [what, from, to, name] of MUTATIONS)
    it.skipIf(name in LONG_CASES && !isFull)(`is found out: ${what}`, { timeout: 600_000 }, () => {
      expect(explore(all[name]!, { from, to }).fault).toBeDefined();
    });
});
