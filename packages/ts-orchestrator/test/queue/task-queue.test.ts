import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { TaskQueue, type Queued } from '../../src/queue/task-queue.ts';

interface Item extends Queued {
  readonly label: number;
}

const item = (label: number, rank: Partial<Queued> = {}): Item => ({
  depth: 0,
  priority: 0,
  turn: 1,
  number: label,
  place: -1,
  ...rank,
  label,
});

const drain = (queue: TaskQueue<Item>) => {
  const labels: number[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) labels.push(item.label);
  return labels;
};

it('goes by depth before priority', () => {
  const queue = new TaskQueue<Item>();
  for (const [label, depth] of [0, 2, 1, 2].entries()) queue.push(item(label, { depth, priority: -depth }));
  expect(drain(queue)).toEqual([1, 3, 2, 0]);
});

it('goes by priority, then by arrival', () => {
  const queue = new TaskQueue<Item>();
  for (const [label, priority] of [0, 2, 0, 1, 2, -1].entries()) queue.push(item(label, { priority }));
  expect([...queue].map(({ label }) => label)).toEqual([1, 4, 3, 0, 2, 5]);
  expect(drain(queue)).toEqual([1, 4, 3, 0, 2, 5]);
});

it('goes by turn among equals, then by number', () => {
  const queue = new TaskQueue<Item>();
  for (const [label, turn] of [1, 2, 3, 2, 1].entries()) queue.push(item(label, { turn }));
  expect(queue.first?.label).toBe(0);
  expect(drain(queue)).toEqual([0, 4, 1, 3, 2]);
});

it('puts what comes back where it was', () => {
  const queue = new TaskQueue<Item>();
  for (const label of [1, 3, 2]) queue.push(item(label));
  const first = queue.shift()!;
  queue.push(item(4));
  queue.push(first);
  expect(drain(queue)).toEqual([1, 2, 3, 4]);
});

const before = (a: Item, b: Item) =>
  b.depth - a.depth || b.priority - a.priority || a.turn - b.turn || a.number - b.number;

it('agrees with a sorted list, whatever is pushed, shifted, removed and pushed again', () => {
  // Mostly in order of rank, as calls come, so that the row is long and moves up.
  const rarely = <T>(often: T, seldom: T[]) =>
    fc.oneof({ weight: 9, arbitrary: fc.constant(often) }, { weight: 1, arbitrary: fc.constantFrom(...seldom) });
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ priority: rarely(0, [-1, 1]), depth: rarely(0, [1, 2]), turn: rarely(2, [1, 3]) }),
    },
    { weight: 3, arbitrary: fc.constant({ shift: true }) },
    { weight: 1, arbitrary: fc.record({ remove: fc.nat(40), isPushedAgain: fc.boolean() }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.constantFrom(0, 3), (steps, emptyMax) => {
      const queue = new TaskQueue<Item>(emptyMax);
      const model: Item[] = [];
      let label = 0;
      const push = (pushed: Item) => {
        queue.push(pushed);
        model.push(pushed);
        model.sort(before);
      };
      for (const each of steps) {
        if ('priority' in each) push(item(label++, each));
        else if ('shift' in each) expect(queue.shift()).toBe(model.shift());
        else {
          const gone = model[each.remove] ?? item(-1);
          const isThere = model.includes(gone);
          expect(queue.remove(gone)).toBe(isThere);
          if (isThere) model.splice(model.indexOf(gone), 1);
          if (isThere && each.isPushedAgain) push(gone);
        }
        expect(queue.size).toBe(model.length);
        expect(queue.first).toBe(model[0]);
      }
      expect([...queue]).toEqual(model);
    }),
    { numRuns: 300 },
  );
});
