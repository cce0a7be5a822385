/** The protocol of condition-words.ts, with its mutex, in every order of accesses. `HEDDLE_SYNC_MODEL=full` adds what takes minutes. */
import { describe, expect, it } from 'vitest';
import {
  condition,
  hasty,
  holder,
  impatient,
  locker,
  mortal,
  notifier,
  sleeper,
  waiter,
  type ConditionCode,
} from '../model/condition.ts';
import { explore, type Scenario } from '../model/explore.ts';

const isFull = process.env['HEDDLE_SYNC_MODEL'] === 'full';
const CEILING_MS = 1_200_000;

const SCENARIOS: Readonly<Record<string, Scenario<ConditionCode>>> = {
  'one waits, one calls': { parties: [waiter(), notifier()] },
  'who calls has the mutex and dies': { parties: [sleeper(), mortal(holder('set'))], deaths: 1 },
  'who was called dies': { parties: [mortal(sleeper(true)), sleeper()], deaths: 1 },
  'who waits gives up': { parties: [impatient(sleeper()), holder('set')] },
  'who has the mutex poisons it': { parties: [sleeper(), holder('poison')] },
};
const LONG_SCENARIOS: Readonly<Record<string, Scenario<ConditionCode>>> = {
  'one waits and dies': { parties: [mortal(waiter()), notifier()], deaths: 1 },
  'two wait, one calls': { parties: [sleeper(), sleeper(), holder('set')] },
  'two wait, one of them dies': { parties: [mortal(sleeper()), sleeper(), holder('set')], deaths: 1 },
  'two wait, one gives up': { parties: [impatient(sleeper()), sleeper(), holder('set')] },
  'two wait, the owner dies': { parties: [sleeper(), sleeper(), mortal(holder('set'))], deaths: 1 },
  'one waits, the owner dies, another wants the mutex': {
    parties: [sleeper(), mortal(holder('set')), locker()],
    deaths: 1,
  },
};

describe('a condition, in every order of accesses', () => {
  it.each(Object.keys(SCENARIOS))('%s: nobody sleeps for ever', { timeout: CEILING_MS }, (name) => {
    const { faults, states, reached } = explore(condition, SCENARIOS[name]!);
    expect(faults).toEqual([]);
    const isTold = name === 'who calls has the mutex and dies';
    const expected = isTold ? ['burial', 'lock again, told', 'come back', 'release'] : ['release'];
    expect([...reached]).toEqual(expect.arrayContaining(name.endsWith('poisons it') ? [] : expected));
    expect(states).toBeGreaterThan(100);
  });

  it.skipIf(!isFull).each(Object.keys(LONG_SCENARIOS))(
    `%s${isFull ? '' : ' (skipped: set HEDDLE_SYNC_MODEL=full)'}`,
    { timeout: CEILING_MS },
    (name) => {
      const { faults, states } = explore(condition, LONG_SCENARIOS[name]!);
      expect(faults).toEqual([]);
      expect(states).toBeGreaterThan(1_000);
    },
  );

  it('is found out: who enlists after giving the mutex up', () => {
    expect(explore(condition, { parties: [hasty(), notifier()] }).faults).not.toEqual([]);
  });
});

const MUTATIONS: readonly (readonly [what: string, from: string, to: string, scenario: string])[] = [
  ['who is called is not told', '+ count);\n  tell(registry, slot);', '+ count);', 'one waits, one calls'],
  [
    'who is called is told before',
    '  Atomics.store(words, calledOf(slot), Atomics.load(words, calledOf(slot)) + count);\n  tell(registry, slot);',
    '  tell(registry, slot);\n  Atomics.store(words, calledOf(slot), Atomics.load(words, calledOf(slot)) + count);',
    'one waits, one calls',
  ],
  ['a call is not written', '+ count);\n  tell', ');\n  tell', 'one waits, one calls'],
  [
    'nobody looks after the mutex of a dead owner',
    '  if (isIll(mutexWords, registry)) return true;\n',
    '',
    'who calls has the mutex and dies',
  ],
  [
    'nobody looks after the calls of the dead',
    'if (isDeadAndCalled(words, registry, slot)) return true;',
    'if (slot < 0) return true;',
    'who was called dies',
  ],
  ['a call of the dead is dropped', '      callOne(words, registry);\n', '', 'who was called dies'],
  [
    'who calls does not look whether that one lives',
    '  if (isDeadAndCalled(words, registry, slot)) passOn(words, registry);\n',
    '',
    'two wait, one of them dies',
  ],
  [
    'poison is told to nobody who waits',
    '  // Also to those who wait on a condition of it.\n  tellAll(registry);\n',
    '',
    'who has the mutex poisons it',
  ],
  [
    'an owner that died is forgotten when another wants the mutex',
    '(lock & (ABANDONED | POISONED)) !== 0',
    '(lock & POISONED) !== 0',
    'one waits, the owner dies, another wants the mutex',
  ],
  [
    'who gives up takes a call along',
    '  return called > 0;',
    '  return called > 0 && !givesUp;',
    'two wait, one gives up',
  ],
];
describe('a condition without one of its steps', () => {
  const all = { ...SCENARIOS, ...LONG_SCENARIOS };
  for (const [what, from, to, scenario] of MUTATIONS)
    it.skipIf(scenario in LONG_SCENARIOS && !isFull)(`is found out: ${what}`, { timeout: CEILING_MS }, () => {
      expect(explore(condition, all[scenario]!, { from, to }).faults).not.toEqual([]);
    });
});
