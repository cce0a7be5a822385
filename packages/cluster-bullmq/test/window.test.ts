import { expect, it } from 'vitest';
import { Window } from '../src/client/window.ts';
import {
  WINDOW_BYTES,
  WINDOW_CHUNKS_LEAST,
  WINDOW_CHUNKS_MOST,
  WINDOW_CHUNKS_PER_PLACE,
  WINDOW_MS,
  WINDOW_OUTCOME_BYTES,
} from '../src/deadlines.ts';

const after = (chunks: number, elapsedMs: number, bytes = 1_000) => {
  const window = new Window();
  for (let chunk = 0; chunk < chunks; chunk++) window.measured(elapsedMs, bytes);
  return window;
};

it('begins small, and grows no faster than chunks come', () => {
  expect(new Window().chunks(1)).toBe(WINDOW_CHUNKS_LEAST);
  expect(new Window().chunks(100)).toBe(100 * WINDOW_CHUNKS_PER_PLACE);
  expect(after(10, 1).chunks(2)).toBe(20);
});

it('holds what the nodes do while a chunk loses its node twice', () => {
  expect(after(500, 200).chunks(4)).toBe(4 * (WINDOW_CHUNKS_PER_PLACE + WINDOW_MS / 200));
  // Slow ones: nobody waits for a window, so two per place and one on its way are enough.
  expect(after(500, 60_000).chunks(4)).toBe(4 * (WINDOW_CHUNKS_PER_PLACE + 1));
  expect(after(5_000, 1).chunks(64)).toBe(WINDOW_CHUNKS_MOST);
});

it('is bounded by the bytes of inputs here and of outcomes in Redis', () => {
  const window = after(500, 20);
  expect(window.hasRoom(100, WINDOW_BYTES - 1, 4)).toBe(true);
  expect(window.hasRoom(100, WINDOW_BYTES, 4)).toBe(false);
  expect(after(500, 20, WINDOW_OUTCOME_BYTES / 32).chunks(4)).toBe(32);
  window.measured(20, WINDOW_OUTCOME_BYTES / 16);
  expect(window.chunks(4)).toBe(16);
});
