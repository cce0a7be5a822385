import { expect, it } from 'vitest';
import { collector, heapBytes, MemoryWatch } from '../../src/entry/memory-watch.ts';

const MIB = 2 ** 20;

/** A worker whose memory, garbage and time the test sets. */
function watch(limitMiB: number) {
  const worker = { heldMiB: 40, garbageMiB: 5, nativeMiB: 60, collections: 0, collectMs: 1, nowMs: 0 };
  const memory = new MemoryWatch({
    gauges: [() => (worker.heldMiB + worker.garbageMiB) * MIB, () => worker.nativeMiB * MIB],
    limitMiB,
    collect() {
      worker.collections++;
      worker.garbageMiB = 0;
      worker.nowMs += worker.collectMs;
    },
    now: () => worker.nowMs,
  });
  const lookAfter = (ms: number) => {
    worker.nowMs += ms;
    return memory.look();
  };
  return { worker, lookAfter };
}

it('tells growth over what was held at the start, garbage not counted', () => {
  const { worker, lookAfter } = watch(100);
  worker.garbageMiB = 99;
  expect(lookAfter(1_000)).toBeUndefined();
  expect(worker.collections).toBe(1);
  worker.garbageMiB = 101;
  expect(lookAfter(1_000)).toBeUndefined();
  expect(worker.collections).toBe(2);
  worker.heldMiB += 101;
  expect(lookAfter(1_000)).toBe(101);
});

it('tells the gauge that grew most', () => {
  const { worker, lookAfter } = watch(100);
  worker.nativeMiB += 250;
  expect(lookAfter(1_000)).toBe(250);
});

it('looks once a second, and less often when collecting is slow', () => {
  const { worker, lookAfter } = watch(100);
  worker.heldMiB += 101;
  expect(lookAfter(998)).toBeUndefined();
  worker.heldMiB -= 101;
  worker.garbageMiB = 101;
  worker.collectMs = 200;
  expect(lookAfter(1)).toBeUndefined();
  expect(worker.collections).toBe(1);
  expect(lookAfter(1)).toBeUndefined();
  expect(worker.collections).toBe(2);
  worker.heldMiB += 101;
  expect(lookAfter(3_999)).toBeUndefined();
  expect(lookAfter(1)).toBe(101);
});

it('really collects, and leaves no trace of how', () => {
  const collect = collector();
  // Held by a property, which is emptied for certain.
  const held = { list: Array.from({ length: 2e6 }, (_, n) => ({ n })) };
  collect();
  const before = heapBytes();
  held.list = [];
  collect();
  expect(before - heapBytes()).toBeGreaterThan(10 * MIB);
  expect(globalThis).not.toHaveProperty('gc');
});
