import { expect, it } from 'vitest';
import { Turns, type Lane } from '../../src/queue/turns.ts';

/** The order in which they would go: by turn, then by arrival. */
const order = (waiting: ReadonlyArray<readonly [label: string, turn: number]>) =>
  [...waiting].sort(([, a], [, b]) => a - b).map(([label]) => label);

it('lets each call have one task in turn', () => {
  const turns = new Turns();
  const lanes: Lane[] = [{ turn: 0 }, { turn: 0 }];
  const first = [1, 2, 3].map((n) => [`a${n}`, turns.next(lanes[0])] as const);
  const second = [1, 2].map((n) => [`b${n}`, turns.next(lanes[1])] as const);
  const alone = [['run', turns.next(undefined)] as const];
  expect(order([...first, ...second, ...alone])).toEqual(['a1', 'b1', 'run', 'a2', 'b2', 'a3']);
});

it('counts each of the items that are one task', () => {
  const turns = new Turns();
  const lanes: Lane[] = [{ turn: 0 }, { turn: 0 }];
  const together = ['a1-3', 'a4-6'].map((items) => [items, turns.next(lanes[0], 3)] as const);
  const single = [1, 2, 3, 4].map((n) => [`b${n}`, turns.next(lanes[1])] as const);
  expect(order([...together, ...single])).toEqual(['a1-3', 'b1', 'b2', 'b3', 'a4-6', 'b4']);
});

it('gives who comes later no credit for the time before', () => {
  const turns = new Turns();
  const early: Lane = { turn: 0 };
  for (let n = 0; n < 10; n++) turns.serve(turns.next(early));
  const late: Lane = { turn: 0 };
  expect(turns.next(late)).toBe(turns.next(early));
});
