import { describe, expect, it } from 'vitest';
import { quantile, startTicker } from '../src/responsive-loop/ticker.ts';

describe('startTicker', () => {
  it('counts every frame that was due while the loop was blocked, each with its own delay', async () => {
    const ticker = startTicker(100);
    const end = performance.now() + 55;
    while (performance.now() < end);
    const { delaysMs, missed } = await ticker.stop();
    // Due at 10, 20, 30, 40, 50 ms and met at 55 at the earliest.
    expect(delaysMs.length).toBeGreaterThanOrEqual(5);
    expect(missed).toBeGreaterThanOrEqual(4);
    expect(missed).toBeLessThan(delaysMs.length);
    for (const [frame, minimumMs] of [45, 35, 25, 15, 5].entries()) {
      expect(delaysMs[frame]).toBeGreaterThanOrEqual(minimumMs - 1);
    }
  });

  it('reports at least one frame however early it is stopped', async () => {
    const { delaysMs } = await startTicker(100).stop();
    expect(delaysMs.length).toBeGreaterThanOrEqual(1);
    expect(Math.min(...delaysMs)).toBeGreaterThanOrEqual(0);
  });
});

describe('quantile', () => {
  it('is the nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(quantile(values, 0.5)).toBe(50);
    expect(quantile(values, 0.99)).toBe(99);
    expect(quantile([7], 0.99)).toBe(7);
    expect(quantile([1, 2], 0.99)).toBe(2);
  });
});
