import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compareContestants, isChecked, type Progress } from '../src/index.ts';
import { resultOf, spec } from './support.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-measure-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const QUICK = { budgetMs: 1, minRounds: 2, memory: false } as const;

describe('contestants that work', () => {
  test('rounds alternate, each cycle rotated by one, and the minimum is kept whatever the budget', async () => {
    const log = join(folder, 'log');
    const specs = ['a', 'b', 'c'].map((id) => spec(id, 'spin.js', { name: id, log }));
    const comparison = await compareContestants(specs, { budgetMs: 1, minRounds: 3, memory: false });
    // What really ran, warm-up first, as the contestants themselves wrote it down.
    const ran = (await readFile(log, 'utf8')).trim().split('\n').join('');
    expect(ran).toBe('abcabcbcacab');
    expect(comparison.order.map((cycle) => cycle.join(''))).toEqual(['abc', 'bca', 'cab']);
    for (const id of ['a', 'b', 'c']) {
      const result = resultOf(comparison, id);
      expect(result.samplesMs).toHaveLength(3);
      expect(result.wall?.n).toBe(3);
      expect(result.startMs).toBeGreaterThan(0);
      expect(isChecked(result)).toBe(true);
    }
    expect(comparison.aborted).toBe(false);
    expect(Object.keys(comparison.contestants)).toEqual(['a', 'b', 'c']);
  });

  test('runners start together when asked to', async () => {
    const specs = ['a', 'b'].map((name) => spec(name, 'meets.js', { name, folder, others: 2 }));
    const comparison = await compareContestants(specs, { ...QUICK, startsAtOnce: 2 });
    expect(specs.map(({ id }) => isChecked(resultOf(comparison, id)))).toEqual([true, true]);
  });

  test('a large budget ends at the maximum of rounds', async () => {
    const comparison = await compareContestants([spec('a', 'spin.js')], { budgetMs: 1e6, maxRounds: 7, memory: false });
    expect(resultOf(comparison, 'a').samplesMs).toHaveLength(7);
  });

  test('own measures are summarized, one sample per timed round', async () => {
    const comparison = await compareContestants([spec('a', 'spin.js', { measures: { hits: 3 } })], QUICK);
    const result = resultOf(comparison, 'a');
    expect(result.measureSamples).toEqual({ hits: [3, 3] });
    expect(result.measures['hits']).toMatchObject({ n: 2, median: 3, relativeSpread: 0 });
  });

  test('environment and options of Node reach the runner, the options of the host do not', async () => {
    const more = { env: { HEDDLE_TEST_WORD: 'woof' }, execArgv: ['--max-old-space-size=123'] };
    const specs = [spec('a', 'describes-itself.js', {}, more), spec('b', 'describes-itself.js')];
    const comparison = await compareContestants(specs, QUICK);
    expect(JSON.parse(resultOf(comparison, 'a').digest!)).toEqual({ word: 'woof', execArgv: more.execArgv });
    expect(JSON.parse(resultOf(comparison, 'b').digest!)).toEqual({ execArgv: [] });
  });

  test('progress tells each step in order', async () => {
    const seen: string[] = [];
    const onProgress = ({ phase, id, round }: Progress): void => void seen.push(`${phase} ${id} ${round}`);
    await compareContestants([spec('a', 'spin.js'), spec('b', 'spin.js')], { ...QUICK, memory: true, onProgress });
    expect(seen).toEqual([
      'start a 0',
      'start b 0',
      'warmup a 1',
      'warmup b 1',
      'round a 1',
      'round b 1',
      'round b 2',
      'round a 2',
      'memory a 1',
      'memory b 1',
    ]);
  });
});

