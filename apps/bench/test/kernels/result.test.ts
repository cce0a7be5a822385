import { summarize, type Comparison, type ContestantResult } from '@heddle/measure';
import { expect, it } from 'vitest';
import type { ContestantKind } from '../../src/kernels/contestants.ts';
import { findCase } from '../../src/kernels/case-table.ts';
import { evaluateCase, findCrossover, relate, type SizeResult, type Timing } from '../../src/kernels/result.ts';

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

const ran = (id: string, measureSamples: Record<string, number[]>): ContestantResult => ({
  id,
  label: id,
  samplesMs: [1, 1],
  measures: {},
  measureSamples,
  digest: id === 'limit' ? 'none' : 'same',
});
const comparisonOf = (results: ContestantResult[]): Comparison => ({
  contestants: Object.fromEntries(results.map((result) => [result.id, result])),
  order: [],
  budgetMs: 1,
  elapsedMs: 1,
  aborted: false,
});

it('says what share of the limit is reached, and does not compare the limit itself', () => {
  const one = findCase('sum f64')!;
  const results = [
    ran('twin', { size10000Ms: [8, 8] }),
    ran('native-1', { size10000Ms: [4, 4] }),
    ran('native-all', { size10000Ms: [2, 2] }),
  ];
  const comparison = comparisonOf(results);
  const measured = { 'size10000Ofnative-1Ms': [9, 3], 'size10000Ofnative-allMs': [2, 2] };
  const limit = { kind: 'read', result: ran('limit', measured) } as const;
  const result = evaluateCase(one, [10_000], comparison, { limit });
  expect(result).toMatchObject({ agrees: true, limit: 'read' });
  expect(result.contestants.map(({ kind }) => kind)).toEqual(['twin', 'native-1', 'native-all']);
  expect(result.sizes[0]?.ofLimit?.['native-1']?.ratio).toBe(0.75);
  expect(result.sizes[0]?.ofLimit?.['native-all']?.ratio).toBe(1);

  const died = { ...ran('limit', {}), error: { name: 'Error', message: 'no room', phase: 'round' } as const };
  const without = evaluateCase(one, [10_000], comparison, { limit: { kind: 'read', result: died } });
  expect(without).toMatchObject({ agrees: true, limitProblem: 'no room' });
  expect(without.sizes[0]).not.toHaveProperty('ofLimit');
});

it('sets a library of others beside the native contestants, and lets nothing depend on it', () => {
  const one = findCase('fft f64')!;
  const comparison = comparisonOf([
    ran('twin', { size256Ms: [8, 8] }),
    ran('native-1', { size256Ms: [4, 4] }),
    ran('native-all', {}),
  ]);
  const times = { 'size256Besidenative-1Ms': [6, 6], 'size256Besidenative-allMs': [3, 3] };
  const wrong = { ...ran('peer', times), problem: 'element 3 is wrong' };
  const result = evaluateCase(one, [256, 1024], comparison, { peer: { name: 'fftw', result: wrong } });
  expect(result).toMatchObject({ agrees: true, peer: { name: 'fftw', label: 'FFTW', problem: 'element 3 is wrong' } });
  const [small, large] = result.sizes;
  expect(small?.baseline).toBe('twin');
  expect(small?.beside?.['native-1']).toMatchObject({ figure: 6e6 / 256, speedup: { ratio: 1.5 } });
  expect(small?.beside?.['native-all']?.ms.median).toBe(3);
  expect(small?.beside?.['native-all']).not.toHaveProperty('speedup');
  expect(large).not.toHaveProperty('beside');
});
