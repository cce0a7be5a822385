/** The protocol of latch-words.ts in every order of its accesses. `HEDDLE_SYNC_MODEL=full` adds what takes longer. */
import { describe, expect, it } from 'vitest';
import { explore, type Scenario } from '../model/explore.ts';
import { counter, latch, mortal, promiser, waiter, type LatchCode } from '../model/latch.ts';

const isFull = process.env['HEDDLE_SYNC_MODEL'] === 'full';
const CEILING_MS = 1_200_000;

type Case = readonly [count: number, scenario: Scenario<LatchCode>];
const SCENARIOS: Readonly<Record<string, Case>> = {
  'one waits, two count': [2, { parties: [waiter(), counter(), counter()] }],
  'two wait, one counts': [1, { parties: [waiter(), waiter(), counter()] }],
  'one waits, who promised dies': [1, { parties: [waiter(), mortal(promiser())], deaths: 1 }],
  'two wait, who promised dies': [1, { parties: [waiter(), waiter(), mortal(promiser())], deaths: 1 }],
};
const LONG_SCENARIOS: Readonly<Record<string, Case>> = {
  'two count, one of them dies': [2, { parties: [waiter(), mortal(promiser()), promiser()], deaths: 1 }],
  'two count, both die': [2, { parties: [waiter(), mortal(promiser()), mortal(promiser())], deaths: 2 }],
};
const FOR_MUTATIONS: Readonly<Record<string, Case>> = {
  'two wait, who promised dies and another counts': [
    1,
    { parties: [waiter(), waiter(), mortal(promiser()), counter()], deaths: 1 },
  ],
};

describe('a latch, in every order of accesses', () => {
  for (const [name, [count, scenario]] of Object.entries({ ...SCENARIOS, ...LONG_SCENARIOS }))
    it.skipIf(name in LONG_SCENARIOS && !isFull)(
      `${name}: nobody sleeps for ever, all see the same end`,
      { timeout: CEILING_MS },
      () => {
        const { faults, states } = explore(latch(count), scenario);
        expect(faults).toEqual([]);
        expect(states).toBeGreaterThan(50);
      },
    );
});

describe('a latch without one of its steps', () => {
  it.each<[string, string, string, string]>([
    ['that it is open is not told', '    if (after === 0) tellAll(registry);\n', '', 'one waits, two count'],
    [
      'a promise is kept before it was counted',
      '  for (;;) {\n    const count = Atomics.load(words, COUNT);\n    const left',
      '  leaveSeat(words, me);\n  for (;;) {\n    const count = Atomics.load(words, COUNT);\n    const left',
      'one waits, who promised dies',
    ],
    [
      'nobody looks after promises',
      '    if (!isSeatDead(words, registry)) return WAIT;\n',
      '    return WAIT;\n',
      'one waits, who promised dies',
    ],
    [
      'that it is broken is not written',
      '    Atomics.compareExchange(words, COUNT, count, count | BROKEN);\n',
      '    return IS_BROKEN;\n',
      'two wait, who promised dies and another counts',
    ],
    [
      'a count is written without a look at another',
      'if (Atomics.compareExchange(words, COUNT, count, after << LEFT_SHIFT) !== count) continue;',
      'Atomics.store(words, COUNT, after << LEFT_SHIFT);',
      'one waits, two count',
    ],
  ])('is found out: %s', { timeout: CEILING_MS }, (_what, from, to, name) => {
    const [count, scenario] = { ...SCENARIOS, ...FOR_MUTATIONS }[name]!;
    expect(explore(latch(count), scenario, { from, to }).faults).not.toEqual([]);
  });
});
