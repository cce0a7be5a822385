import { expect, it } from 'vitest';
import { ChunkSize } from '../src/client/chunk-size.ts';
import { CHUNK_ITEMS_FIRST, CHUNK_TARGET_MS } from '../src/deadlines.ts';

it('begins small, and grows by steps to what takes the time that a chunk should', () => {
  const size = new ChunkSize(1_000);
  expect(size.next()).toBe(CHUNK_ITEMS_FIRST);
  // A node that has to start first: 20 ms each. Then 0.5 ms each.
  size.measured(CHUNK_ITEMS_FIRST, 20 * CHUNK_ITEMS_FIRST);
  expect(size.next()).toBe(CHUNK_TARGET_MS / 20);
  for (let chunk = 0; chunk < 10; chunk++) size.measured(10, 5);
  expect(size.next()).toBe(80);
  for (let chunk = 0; chunk < 10; chunk++) size.measured(80, 40);
  expect(size.next()).toBeGreaterThan(390);
  expect(size.next()).toBeLessThanOrEqual(CHUNK_TARGET_MS / 0.5);
});

it('sends slow inputs alone, and never more than it may', () => {
  const slow = new ChunkSize(1_000);
  slow.measured(1, 60_000);
  expect(slow.next()).toBe(1);
  const quick = new ChunkSize(7);
  expect(quick.next()).toBe(7);
  quick.measured(7, 0);
  expect(quick.next()).toBe(7);
});
