/** The protocol of channel-words.ts in every order of its accesses. `HEDDLE_SYNC_MODEL=full` adds what takes minutes. */
import { describe, expect, it } from 'vitest';
import { channel, closer, having, impatient, mortal, receiver, sender, type ChannelCode } from '../model/channel.ts';
import { explore, type Scenario } from '../model/explore.ts';
import type { Mutation } from '../model/source.ts';

const isFull = process.env['HEDDLE_SYNC_MODEL'] === 'full';
const CEILING_MS = 1_200_000;

/** `does`: s for each party that sends, r for receives, c for closes. */
type Case = readonly [capacity: number, does: string, scenario: Scenario<ChannelCode>, isLeftClosed?: boolean];
const SCENARIOS: Readonly<Record<string, Case>> = {
  'one value': [1, 'sr', { parties: [sender([4]), receiver(1)] }],
  'two values, room for one': [1, 'sr', { parties: [sender([4, 5]), receiver(2)] }],
  'a full channel': [1, 'sr', { parties: [having(sender([4]), [8]), receiver(2)] }],
  'a receiver that gives up': [1, 'sr', { parties: [sender([4]), impatient(receiver(1))] }],
  'a sender that gives up': [1, 'sr', { parties: [having(impatient(sender([4])), [8]), receiver(1)] }],
  'a sender is refused': [1, 'sc', { parties: [having(sender([4]), [8]), closer()] }],
  'a sender dies': [1, 'sr', { parties: [mortal(sender([4])), receiver(1)], deaths: 1 }],
  'a sender dies before who tries': [1, 'sr', { parties: [mortal(sender([4])), receiver(1, 'try')], deaths: 1 }],
  'a receiver dies': [1, 'rr', { parties: [having(mortal(receiver(1)), [4]), receiver(1)], deaths: 1 }],
};
const LONG_SCENARIOS: Readonly<Record<string, Case>> = {
  'three values, room for one': [1, 'sr', { parties: [sender([4, 5, 6]), receiver(3)] }],
  'three values, room for two': [2, 'sr', { parties: [sender([4, 5, 6]), receiver(3)] }],
  'a sender dies, and it is closed': [1, 'src', { parties: [mortal(sender([4])), receiver(1), closer()], deaths: 1 }],
  'a receiver dies, and it is closed': [
    1,
    'rrc',
    { parties: [having(mortal(receiver(1)), [4]), receiver(1), closer()], deaths: 1 },
  ],
  'a value, and it is closed': [1, 'src', { parties: [sender([4]), receiver(1), closer()] }, true],
  'two receivers, a value for each': [2, 'srr', { parties: [having(sender([4]), [8]), receiver(1), receiver(1)] }],
  'a receiver gives up beside another': [1, 'srr', { parties: [sender([4]), impatient(receiver(1)), receiver(1)] }],
  'two senders, room for one': [1, 'ssr', { parties: [sender([4], 'try'), sender([8], 'try'), receiver(1)] }],
};

const run = ([capacity, does, scenario, isLeftClosed]: Case, mutation?: Mutation) =>
  explore(channel(capacity, does, isLeftClosed), scenario, mutation);

describe('a channel, in every order of accesses', () => {
  it.each(Object.keys(SCENARIOS))(
    '%s: nothing lost, nothing twice, nobody sleeps for ever',
    { timeout: CEILING_MS },
    (name) => {
      const { faults, states, reached } = run(SCENARIOS[name]!);
      expect(faults).toEqual([]);
      expect(states).toBeGreaterThan(50);
      if (SCENARIOS[name]![2].deaths === 1) expect([...reached]).toContain('burial');
    },
  );

  it.skipIf(!isFull).each(Object.keys(LONG_SCENARIOS))(
    `%s${isFull ? '' : ' (skipped: set HEDDLE_SYNC_MODEL=full)'}`,
    { timeout: CEILING_MS },
    (name) => {
      const { faults, states } = run(LONG_SCENARIOS[name]!);
      expect(faults).toEqual([]);
      expect(states).toBeGreaterThan(1_000);
    },
  );
});

