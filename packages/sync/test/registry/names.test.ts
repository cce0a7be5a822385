/** Things that are opened by their name: the protocol of names.ts in every order of accesses, and what a user sees of it. */
import { describe, expect, it } from 'vitest';
import type * as Lives from '../../src/registry/lives.ts';
import { MAX_NAMES } from '../../src/registry/names.ts';
import type * as Names from '../../src/registry/names.ts';
import { Interleaving, type Plan, type StateView } from '../model/interleave.ts';
import { loadProtocol, type Mutation } from '../model/source.ts';
import { Barrier, codeOf, ends, Latch, Mutex, Once, runProgram, RwLock, says, Semaphore, start } from '../support.ts';

type Code = typeof Lives & typeof Names;
const FILES = ['registry/lives.ts', 'registry/names.ts'];
const SMALL: readonly Mutation[] = [
  { from: 'export const MAX_THREADS = 256;', to: 'export const MAX_THREADS = 8;' },
  { from: 'export const MAX_NAMES = 64;', to: 'export const MAX_NAMES = 3;' },
  { from: 'const KEY_WORDS = 126;', to: 'const KEY_WORDS = 1;' },
  { from: 'export const THING_WORDS = 1072;', to: 'export const THING_WORDS = 3;' },
];
const ENTRY_WORDS = 6;
const [STATE, KEY, THING] = [0, 2, 3];
const READY = 1;
const LIFE = 16;

interface Case {
  /** What each asks for. */
  readonly asks: readonly string[];
  /** The first of them may die. */
  readonly deaths: number;
}
const CASES: Readonly<Record<string, Case>> = {
  'two ask for the same': { asks: ['a', 'a'], deaths: 0 },
  'two ask for different ones': { asks: ['a', 'b'], deaths: 0 },
  'one dies, another asks for the same': { asks: ['a', 'a'], deaths: 1 },
  'one dies, others ask for theirs': { asks: ['a', 'b', 'a'], deaths: 1 },
  'three ask, two for the same': { asks: ['a', 'b', 'a'], deaths: 0 },
};

function explore({ asks, deaths }: Case, mutation?: Mutation) {
  const real = loadProtocol<Code>(FILES, Atomics, ...SMALL);
  const registry = new Int32Array(real.REGISTRY_WORDS);
  real.formatRegistry(registry, 0, () => 0);
  const ids = asks.map((_name, at) => real.claimLife(registry, 0, at + 1));
  const names = new Int32Array(real.NAME_WORDS);
  const found = new Int32Array(asks.length);
  const world = new Interleaving({ registry, names, found }, (array, index) => {
    if (array === names) return index % ENTRY_WORDS === STATE;
    return array === registry && index >= LIFE && index < LIFE + 8;
  });
  const atomics = world.atomics as unknown as typeof Atomics;
  const code = loadProtocol<Code>(FILES, atomics, ...SMALL, mutation);
  /** Each marks what it makes with a word of its own. */
  const open = (party: number): number => {
    const entry = code.findEntry(names, registry, ids[party]!, asks[party]!);
    if (entry < 0) return entry;
    if (!code.isMade(names, entry)) {
      atomics.store(names, entry * ENTRY_WORDS + THING + party, 1);
      code.setMade(names, entry);
    }
    return entry;
  };
  const plans: Plan[] = asks.map((_name, party) => ({
    run: () => void atomics.store(found, party, open(party) + 1),
    mayDie: party === 0,
  }));
  plans.push({ run: () => code.endLife(registry, ids[0]!), when: ({ lives }) => lives[0] === 'dead' });
  const check = (view: StateView): string | undefined => {
    const made = new Set<string>();
    for (let entry = 0; entry < real.MAX_NAMES; entry++) {
      const read = (word: number) => view.read(names, entry * ENTRY_WORDS + word) as number;
      if (read(STATE) !== READY) continue;
      const name = String.fromCharCode(read(KEY));
      if (!asks.includes(name) || made.has(name)) return `there are two of ${name}, or nobody asked for it`;
      made.add(name);
      if (asks.reduce((sum, _name, party) => sum + read(THING + party), 0) !== 1) return `${name} was made by two`;
    }
    const entries = asks.map((_name, party) => (view.read(found, party) as number) - 1);
    for (const [party, entry] of entries.entries())
      if (entry >= 0 && view.read(names, entry * ENTRY_WORDS + KEY) !== asks[party]!.charCodeAt(0))
        return 'one has found another name';
    return undefined;
  };
  return world.explore(plans, deaths, check, (view) => {
    // Whoever found one in the making looks again.
    for (const party of asks.keys())
      if (view.lives[party] === 'done' && open(party) < 0) return `${asks[party]} is not found any more`;
    return check(view);
  });
}

