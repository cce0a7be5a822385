// `compare` end to end, on the built command: the report is opened in a real browser.
import { existsSync, readFileSync, watch, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAvailable } from '@heddle/core-native';
import { decode } from 'fast-png';
import { describe, expect, test, vi } from 'vitest';
import { isBrowserMissing, openBrowser, showPage } from '../../../packages/measure/test/browser.ts';
import { heddle, isAlive, livingDescendants, scratchDir, start } from './heddle.ts';

interface Report {
  card: { node: string };
  results: {
    name: string;
    rounds: number;
    kinds: { kind: string; state: string; problem?: string; samples: number[]; coresUsed?: number }[];
    verdict: Record<'fastest' | 'survivesCrash' | 'lightest', { kinds: string[]; sentence: string }>;
  }[];
}

describe('compare mandelbrot', () => {
  test('measures every variant, checks the result, writes report and picture', async () => {
    const cwd = scratchDir();
    const { code, stdout, stderr } = await heddle(['compare', 'mandelbrot', '--quick', '--json', '--budget', '4'], {
      cwd,
    });
    expect(stderr).toContain('report.html');
    expect(stderr).toMatch(/budget 4\.00 s: sizes that take inline about \d.*, 1 round to warm up, at least 3 timed/);
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as Report;
    expect(stdout.trim().split('\n')).toHaveLength(1);
    const [result] = report.results;
    const kinds = ['inline', 'threads', 'processes', 'auto'];
    if (isAvailable()) kinds.push('native-1', 'native-all', 'processes-native');
    expect(result!.kinds.map(({ kind }) => kind)).toEqual(kinds);
    for (const { state, samples } of result!.kinds) {
      expect(state).toBe('equal');
      expect(samples.length).toBeGreaterThanOrEqual(3);
    }
    for (const answer of ['fastest', 'survivesCrash', 'lightest'] as const) {
      expect(result!.verdict[answer].kinds.length).toBeGreaterThan(0);
      expect(result!.verdict[answer].sentence).toMatch(/\d/);
    }
    const picture = decode(readFileSync(path.join(cwd, 'heddle-report/mandelbrot.png')));
    expect(new Set(picture.data).size).toBeGreaterThan(16);
    expect(JSON.parse(readFileSync(path.join(cwd, 'heddle-report/report.json'), 'utf8'))).toMatchObject({
      results: [{ name: 'mandelbrot' }],
    });
  });
});

test('compare http-service: rate, failures and recovery, pages checked; Ctrl-C leaves no process', async () => {
  const cwd = scratchDir();
  const args = ['compare', 'http-service', '--quick', '--json', '--budget', '600'];
  const started = start(args, { cwd });
  await started.shows('http-service', 'stderr');
  // The service and the load are up when a runner has two children of its own.
  const processes = await vi.waitUntil(
    () => {
      const found = livingDescendants(started.child.pid!);
      return found.length >= 8 ? found : undefined;
    },
    { timeout: 20_000, interval: 20 },
  );
  started.child.kill('SIGINT');
  expect((await started.ended).code).toBe(130);
  await expect.poll(() => processes.filter(isAlive), { timeout: 20_000 }).toEqual([]);
});

describe('compare a function of the user', () => {
  test('a TypeScript function outside the repository, on every backend, from its path', async () => {
    const cwd = scratchDir();
    const code = 'export function cube(x: number): number { return x ** 3; }\n';
    writeFileSync(path.join(cwd, 'own.ts'), code);
    const outcome = await heddle(['compare', 'own.ts#cube', '--range', '1..50', '--budget', '2', '--json'], { cwd });
    const report = JSON.parse(outcome.stdout) as Report;
    expect(report.results[0]!.kinds.map(({ kind, state }) => [kind, state])).toEqual([
      ['inline', 'equal'],
      ['threads', 'equal'],
      ['processes', 'equal'],
      ['auto', 'equal'],
    ]);
    expect(outcome.code).toBe(0);
  });

  test('names the first input whose result differs between backends', async () => {
    const cwd = scratchDir();
    writeFileSync(
      path.join(cwd, 'own.mjs'),
      `import { isMainThread } from 'node:worker_threads';
       export function where(x) { return x < 7 ? x : isMainThread ? 'main' : 'thread'; }\n`,
    );
    const outcome = await heddle(['compare', 'own.mjs#where', '--range', '1..20', '--budget', '1'], { cwd });
    expect(outcome.stdout).toMatch(/threads: differs first for input '7': inline gave "main", threads gave "thread"/);
    expect(outcome.code).toBe(1);
  });

  test.skipIf(isBrowserMissing())(
    'the report opens from disk: charts drawn, nothing fetched, hostile names are text',
    { timeout: 120_000 },
    async () => {
      const cwd = scratchDir();
      const hostile = '<img src=x onerror=alert(1)>';
      writeFileSync(path.join(cwd, 'own.mjs'), `export function f(x) { throw new Error('${hostile}' + x); }\n`);
      writeFileSync(path.join(cwd, `${hostile}.mjs`), readFileSync(path.join(cwd, 'own.mjs')));
      await heddle(['compare', `${hostile}.mjs#f`, '--range', '1..5', '--budget', '1'], { cwd });
      const browser = await openBrowser();
      try {
        const page = await showPage(browser, path.join(cwd, 'heddle-report/report.html'));
        expect(page.charts.length).toBeGreaterThan(0);
        for (const chart of page.charts) expect(chart.marks).toBeGreaterThan(0);
        expect(page.complaints).toEqual([]);
        expect(page.requests).toEqual([]);
        expect(page.handlers).toEqual([]);
        expect(page.tags).not.toContain('img');
        expect(page.text).toContain(hostile);
      } finally {
        await browser.close();
      }
    },
  );
});

/** Resolves when the file is there. */
function fileIn(dir: string, name: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(dir, () => {
      if (!existsSync(path.join(dir, name))) return;
      watcher.close();
      resolve();
    });
  });
}

test('Ctrl-C in the middle keeps what was measured and leaves no process', async () => {
  const cwd = scratchDir();
  writeFileSync(
    path.join(cwd, 'own.mjs'),
    `import { writeFileSync } from 'node:fs';
     export function f() { writeFileSync(new URL('./begun', import.meta.url), ''); for (;;); }\n`,
  );
  const begun = fileIn(cwd, 'begun');
  const started = start(['compare', 'own.mjs#f', '--range', '1..5', '--budget', '600'], { cwd });
  await begun; // a runner is in the middle of a call that never returns
  const processes = process.platform === 'linux' ? livingDescendants(started.child.pid!) : [];
  if (process.platform === 'linux') expect(processes.length).toBeGreaterThan(0);
  started.child.kill('SIGINT');
  const { code, stderr } = await started.ended;
  expect(stderr).toContain('what was measured is kept');
  expect(code).toBe(130);
  expect(existsSync(path.join(cwd, 'heddle-report/report.json'))).toBe(true);
  await expect.poll(() => processes.filter(isAlive), { timeout: 20_000 }).toEqual([]);
});
