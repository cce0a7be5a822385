/** The protocol of share-words.ts in every order of its accesses. `HEDDLE_SYNC_MODEL=full` adds what takes minutes. */
import { describe, expect, it } from 'vitest';
import { explore } from '../model/explore.ts';
import {
  exploreShares as run,
  fickle,
  holder,
  impatient,
  keeper,
  leaver,
  mortal,
  shares,
  successor,
  taker,
  writer,
  type SharesCase as Case,
} from '../model/shares.ts';

const isFull = process.env['HEDDLE_SYNC_MODEL'] === 'full';
const CEILING_MS = 1_200_000;

const SCENARIOS: Readonly<Record<string, Case>> = {
  'one share, two want it': [1, { parties: [taker(1), taker(1)] }],
  'one share, one leaves the line': [1, { parties: [holder(1), leaver(1)] }],
  'one share, one dies': [1, { parties: [mortal(taker(1)), taker(1)], deaths: 1 }],
  'one share, a slot of a dead thread': [1, { parties: [successor(taker(1), 1), taker(1)] }],
  'two shares, one wants both': [2, { parties: [taker(2), taker(1)] }],
  'two shares, one keeps one': [2, { parties: [keeper(), taker(1)] }, false, 1],
  'two shares, one who wants both leaves': [2, { parties: [holder(1), leaver(2)] }],
  'a writer dies, a writer repairs': [2, { parties: [mortal(writer(2)), writer(2)], deaths: 1 }, true],
  'a writer poisons': [2, { parties: [holder(2, 'poison'), taker(1)] }, true],
};
/** Those that take longest are in share-deaths.test.ts. */
const LONG_SCENARIOS: Readonly<Record<string, Case>> = {
  'one share, two want it, one two times': [1, { parties: [taker(1), taker(1, 2)] }],
  'one share, one times out, the other dies': [1, { parties: [mortal(taker(1)), impatient(1)], deaths: 1 }],
  'one share, one leaves and asks again': [1, { parties: [fickle(1), taker(1)] }],
  'a writer dies, a reader is told': [2, { parties: [mortal(writer(2)), taker(1)], deaths: 1 }, true],
  'one share, two want it two times each': [1, { parties: [taker(1, 2), taker(1, 2)] }],
  'one share, both die': [1, { parties: [mortal(taker(1)), mortal(taker(1))], deaths: 2 }],
  'one share, one dies, two times each': [1, { parties: [mortal(taker(1, 2)), taker(1, 2)], deaths: 1 }],
  'one share, three, one leaves the line': [1, { parties: [holder(1), leaver(1), taker(1)] }],
  'one share, three': [1, { parties: [holder(1), taker(1), taker(1)] }],
  'two shares, one who wants both leaves those behind it': [2, { parties: [holder(1), leaver(2), taker(1)] }],
  'two shares, three, one wants both': [2, { parties: [holder(1), taker(2), taker(1)] }],
};
/** A death in the middle of what another death has left to do. */
const FOR_MUTATIONS: Readonly<Record<string, Case>> = {
  'a writer dies, both die': [2, { parties: [mortal(holder(2)), mortal(writer(2)), writer(2)], deaths: 2 }, true],
};

describe('shares, in every order of accesses', () => {
  it.each(Object.keys(SCENARIOS))('%s: never too many, nobody sleeps for ever', { timeout: CEILING_MS }, (name) => {
    const { faults, states, reached } = run(SCENARIOS[name]!);
    expect(faults).toEqual([]);
    expect(states).toBeGreaterThan(100);
    const isTold = name === 'a writer dies, a writer repairs';
    const expected = isTold ? ['burial', 'start, told', 'repair, told', 'release'] : [];
    expect([...reached]).toEqual(expect.arrayContaining(expected));
  });

  it.skipIf(!isFull).each(Object.keys(LONG_SCENARIOS))(
    `%s${isFull ? '' : ' (skipped: set HEDDLE_SYNC_MODEL=full)'}`,
    { timeout: CEILING_MS },
    (name) => {
      const { faults, states } = run(LONG_SCENARIOS[name]!);
      expect(faults).toEqual([]);
      expect(states).toBeGreaterThan(10_000);
    },
  );

  it.skipIf(!isFull)('a clerk that looks only once', { timeout: CEILING_MS }, () => {
    const once = { from: 'const MAX_LOOKS = 4;', to: 'const MAX_LOOKS = 1;' };
    expect(run(LONG_SCENARIOS['one share, two want it, one two times']!, once).faults).toEqual([]);
  });

  it.skipIf(!isFull)('lets nobody be overtaken twice by the same one, once it waits', { timeout: CEILING_MS }, () => {
    const scenario = { parties: [taker(1), taker(1, 2)], countsOvertaking: true };
    expect(explore(shares(1), scenario)).toMatchObject({ faults: [], overtaken: 1 });
  });
});

