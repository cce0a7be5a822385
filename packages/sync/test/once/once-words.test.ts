/** The protocol of once-words.ts, with its mutex, in every order of accesses. `HEDDLE_SYNC_MODEL=full` adds what takes longer. */
import { describe, expect, it } from 'vitest';
import { explore, type Scenario } from '../model/explore.ts';
import { mortal, once, runner, type OnceCode } from '../model/once.ts';

const isFull = process.env['HEDDLE_SYNC_MODEL'] === 'full';
const CEILING_MS = 1_200_000;

const SCENARIOS: Readonly<Record<string, Scenario<OnceCode>>> = {
  two: { parties: [runner(), runner()] },
  'two, one dies': { parties: [mortal(runner()), runner()], deaths: 1 },
};
const LONG_SCENARIOS: Readonly<Record<string, Scenario<OnceCode>>> = {
  three: { parties: [runner(), runner(), runner()] },
};

describe('once, in every order of accesses', () => {
  for (const [name, scenario] of Object.entries({ ...SCENARIOS, ...LONG_SCENARIOS }))
    it.skipIf(name in LONG_SCENARIOS && !isFull)(`${name}: one does it`, { timeout: CEILING_MS }, () => {
      const { faults, states, reached } = explore(once, scenario);
      expect(faults).toEqual([]);
      expect(states).toBeGreaterThan(50);
      expect([...reached]).toEqual(expect.arrayContaining(['begin, told', 'release and keep, told', 'release']));
    });

  it('the next does it when one dies at it', () => {
    expect(explore(once, SCENARIOS['two, one dies']!).reached).toContain('repair');
  });

  it('is found out: who does not look again with the mutex', () => {
    expect(explore(once, { parties: [runner(false), runner(false)] }).faults).not.toEqual([]);
  });

  it('is found out: who does not say that it is done', () => {
    const silent = { from: '  Atomics.store(words, DONE, 1);\n', to: '' };
    expect(explore(once, SCENARIOS['two']!, silent).faults).not.toEqual([]);
  });
});
