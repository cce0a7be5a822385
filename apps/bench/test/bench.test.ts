// The command as a user runs it, in processes of its own, from dist.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { isAvailable } from '@heddle/core-native';
import { afterAll, describe, expect, it } from 'vitest';
import type { DispatchResult } from '../src/dispatch/result.ts';
import type { KernelsResult } from '../src/kernels/result.ts';

const BENCH = path.resolve(import.meta.dirname, '../bin/heddle-bench.js');
const LIMIT_MS = 180_000;
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'heddle-bench-'));
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

interface Run {
  code: number;
  stdout: string;
  stderr: string;
}

async function bench(words: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  const options = { cwd: scratch, env: { ...process.env, ...env }, maxBuffer: 2 ** 26, timeout: LIMIT_MS };
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [BENCH, ...words], options)) };
  } catch (error) {
    const { code, stdout, stderr } = error as Run;
    return { code, stdout, stderr };
  }
}

const parse = (text: string): KernelsResult => JSON.parse(text) as KernelsResult;
const read = (...parts: string[]): string => fs.readFileSync(path.join(scratch, ...parts), 'utf8');

describe('a quick run of one case', () => {
  it(
    'reports real figures and equal results',
    async () => {
      const run = await bench(['--quick', '--only', 'monteCarlo', '--json', 'deep/result.json', '--out', 'report']);
      expect(run.code, run.stderr).toBe(0);
      const result = parse(read('deep/result.json'));
      expect(parse(read('report/report.json'))).toEqual(result);
      expect(result).toMatchObject({ suite: 'kernels', quick: true, wasInterrupted: false });
      expect(result.card.cores.allowed).toBeGreaterThanOrEqual(1);

      const [one] = result.cases;
      expect(result.cases).toHaveLength(1);
      expect(one).toMatchObject({ id: 'monteCarloPi u32', unit: 'ns/sample', better: 'lower', agrees: true });
      expect(one!.rounds).toBeGreaterThanOrEqual(5);
      const kinds = isAvailable() ? ['twin', 'native-1', 'native-all'] : ['twin'];
      expect(one!.contestants.map(({ kind }) => kind)).toEqual(kinds);
      const digests = new Set(one!.contestants.map(({ digest }) => digest));
      expect(digests.size).toBe(1);
      expect([...digests][0]).toMatch(/^[0-9a-f]{64}$/);
      for (const { size, work, timings, baseline, speedups } of one!.sizes) {
        expect(work).toBe(size);
        expect(baseline).toBe('twin');
        expect(timings.map(({ kind }) => kind)).toEqual(kinds);
        for (const { samplesMs, ms, figure } of timings) {
          expect(samplesMs).toHaveLength(one!.rounds);
          for (const sample of samplesMs) expect(sample).toBeGreaterThan(0);
          expect(figure).toBeCloseTo((ms.median * 1e6) / size, 6);
        }
        expect(Object.keys(speedups)).toEqual(kinds.slice(1));
      }

      expect(run.stdout).toContain('monteCarloPi u32: ns/sample, lower is better');
      expect(run.stdout).toContain('equal results');
      expect(run.stderr).toContain('1 of 1: monteCarloPi u32');
      const page = read('report/report.html');
      expect(page).toContain('<title>heddle bench: kernels</title>');
      expect(page).not.toMatch(/<(script|link|img)[^>]+(src|href)="?https?:/);
      expect(page.includes('<svg')).toBe(isAvailable());
    },
    LIMIT_MS,
  );

  it(
    'does without the native package, and says so',
    async () => {
      const words = ['--quick', '--only', 'monteCarlo', '--json', '-', '--out', 'absent'];
      const run = await bench(words, { HEDDLE_NATIVE_PATH: path.join(scratch, 'nowhere.node') });
      expect(run.code, run.stderr).toBe(0);
      const result = parse(run.stdout);
      expect(result.native).toBeUndefined();
      expect(result.nativeAbsent).toContain('no binary');
      expect(result.cases[0]?.contestants.map(({ kind }) => kind)).toEqual(['twin']);
      expect(read('absent/report.html')).toContain('The native contestants are absent');
    },
    LIMIT_MS,
  );
});

it(
  'measures pools beside each other',
  async () => {
    const words = ['--suite', 'dispatch', '--quick', '--only', 'map-inline', '--json', 'pools.json', '--out', 'pools'];
    const run = await bench(words);
    expect(run.code, run.stderr + run.stdout).toBe(0);
    const result = JSON.parse(read('pools.json')) as DispatchResult;
    expect(result).toMatchObject({ suite: 'dispatch', quick: true, wasInterrupted: false });
    const [one] = result.cases;
    expect(one?.contestants.map(({ name, state }) => [name, state])).toEqual([
      ['heddle-inline', 'right'],
      ['plain-loop', 'right'],
    ]);
    for (const { figures } of one!.contestants) expect(figures['perSecond']!.samples).toHaveLength(3);
    expect(run.stdout).toContain('plain loop: a loop that collects');
    expect(read('pools/report.html')).toContain('<title>heddle bench: dispatch</title>');
  },
  LIMIT_MS,
);

it(
  'keeps what is finished when it is interrupted',
  async () => {
    const child = spawn(process.execPath, [BENCH, '--quick', '--out', 'interrupted'], {
      cwd: scratch,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const exit = once(child, 'exit');
    for await (const line of createInterface(child.stderr)) if (line.startsWith('1 of ')) child.kill('SIGINT');
    expect(await exit).toEqual([130, null]);
    const result = parse(read('interrupted/report.json'));
    expect(result.wasInterrupted).toBe(true);
    expect(result.cases).toEqual([]);
    expect(fs.existsSync(path.join(scratch, 'interrupted/report.html'))).toBe(true);
  },
  LIMIT_MS,
);

it('refuses what it does not know, and runs nothing', async () => {
  const run = await bench(['--qick']);
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toBe('heddle-bench: there is no option --qick, did you mean --quick?\n');
});

it('simulates no run that is not there', async () => {
  const run = await bench(['--suite', 'advisor', '--simulate', 'nowhere.json']);
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toBe("heddle-bench: nowhere.json can't be read (ENOENT)\n");
});
