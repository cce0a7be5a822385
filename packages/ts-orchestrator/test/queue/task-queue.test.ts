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

it('agrees with a sorted list, whatever is pushed, shifted and removed', () => {
  const step = fc.oneof(
    fc.record({ push: fc.integer({ min: -2, max: 2 }), depth: fc.nat(2) }),
    fc.constant({ shift: true }),
    fc.record({ remove: fc.nat(20) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new TaskQueue<Item>();
      const model: Item[] = [];
      let label = 0;
      for (const each of steps) {
        if ('push' in each) {
          const pushed = item(label++, { depth: each.depth, priority: each.push });
          queue.push(pushed);
          const place = model.findIndex(
            ({ depth, priority }) => depth < pushed.depth || (depth === pushed.depth && priority < pushed.priority),
          );
          model.splice(place < 0 ? model.length : place, 0, pushed);
        } else if ('shift' in each) expect(queue.shift()).toBe(model.shift());
        else {
          const gone = model[each.remove] ?? item(-1);
          expect(queue.remove(gone)).toBe(model.includes(gone));
          if (model.includes(gone)) model.splice(model.indexOf(gone), 1);
        }
        expect(queue.size).toBe(model.length);
      }
      expect([...queue]).toEqual(model);
    }),
  );
});
