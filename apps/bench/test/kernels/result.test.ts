import { summarize } from '@heddle/measure';
import { expect, it } from 'vitest';
import type { ContestantKind } from '../../src/kernels/contestants.ts';
import { findCrossover, relate, type SizeResult, type Timing } from '../../src/kernels/result.ts';

function timing(kind: ContestantKind, ms: number): Timing {
  const samplesMs = [ms, ms * 1.01, ms * 0.99, ms, ms * 1.02];
  return { kind, samplesMs, ms: summarize(samplesMs), figure: ms };
}

function atSize(size: number, plainMs: number, twinMs: number, allMs: number): SizeResult {
  const timings = [timing('plain', plainMs), timing('twin', twinMs), timing('native-all', allMs)];
  return { size, work: size, timings, ...relate(timings) };
}

it('takes the fastest JavaScript as baseline, size by size', () => {
  const small = atSize(10, 1, 2, 4);
  expect(small.baseline).toBe('plain');
  expect(small.speedups['native-all']?.ratio).toBeCloseTo(0.25);
  const large = atSize(100, 20, 10, 2);
  expect(large.baseline).toBe('twin');
  expect(large.speedups['native-all']?.ratio).toBeCloseTo(5);
  expect(large.speedups['native-1']).toBeUndefined();
});

it('has no baseline where no JavaScript finished', () => {
  expect(relate([timing('native-1', 1)])).toEqual({ speedups: {} });
});

it('finds the size from which native wins for good', () => {
  const loses = atSize(1, 1, 1, 2);
  const equal = atSize(2, 1, 1, 1);
  const wins = (size: number): SizeResult => atSize(size, 2, 2, 1);
  expect(findCrossover([loses, wins(2), wins(3)])).toBe(2);
  expect(findCrossover([wins(1), wins(2)])).toBe(1);
  expect(findCrossover([wins(1), equal, wins(3)])).toBe(3);
  expect(findCrossover([wins(1), loses])).toBeUndefined();
  expect(findCrossover([])).toBeUndefined();
});