describe('names, in every order of accesses', () => {
  it.each(Object.keys(CASES))('%s: each has one, whole', (name) => {
    const { fault, states, ends: reached } = explore(CASES[name]!);
    expect(fault).toBeUndefined();
    expect(reached).toBeGreaterThan(0);
    expect(states).toBeGreaterThan(10);
  });

  it.each([
    [
      'who comes to one in the making goes on behind it',
      'return IS_BEING_MADE;',
      '{ entry++; continue; }',
      'two ask for the same',
    ],
    [
      'an entry is claimed without a look',
      'if (Atomics.compareExchange(names, at + STATE, state, me) !== state) continue;',
      'Atomics.store(names, at + STATE, me);',
      'two ask for the same',
    ],
    [
      'what a dead one has left stays',
      '    if (state !== 0) wipe(names, at);\n',
      '',
      'one dies, another asks for the same',
    ],
    [
      'a dead one is waited for',
      'if (state !== 0 && isAlive(registry, state))',
      'if (state !== 0)',
      'one dies, another asks for the same',
    ],
    ['whoever has made something is passed', 'if (hasKey(names, at, key)) return entry;', '', 'two ask for the same'],
  ])('without one of its steps is found out: %s', (_what, from, to, name) => {
    expect(explore(CASES[name]!, { from, to }).fault).toBeDefined();
  });
});

describe('a name', () => {
  it('is one thing in all threads, of each kind another', async () => {
    const words = new SharedArrayBuffer(4);
    const mutex = Mutex.open('count');
    const workers = [0, 1].map(() => start({ job: 'count by name', name: 'count', plain: words, rounds: 1_000 }));
    await Promise.all(workers.map(ends));
    expect(new Int32Array(words)[0]).toBe(2_000);
    const guard = mutex.tryLock()!;
    expect(Mutex.open('count').tryLock()).toBeUndefined();
    expect(Mutex.from(mutex.handle).tryLock()).toBeUndefined();
    for (const other of [RwLock.open('count').tryWrite(), Mutex.open('other').tryLock()]) other!.release();
    guard.release();
    expect(Semaphore.open('count', 3).permits).toBe(3);
    expect(Barrier.open('count', 2).parties).toBe(2);
    Latch.open('count', 2).countDown();
    // For who makes it.
    expect(Latch.open('count', 5).count).toBe(1);
    await Once.open('count').run(() => {});
    expect(Once.open('count').isDone).toBe(true);
  });

  it('is told of an owner that has died, as by a handle', async () => {
    const mutex = Mutex.open('dies');
    const worker = start({ job: 'hold by name', name: 'dies' });
    await says(worker);
    const waiting = mutex.lock();
    await worker.terminate();
    const guard = await waiting;
    expect(guard.abandoned).toBe(true);
    guard.poison();
  });

  it('is refused when it is none, or was made with something else', () => {
    expect(codeOf(() => Mutex.open(''))).toBe('SYNC_ARGUMENT');
    expect(codeOf(() => Mutex.open('x'.repeat(101)))).toBe('SYNC_ARGUMENT');
    expect(codeOf(() => Mutex.open(undefined as never))).toBe('SYNC_ARGUMENT');
    expect(codeOf(() => Mutex.open('x', { name: 'x' } as never))).toBe('SYNC_ARGUMENT');
    expect(codeOf(() => Mutex.open('x', { across: 'machines' } as never))).toBe('SYNC_ARGUMENT');
    Semaphore.open('refused', 3);
    expect(() => Semaphore.open('refused', 4)).toThrow('3, with which semaphore "refused" was made; got 4');
    Barrier.open('refused', 3);
    expect(codeOf(() => Barrier.open('refused', 4))).toBe('SYNC_ARGUMENT');
  });

  it(`is one of ${MAX_NAMES}`, () => {
    const { stdout } = runProgram(
      'Mutex',
      `for (let at = 0; at < ${MAX_NAMES}; at++) Mutex.open('name ' + at);
       Mutex.open('name 7');
       try { Mutex.open('one more'); } catch (error) { console.log(error.code); }`,
    );
    expect(stdout).toBe('SYNC_NAMES\n');
  });
});
