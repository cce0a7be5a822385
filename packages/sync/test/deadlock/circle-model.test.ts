/** The search for circles in every order of accesses. `HEDDLE_SYNC_MODEL=full` adds what takes minutes. */
import { describe, expect, it } from 'vitest';
import { deadlock, mortal, taker, type DeadlockCode, type Order } from '../model/deadlock.ts';
import { explore, type Findings, type PartyPlan, type Scenario } from '../model/explore.ts';
import type { Mutation } from '../model/source.ts';

type Plan = PartyPlan<DeadlockCode>;

const isFull = process.env['HEDDLE_SYNC_MODEL'] === 'full';
const CEILING_MS = 600_000;

/** Who waits more than once is named in `again`. */
interface Case extends Scenario<DeadlockCode> {
  readonly again?: readonly number[];
}

/** Each has one lock at first, and the first searches. The last gives its own up, takes it again, and then wants that of the first. */
const three = (last: (party: Plan) => Plan = (party) => party): Case => ({
  parties: [
    taker([0], {}, 3, [2]),
    taker([1], { onlyTells: true }, 3, [0]),
    last(taker(['release', 1, 2], { onlyTells: true }, 3, [1])),
  ],
  again: [2],
});
const SCENARIOS: Readonly<Record<string, Case>> = {
  'two, in two orders': { parties: [taker([0, 1]), taker([1, 0])] },
  'two, in one order': { parties: [taker([0, 1]), taker([0, 1])] },
  'two, in two orders, one may die': { parties: [mortal(taker([0, 1])), taker([1, 0])], deaths: 1 },
  'two, one holds nothing when it waits': { parties: [taker([0, 1]), taker([1, 'release', 0])], again: [1] },
};
const LONG_SCENARIOS: Readonly<Record<string, Case>> = {
  'two, one waits twice': { parties: [taker([0, 1]), taker([1, 'release', 0, 'release', 1])], again: [1] },
  'three in a circle': {
    parties: [taker([1], {}, 3, [0]), taker([2], {}, 3, [1]), taker([0], {}, 3, [2])],
  },
  'three, one waits twice': three(),
};

function exploreCase({ again, ...scenario }: Case, mutation?: Mutation): Findings {
  return explore(deadlock(again), scenario, mutation);
}

describe('a circle, in every order of accesses', () => {
  it.each(Object.keys(SCENARIOS))('%s: found if it is one', { timeout: CEILING_MS }, (name) => {
    const { faults, states, reached } = exploreCase(SCENARIOS[name]!);
    expect(faults).toEqual([]);
    expect(states).toBeGreaterThan(20);
    expect([...reached].some((operation) => operation.startsWith('failed'))).toBe(name.includes('two orders'));
  });

  it.skipIf(!isFull).each(Object.keys(LONG_SCENARIOS))(
    `%s${isFull ? '' : ' (skipped: set HEDDLE_SYNC_MODEL=full)'}`,
    { timeout: CEILING_MS },
    (name) => {
      const { faults, states } = exploreCase(LONG_SCENARIOS[name]!);
      expect(faults).toEqual([]);
      expect(states).toBeGreaterThan(100);
    },
  );
});

/** In the files. Two can't deceive each other: whoever reads knows its own wait, and what it holds the other waits for in truth. Three can. */
const MUTATIONS: readonly (readonly [what: string, from: string, to: string, found: Case])[] = [
  [
    'it is not looked once more whether the waits go on',
    '    if (!perhaps.ground.every((wait) => goesOn(graph, registry, wait))) continue;\n',
    '',
    three(),
  ],
  [
    'a ticket says nothing of what it was read with',
    'return Atomics.load(graph, at + TICKET) === ticket && isAlive',
    'return isAlive',
    three(),
  ],
  [
    'the dead count as well',
    'return Atomics.load(graph, at + TICKET) === ticket && isAlive(registry, owner);',
    'return Atomics.load(graph, at + TICKET) === ticket;',
    { ...three(mortal), deaths: 1 },
  ],
  ['nobody is told of its slot', ' <= index) Atomics.store', ' < 0) Atomics.store', SCENARIOS['two, in two orders']!],
  ['the wait is not said', '  Atomics.store(graph, at + TICKET, ticket);\n', '', SCENARIOS['two, in two orders']!],
  [
    'what is held is not said',
    'graph, at + LISTS + index, facts.holds[index]!',
    'graph, at + LISTS + index, 0',
    SCENARIOS['two, in two orders']!,
  ],
];
/** In what blocked-wait.ts does, which the model says itself. */
const ORDERS: readonly (readonly [what: string, found: Case])[] = [
  ['it searches before it says that it waits', inTwoOrders({ searchesFirst: true })],
  ['who is to fail is not told', inTwoOrders({ tellsNobody: true })],
  [
    'that the wait is over is not said',
    {
      parties: [
        taker([0, 1, 'release', 0], { staysPublished: true }),
        taker([1, 'release', 1, 0], { staysPublished: true }),
      ],
      again: [0, 1],
    },
  ],
];
function inTwoOrders(order: Order): Case {
  return { parties: [taker([0, 1], order), taker([1, 0], order)] };
}

describe('a search without one of its steps', () => {
  for (const [what, from, to, found] of MUTATIONS)
    it.skipIf(found.parties.length > 2 && !isFull)(`is found out: ${what}`, { timeout: CEILING_MS }, () => {
      expect(exploreCase(found, { from, to }).faults).not.toEqual([]);
    });

  it.each(ORDERS)('is found out: %s', { timeout: CEILING_MS }, (_what, found) => {
    expect(exploreCase(found).faults).not.toEqual([]);
  });
});
