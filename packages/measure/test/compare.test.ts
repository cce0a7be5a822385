import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compareContestants, isChecked, type Comparison, type ContestantResult } from '../src/index.ts';
import { spec } from './support.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-measure-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Contestant `id`, which must be there. */
function result(comparison: Comparison, id: string): ContestantResult {
  const found = comparison.contestants[id];
  if (found === undefined) throw new Error(`no contestant ${id}`);
  return found;
}

describe('a comparison of contestants that work', () => {
  test('rounds alternate, each cycle rotated by one, and the minimum is kept whatever the budget', async () => {
    const log = join(folder, 'log');
    const specs = ['a', 'b', 'c'].map((id) => spec(id, 'spin.js', { name: id, log }));
    const comparison = await compareContestants(specs, { budgetMs: 1, minRounds: 3, memory: false });
    // What really ran, warm-up first, as the contestants themselves wrote it down.
    const ran = (await readFile(log, 'utf8')).trim().split('\n').join('');
    expect(ran).toBe('abcabcbcacab');
    expect(comparison.order.map((cycle) => cycle.join(''))).toEqual(['abc', 'bca', 'cab']);
    for (const id of ['a', 'b', 'c']) {
      expect(result(comparison, id).samplesMs).toHaveLength(3);
      expect(isChecked(result(comparison, id))).toBe(true);
    }
    expect(comparison.aborted).toBe(false);
  });
});
