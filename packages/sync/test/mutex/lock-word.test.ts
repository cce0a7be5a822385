/** The protocol of lock-word.ts in every order of its accesses. `HEDDLE_SYNC_MODEL=full` adds what takes minutes. */
import { describe, expect, it } from 'vitest';
import { explore, type Scenario } from '../model/explore.ts';
import { fickle, holder, impatient, leaver, locker, mortal, mutex, poisoner, type MutexCode } from '../model/mutex.ts';

const isFull = process.env['HEDDLE_SYNC_MODEL'] === 'full';
const CEILING_MS = 600_000;

const SCENARIOS: Readonly<Record<string, Scenario<MutexCode>>> = {
  'two, two times each': { parties: [locker(2), locker(2)] },
  'two, one leaves the line': { parties: [holder(), leaver()] },
  'two, one dies': { parties: [mortal(locker()), locker()], deaths: 1 },
  'two, one times out, the other dies': { parties: [mortal(locker()), impatient()], deaths: 1 },
};
const LONG_SCENARIOS: Readonly<Record<string, Scenario<MutexCode>>> = {
  'two, one leaves and asks again': { parties: [fickle(), locker(2)] },
  'two, both die': { parties: [mortal(locker()), mortal(locker())], deaths: 2 },
  'two, one dies, two times each': { parties: [mortal(locker(2)), locker(2)], deaths: 1 },
  three: { parties: [holder(), locker(), locker()] },
  'three, one leaves the line': { parties: [holder(), leaver(), locker()] },
  'three, none has it at first': { parties: [locker(), locker(), locker()] },
  'three, one times out': { parties: [holder(), impatient(), locker()] },
  'three, one leaves and asks again': { parties: [holder(), fickle(), locker()] },
  'three, the holder dies': { parties: [mortal(holder()), locker(), locker()], deaths: 1 },
  'three, a waiter dies': { parties: [holder(), mortal(locker()), locker()], deaths: 1 },
  'three, one who leaves dies': { parties: [holder(), mortal(leaver()), locker()], deaths: 1 },
  'three, the holder dies, one times out': { parties: [mortal(holder()), impatient(), locker()], deaths: 1 },
  'three, the holder dies, one poisons': { parties: [mortal(holder()), poisoner(), locker()], deaths: 1 },
};

describe('a lock, in every order of accesses', () => {
  it.each(Object.keys(SCENARIOS))('%s: one at a time, nobody sleeps for ever', { timeout: CEILING_MS }, (name) => {
    const { faults, states, reached } = explore(mutex, SCENARIOS[name]!);
    expect(faults).toEqual([]);
    expect(states).toBeGreaterThan(100);
    expect(reached).toContain('release');
  });

  it.skipIf(!isFull).each(Object.keys(LONG_SCENARIOS))(
    `%s${isFull ? '' : ' (skipped: set HEDDLE_SYNC_MODEL=full)'}`,
    { timeout: CEILING_MS },
    (name) => {
      const { faults, states } = explore(mutex, LONG_SCENARIOS[name]!);
      expect(faults).toEqual([]);
      expect(states).toBeGreaterThan(1_000);
    },
  );

  it('tells of a death', () => {
    const { reached } = explore(mutex, SCENARIOS['two, one dies']!);
    expect([...reached]).toEqual(expect.arrayContaining(['burial', 'start, told', 'repair, told', 'release']));
  });

  it('lets nobody be overtaken twice by the same one, once it waits', { timeout: CEILING_MS }, () => {
    expect(explore(mutex, { parties: [locker(1), locker(3)], countsOvertaking: true })).toMatchObject({
      faults: [],
      overtaken: 1,
    });
  });
});

const LINE = 'slot < used; slot++) tell(registry, slot);';
const MUTATIONS: readonly (readonly [what: string, from: string, to: string, scenario: string])[] = [
  ['the wish is not written', '  Atomics.store(words, wantOf(slot), me);\n', '', 'two, two times each'],
  [
    'WAITING is not set before the sleep',
    'Atomics.compareExchange(words, LOCK, lock, lock | WAITING);',
    'return WAIT;',
    'two, two times each',
  ],
  [
    'the word for news is loaded after the look',
    '    const news = Atomics.load(registry, park);\n    const outcome = look();',
    '    const outcome = look();\n    const news = Atomics.load(registry, park);',
    'two, two times each',
  ],
  ['news is not written', '  Atomics.add(registry, PARK + slot * PARK_STRIDE, 1);\n', '', 'two, two times each'],
  ['nobody is woken', '  Atomics.notify(registry, PARK + slot * PARK_STRIDE);\n', '', 'two, two times each'],
  ['a release tells nobody', '      if (next !== me) tell(registry, slotOf(next));\n', '', 'two, two times each'],
  [
    'a release that found no wish does not look again',
    '      if (firstInLine(words, registry) === 0) return true;',
    '      if (lock !== 0) return true;',
    'two, two times each',
  ],
  [
    'a release that finds a wish late does not set WAITING again',
    '      Atomics.or(words, LOCK, WAITING);\n',
    '',
    'three, one leaves and asks again',
  ],
  [
    'a release grants without WAITING',
    'next | GRANTED | WAITING) !== lock) continue',
    'next | GRANTED) !== lock) continue',
    'three, one leaves and asks again',
  ],
  [
    'a claim withdraws the wish first',
    '      if (Atomics.compareExchange(words, LOCK, lock, lock & ~GRANTED) !== lock) continue;\n      Atomics.store(words, wantOf(slotOf(me)), 0);',
    '      Atomics.store(words, wantOf(slotOf(me)), 0);\n      if (Atomics.compareExchange(words, LOCK, lock, lock & ~GRANTED) !== lock) continue;',
    'two, two times each',
  ],
  [
    'who leaves does not look whether it was granted the lock',
    '  settle(words, registry, me);\n}\n\n/** Gives the lock up',
    '}\n\n/** Gives the lock up',
    'three, one leaves the line',
  ],
  [
    'who grants does not look whether it is wanted',
    ' && Atomics.load(words, wantOf(slotOf(owner))) === owner) return lock',
    ') return lock',
    'two, one leaves the line',
  ],
  [
    'the grant of a dead thread is not taken back',
    'if (isAlive(registry, owner) && Atomics.load',
    'if (Atomics.load',
    'two, one dies',
  ],
  [
    'a dead owner is not noticed',
    '      if (isAlive(registry, owner)) return lock;',
    '      return lock;',
    'two, one dies',
  ],
  ['a dead owner is not told of', '(lock & ~OWNER_MASK) | ABANDONED', 'lock & ~OWNER_MASK', 'two, one dies'],
  ['a dead thread stays in line', 'if (!isAlive(registry, id)) {', 'if (id === -1) {', 'two, one dies'],
  ['a death is no news', LINE, 'slot < 0; slot++) tell(registry, slot);', 'two, one dies'],
  [
    'a death is said after its news',
    '  endInSlot(registry, slotOf(id), life);\n  tellOfDeath(registry);',
    '  tellOfDeath(registry);\n  endInSlot(registry, slotOf(id), life);',
    'two, one dies',
  ],
];
describe('a lock without one of its steps', () => {
  const all = { ...SCENARIOS, ...LONG_SCENARIOS };
  for (const [what, from, to, scenario] of MUTATIONS)
    it.skipIf(scenario in LONG_SCENARIOS && !isFull)(`is found out: ${what}`, { timeout: CEILING_MS }, () => {
      expect(explore(mutex, all[scenario]!, { from, to }).faults).not.toEqual([]);
    });
});
