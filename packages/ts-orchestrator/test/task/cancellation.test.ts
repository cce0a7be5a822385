import { expect, it, vi } from 'vitest';
import { AbortRegistry } from '../../src/task/cancellation.ts';

it('holds one listener per signal, as long as it has to', () => {
  const registry = new AbortRegistry();
  const { signal } = new AbortController();
  const added = vi.spyOn(signal, 'addEventListener');
  const removed = vi.spyOn(signal, 'removeEventListener');
  const undo = [1, 2, 3].map(() => registry.add(signal, () => {}));
  expect(added).toHaveBeenCalledTimes(1);
  undo[0]!();
  undo[1]!();
  expect(removed).not.toHaveBeenCalled();
  undo[2]!();
  undo[2]!();
  expect(removed).toHaveBeenCalledTimes(1);
});

it('calls each action once with the reason, also when one of them undoes another', () => {
  const registry = new AbortRegistry();
  const controller = new AbortController();
  const calls: unknown[] = [];
  let undoSecond = () => {};
  registry.add(controller.signal, (reason) => {
    calls.push(['first', reason]);
    undoSecond();
  });
  undoSecond = registry.add(controller.signal, (reason) => calls.push(['second', reason]));
  registry.add(controller.signal, (reason) => calls.push(['third', reason]));
  controller.abort('why');
  expect(calls).toEqual([
    ['first', 'why'],
    ['third', 'why'],
  ]);
});
