import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { TaskQueue } from '../../src/queue/task-queue.ts';

interface Item {
  readonly depth: number;
  readonly priority: number;
  readonly label: number;
}

const drain = (queue: TaskQueue<Item>) => {
  const labels: number[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) labels.push(item.label);
  return labels;
};

it('goes by depth before priority', () => {
  const queue = new TaskQueue<Item>();
  for (const [label, depth] of [0, 2, 1, 2].entries()) queue.push({ depth, label, priority: -depth });
  expect(drain(queue)).toEqual([1, 3, 2, 0]);
});

it('goes by priority, then by arrival', () => {
  const queue = new TaskQueue<Item>();
  for (const [label, priority] of [0, 2, 0, 1, 2, -1].entries()) queue.push({ depth: 0, label, priority });
  expect([...queue].map(({ label }) => label)).toEqual([1, 4, 3, 0, 2, 5]);
  expect(drain(queue)).toEqual([1, 4, 3, 0, 2, 5]);
});

it('puts what lost its turn before its equals', () => {
  const queue = new TaskQueue<Item>();
  queue.push({ depth: 0, label: 1, priority: 0 });
  queue.push({ depth: 0, label: 2, priority: 1 });
  queue.pushFirst({ depth: 0, label: 3, priority: 0 });
  queue.pushFirst({ depth: 0, label: 4, priority: 0 });
  expect(drain(queue)).toEqual([2, 4, 3, 1]);
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
          const item = { depth: each.depth, priority: each.push, label: label++ };
          queue.push(item);
          const place = model.findIndex(
            ({ depth, priority }) => depth < item.depth || (depth === item.depth && priority < item.priority),
          );
          model.splice(place < 0 ? model.length : place, 0, item);
        } else if ('shift' in each) expect(queue.shift()).toBe(model.shift());
        else {
          const item = model[each.remove] ?? { depth: 0, priority: 0, label: -1 };
          expect(queue.remove(item)).toBe(model.includes(item));
          if (model.includes(item)) model.splice(model.indexOf(item), 1);
        }
        expect(queue.size).toBe(model.length);
      }
      expect([...queue]).toEqual(model);
    }),
  );
});