const ONE = 'one value';
const TWO = 'two values, room for one';
const S_DIES = 'a sender dies';
const R_DIES = 'a receiver dies';
const MUTATIONS: readonly (readonly [what: string, from: string, to: string, scenario: string])[] = [
  ['a value is published and nobody told', 'FULL));\n  tellNext(words, registry, RECEIVERS);', 'FULL));', ONE],
  [
    'who waits is told before the value is published',
    '  Atomics.store(words, stateOf(words, position), settled(lapOf(words, position), FULL));\n  tellNext(words, registry, RECEIVERS);',
    '  tellNext(words, registry, RECEIVERS);\n  Atomics.store(words, stateOf(words, position), settled(lapOf(words, position), FULL));',
    ONE,
  ],
  ['room is made and nobody told', 'FREE));\n  tellNext(words, registry, SENDERS);', 'FREE));', TWO],
  [
    'a slot is free before its value is read',
    'owned(me, lap, READING)) !== full',
    'settled(lapAfter(words, lap), FREE)) !== full',
    TWO,
  ],
  [
    'a slot is taken without a look whether it is free',
    'if (Atomics.compareExchange(words, state, free, owned(me, lap, WRITING)) !== free) continue;',
    'Atomics.store(words, state, owned(me, lap, WRITING));',
    'two senders, room for one',
  ],
  [
    'a value is taken without a look whether it is there',
    'if (Atomics.compareExchange(words, stateOf(words, position), full, owned(me, lap, READING)) !== full) continue;',
    'Atomics.store(words, stateOf(words, position), owned(me, lap, READING));',
    'two receivers, a value for each',
  ],
  [
    'TAIL stays behind a dead sender',
    'if (lapsOn(state, lap) !== LAP_MASK) Atomics.compareExchange(words, TAIL, tail, next(words, tail));\n    else if',
    'if',
    'a sender dies before who tries',
  ],
  [
    'a half written value is waited for',
    'WRITING || isAlive(registry, state & OWNER_MASK)) return false',
    'WRITING || true) return false',
    S_DIES,
  ],
  [
    'a value that is being written is skipped',
    'WRITING || isAlive(registry, state & OWNER_MASK)) return false',
    'WRITING) return false',
    ONE,
  ],
  [
    'a half read value is left',
    '  if (deaths === seen) return NOT_NOW;',
    '  if (deaths >= seen) return NOT_NOW;',
    R_DIES,
  ],
  ['a death is not counted', '  Atomics.add(registry, DEATHS, 1);\n', '', R_DIES],
  ['closing tells no sender', '  tellAllWho(words, registry, SENDERS);\n', '', 'a sender is refused'],
  [
    'closing tells no receiver',
    '  tellAllWho(words, registry, RECEIVERS);\n  return true;',
    '  return true;',
    'a value, and it is closed',
  ],
  [
    'a sender does not look again whether it is closed',
    'if (!isClosed(words)) return position;',
    'if (true) return position;',
    'a value, and it is closed',
  ],
  [
    'a receiver looks first for a value, then whether it is closed',
    'position === NOT_NOW && noneWillCome',
    'position === NOT_NOW && isClosed(words)',
    'a value, and it is closed',
  ],
  [
    'who gives its slot up tells nobody',
    'FREE));\n    tellAllWho(words, registry, RECEIVERS);',
    'FREE));',
    'a value, and it is closed',
  ],
  [
    'who leaves passes nothing on',
    '  if (position >= 0) tellNext(words, registry, side);\n',
    '',
    'a receiver gives up beside another',
  ],
  [
    'TOLD is taken away after the look',
    `  Atomics.store(words, want, (before & TOLD) === 0 ? before : (before & ~TOLD) | WOKEN);
  const claimed = side === SENDERS ? claimToSend(words, registry, me) : claimToReceive(words, registry, me);`,
    `  const claimed = side === SENDERS ? claimToSend(words, registry, me) : claimToReceive(words, registry, me);
  Atomics.store(words, want, me);`,
    TWO,
  ],
];

describe('a channel without one of the steps', () => {
  const all = { ...SCENARIOS, ...LONG_SCENARIOS };
  for (const [what, from, to, name] of MUTATIONS)
    it.skipIf(!(name in SCENARIOS) && !isFull)(`is found out: ${what}`, { timeout: CEILING_MS }, () => {
      expect(run(all[name]!, { from, to }).faults).not.toEqual([]);
    });
});
