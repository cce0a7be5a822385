/** The protocol of barrier-words.ts in every order of its accesses. `HEDDLE_SYNC_MODEL=full` adds what takes longer. */
import { describe, expect, it } from 'vitest';
import { barrier, breaker, mortal, party, type BarrierCode } from '../model/barrier.ts';
import { explore, type Scenario } from '../model/explore.ts';

const isFull = process.env['HEDDLE_SYNC_MODEL'] === 'full';
const CEILING_MS = 1_200_000;

const SCENARIOS: Readonly<Record<string, Scenario<BarrierCode>>> = {
  'two, three rounds': { parties: [party(3), party(3)] },
  'two, one dies': { parties: [mortal(party(2)), party(2)], deaths: 1 },
  'two, one times out and comes again': { parties: [party(1, true), party()] },
  'two, one says that it cannot go on': { parties: [party(), breaker()] },
};
const LONG_SCENARIOS: Readonly<Record<string, Scenario<BarrierCode>>> = {
  three: { parties: [party(), party(), party()] },
  'three, two rounds': { parties: [party(2), party(2), party(2)] },
  'three, one dies': { parties: [mortal(party()), party(), party()], deaths: 1 },
  'three, one dies, another times out': { parties: [mortal(party()), party(1, true), party()], deaths: 1 },
};
const run = (scenario: Scenario<BarrierCode>, mutation?: { from: string; to: string }) =>
  explore(barrier(scenario.parties.length), scenario, mutation);

describe('a barrier, in every order of accesses', () => {
  for (const [name, scenario] of Object.entries({ ...SCENARIOS, ...LONG_SCENARIOS }))
    it.skipIf(name in LONG_SCENARIOS && !isFull)(
      `${name}: nobody sleeps for ever, nobody goes on alone`,
      { timeout: CEILING_MS },
      () => {
        const { faults, states } = run(scenario);
        expect(faults).toEqual([]);
        expect(states).toBeGreaterThan(50);
      },
    );
});

describe('a barrier without one of its steps', () => {
  it.each<[string, string, string, string]>([
    ['the end of a round is not told', '    if (isLast) tellParties(words, registry);\n', '', 'two, three rounds'],
    [
      'an arrival is written without a look at another',
      'if (Atomics.compareExchange(words, STATE, state, after) !== state) continue;',
      'Atomics.store(words, STATE, after);',
      'two, three rounds',
    ],
    [
      'nobody looks after the parties',
      '    if (!isSeatDead(words, registry)) return WAIT;\n',
      '    return WAIT;\n',
      'two, one dies',
    ],
    [
      'an arrival is not taken back',
      'if (Atomics.compareExchange(words, STATE, state, state - ARRIVED) === state) return TIMED_OUT;',
      'return TIMED_OUT;',
      'two, one times out and comes again',
    ],
    [
      'that it is broken is not told',
      '  Atomics.or(words, STATE, BROKEN);\n  tellParties(words, registry);',
      '  Atomics.or(words, STATE, BROKEN);',
      'two, one says that it cannot go on',
    ],
    [
      'that it is broken is told before',
      '  Atomics.or(words, STATE, BROKEN);\n  tellParties(words, registry);',
      '  tellParties(words, registry);\n  Atomics.or(words, STATE, BROKEN);',
      'two, one says that it cannot go on',
    ],
    [
      'who comes last does not begin a new round',
      'const after = isLast ? (round + ROUND) | 0 : state + ARRIVED;',
      'const after = state + ARRIVED;',
      'two, three rounds',
    ],
  ])('is found out: %s', { timeout: CEILING_MS }, (_what, from, to, name) => {
    expect(run({ ...SCENARIOS, ...LONG_SCENARIOS }[name]!, { from, to }).faults).not.toEqual([]);
  });
});
