// What a worker takes of the machine's memory, and when it says so.
import { describe, expect, it } from 'vitest';
import { MEMORY_LOOK_MS } from '../../src/clock/deadlines.ts';
import { MemoryTold, processMemory, threadMemory } from '../../src/entry/own-memory.ts';

describe('what is told', () => {
  const memory = { nowMiB: 100, peakMiB: 100 };
  const make = () => {
    let looks = 0;
    const now = { ...memory };
    const told = new MemoryTold(() => (looks++, { ...now }));
    return { told, now, looks: () => looks };
  };

  it('is what there was at first, and what the first task has left', () => {
    const { told, now } = make();
    expect(told.told).toEqual(memory);
    expect(told.isDue(0)).toBe(true);
    now.peakMiB = 300;
    expect(told.look(5)).toEqual({ nowMiB: 100, peakMiB: 300 });
  });

  it('is looked at once in a while', () => {
    const { told, looks } = make();
    told.look(5);
    expect(told.isDue(4 + MEMORY_LOOK_MS)).toBe(false);
    expect(told.isDue(5 + MEMORY_LOOK_MS)).toBe(true);
    expect(looks()).toBe(2);
  });

  it('is told again when it has changed much, up or down', () => {
    const { told, now } = make();
    const looks = [110, 113, 120, 130, 120, 110, 90].map((mib) => {
      now.nowMiB = mib;
      return told.look(0)?.nowMiB;
    });
    expect(looks).toEqual([undefined, 113, undefined, 130, undefined, 110, 90]);
  });
});

describe.each([
  ['a process', processMemory],
  ['a thread', threadMemory()],
] as const)('%s', (_what, measure) => {
  it('counts its buffers, and remembers the most', () => {
    const before = measure();
    expect(before.nowMiB).toBeGreaterThan(1);
    expect(before.peakMiB).toBeGreaterThanOrEqual(before.nowMiB);
    // More than all else that there is here, which the collector may let go of meanwhile.
    const buffer = Buffer.alloc(512 * 2 ** 20, 1);
    const { nowMiB, peakMiB } = measure();
    expect(nowMiB).toBeGreaterThan(512);
    expect(peakMiB).toBeGreaterThanOrEqual(nowMiB);
    expect(buffer[0]).toBe(1);
  });
});