describe('results', () => {
  test('one that differs from the first is named', async () => {
    const specs = [spec('a', 'spin.js', { digest: 'x' }), spec('b', 'spin.js', { digest: 'y' })];
    const comparison = await compareContestants(specs, QUICK);
    expect(resultOf(comparison, 'a').differsFrom).toBeUndefined();
    expect(resultOf(comparison, 'b').differsFrom).toBe('a');
    expect(isChecked(resultOf(comparison, 'b'))).toBe(false);
  });

  test("a problem found by the contestant's own check is reported, its times stay", async () => {
    const comparison = await compareContestants([spec('a', 'spin.js', { problem: 'off by one' })], QUICK);
    const result = resultOf(comparison, 'a');
    expect(result.problem).toBe('off by one');
    expect(result.samplesMs).toHaveLength(2);
    expect(isChecked(result)).toBe(false);
  });

  test('a result that changes between warm-up and end is a problem', async () => {
    const comparison = await compareContestants([spec('a', 'changes.js')], QUICK);
    expect(resultOf(comparison, 'a').problem).toBe('the result changed between rounds: digest 1, then 3');
  });

  test('artifacts and notes are those of the last check', async () => {
    const comparison = await compareContestants([spec('a', 'changes.js')], QUICK);
    expect(resultOf(comparison, 'a')).toMatchObject({ artifacts: { picture: '/3.png' }, notes: { seen: 'round 3' } });
  });
});

describe('what a runner takes', () => {
  test('processor time of the timed rounds, children included, in cores', async () => {
    const specs = [spec('a', 'resources.js', { cpuMs: 40 }), spec('b', 'resources.js', { cpuMs: 40, childCpuMs: 40 })];
    const comparison = await compareContestants(specs, QUICK);
    for (const [id, totalMs] of [
      ['a', 80],
      ['b', 160],
    ] as const) {
      const { cpu, samplesMs } = resultOf(comparison, id);
      expect(cpu!.totalMs).toBeGreaterThanOrEqual(totalMs - 10);
      const wallMs = samplesMs.reduce((sum, sample) => sum + sample, 0);
      expect(cpu!.cores).toBeCloseTo(cpu!.totalMs / wallMs, 10);
    }
  });

  test('memory of the whole tree, over what it took when idle', async () => {
    const bytes = 64 * 2 ** 20;
    const specs = [spec('a', 'resources.js', { bytes, withChild: true }), spec('b', 'resources.js')];
    const comparison = await compareContestants(specs, { ...QUICK, memory: true });
    const [a, b] = [resultOf(comparison, 'a').memory!, resultOf(comparison, 'b').memory!];
    expect(a.processes).toBe(2);
    expect(b.processes).toBe(1);
    expect(a.peakPssBytes - a.basePssBytes).toBeGreaterThan(0.9 * bytes);
    expect(a.peakAloneBytes).toBeGreaterThanOrEqual(a.peakPssBytes);
    expect(a.peakAloneBytes - b.peakAloneBytes).toBeGreaterThan(0.9 * bytes);
  });

  test('memory can be sampled in the last warm-up round: no round more, and no budget for one', async () => {
    const seen: string[] = [];
    const onProgress = ({ phase, round }: Progress): void => void seen.push(`${phase} ${round}`);
    const specs = [spec('a', 'resources.js', { bytes: 64 * 2 ** 20 })];
    const options = { ...QUICK, warmupRounds: 2, memory: 'warmup', onProgress } as const;
    const { memory } = resultOf(await compareContestants(specs, options), 'a');
    expect(seen).toEqual(['start 0', 'warmup 1', 'warmup 2', 'round 1', 'round 2']);
    expect(memory!.peakAloneBytes).toBeGreaterThan(memory!.baseAloneBytes);
  });

  test('a main loop that is blocked from the first instruction of a round to the last', async () => {
    const specs = [spec('a', 'resources.js', { blockMs: 50 }), spec('b', 'resources.js')];
    const comparison = await compareContestants(specs, QUICK);
    const { loopDelay } = resultOf(comparison, 'a');
    expect(loopDelay!.maxMs).toBeGreaterThan(45);
    expect(loopDelay!.p99Ms).toBeGreaterThan(40);
    expect(loopDelay!.p50Ms).toBeGreaterThan(20);
    expect(resultOf(comparison, 'b').loopDelay!.p50Ms).toBeLessThan(loopDelay!.p50Ms);
  });
});