const TWICE = 'one share, two want it';
const DIES = 'one share, one dies';
const MUTATIONS: readonly (readonly [what: string, from: string, to: string, scenario: string])[] = [
  [
    'the living clerk is not asked to look again',
    'if ((clerk & AGAIN) !== 0 || Atomics.compareExchange(words, CLERK, clerk, clerk | AGAIN) === clerk) return;',
    'return;',
    TWICE,
  ],
  [
    'a clerk leaves without a look at AGAIN',
    'if (Atomics.compareExchange(words, CLERK, me, 0) === me) return;',
    'Atomics.store(words, CLERK, 0);\n    return;',
    TWICE,
  ],
  [
    'a busy clerk leaves and tells nobody',
    `if (looks === MAX_LOOKS) break;
    Atomics.store(words, CLERK, me);
  }
  Atomics.store(words, CLERK, 0);
  tellAllWhoWant(words, registry);`,
    'break;\n  }\n  Atomics.store(words, CLERK, 0);',
    TWICE,
  ],
  ['who was granted is not told', '    if (slot !== slotOf(me)) tell(registry, slot);\n', '', TWICE],
  ['more is granted than there is', '    if (amount > free) return;\n', '', TWICE],
  ['what was granted counts as free', '    free -= amount;\n', '', TWICE],
  [
    'a wish is granted without a look whether it is still there',
    'if (Atomics.compareExchange(words, sharesOf(slot), shares, (shares & HAS_MASK) + amount) !== shares) continue;',
    'Atomics.store(words, sharesOf(slot), (shares & HAS_MASK) + amount);',
    'one share, one leaves the line',
  ],
  [
    'what came too late is not given back',
    '  if (isGranted) Atomics.sub(words, shares, amount);\n',
    '',
    'one share, one leaves the line',
  ],
  [
    'a release asks nobody to look',
    '  Atomics.sub(words, sharesOf(slotOf(me)), amount);\n  if (isWanted(words, registry)) serve(words, registry, me);',
    '  Atomics.sub(words, sharesOf(slotOf(me)), amount);',
    TWICE,
  ],
  [
    'a release looks for wishes first',
    '  Atomics.sub(words, sharesOf(slotOf(me)), amount);\n  if (isWanted(words, registry)) serve(words, registry, me);',
    '  const isAny = isWanted(words, registry);\n  Atomics.sub(words, sharesOf(slotOf(me)), amount);\n  if (isAny) serve(words, registry, me);',
    TWICE,
  ],
  [
    'who leaves asks nobody to look',
    '  if (isGranted) Atomics.sub(words, shares, amount);\n  if (isWanted(words, registry)) serve(words, registry, me);',
    '  if (isGranted) Atomics.sub(words, shares, amount);',
    'one share, three, one leaves the line',
  ],
  ['a look serves nobody', '  if (wants(words, slot)) serve(words, registry, me);\n', '', TWICE],
  ['a dead clerk is waited for', 'id !== me && isAlive(registry, id)', 'id !== me', DIES],
  ['a living clerk is not waited for', 'id !== me && isAlive(registry, id)', 'id === -1', TWICE],
  ['the dead keep their shares', '  if (!isDead) return has;', '  return has;', DIES],
  ['a row does not go back', '  Atomics.store(words, ownerOf(slot), 0);\n', '', 'one share, a slot of a dead thread'],
  [
    'that a row has gone back is not told',
    'perhaps, and waits for its row.\n  tell(registry, slot);',
    'perhaps, and waits for its row.',
    'one share, a slot of a dead thread',
  ],
  [
    'a row goes back before it is empty',
    '  Atomics.store(words, sharesOf(slot), 0);\n  Atomics.store(words, ownerOf(slot), 0);',
    '  Atomics.store(words, ownerOf(slot), 0);\n  Atomics.store(words, sharesOf(slot), 0);',
    'one share, a slot of a dead thread',
  ],
  [
    'a row that is a dead one’s is written',
    '    if (Atomics.load(words, owner) !== 0) return false;\n',
    '',
    'one share, a slot of a dead thread',
  ],
  [
    'a dead writer is not told of',
    '  if (has === totalShares(words)) Atomics.or(words, STATE, ABANDONED);\n',
    '',
    'a writer dies, a writer repairs',
  ],
  [
    'a dead writer is told of when its row is empty',
    '  if (has === totalShares(words)) Atomics.or(words, STATE, ABANDONED);\n  Atomics.store(words, sharesOf(slot), 0);',
    '  Atomics.store(words, sharesOf(slot), 0);\n  if (has === totalShares(words)) Atomics.or(words, STATE, ABANDONED);',
    'a writer dies, both die',
  ],
  [
    'who takes at once is not the clerk',
    '  if (Atomics.compareExchange(words, CLERK, 0, me) !== 0) return false;\n',
    '',
    TWICE,
  ],
  [
    'who takes at once leaves without a look at AGAIN',
    '  if (Atomics.compareExchange(words, CLERK, me, 0) !== me) {\n    Atomics.store(words, CLERK, me);\n    giveOutAndLeave(words, registry, me);\n  }\n  return isFree;',
    '  Atomics.store(words, CLERK, 0);\n  return isFree;',
    'two shares, one keeps one',
  ],
  [
    'who takes at once looks for poison first',
    'areFree(words, registry, amount) && Atomics.load(words, STATE) === 0;',
    'Atomics.load(words, STATE) === 0 && areFree(words, registry, amount);',
    'a writer poisons',
  ],
  [
    'poison is told to nobody',
    'totalShares(words));\n  tellAllWhoWant(words, registry);',
    'totalShares(words));',
    'a writer poisons',
  ],
];
describe('shares without one of the steps', () => {
  const all = { ...SCENARIOS, ...LONG_SCENARIOS, ...FOR_MUTATIONS };
  for (const [what, from, to, name] of MUTATIONS)
    it.skipIf(!(name in SCENARIOS) && !isFull)(`is found out: ${what}`, { timeout: CEILING_MS }, () => {
      expect(run(all[name]!, { from, to }).faults).not.toEqual([]);
    });
});
