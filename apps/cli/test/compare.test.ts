// `compare` end to end, on the built command: the report is opened in a real browser.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isAvailable } from '@heddle/core-native';
import { decode } from 'fast-png';
import { chromium } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { heddle, scratchDir, start } from './heddle.ts';

const CHROMIUM = '/usr/bin/chromium';
const mustHaveTools = process.env['HEDDLE_REQUIRE_TOOLS'] === '1';

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
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as Report;
    expect(stdout.trim().split('\n')).toHaveLength(1);
    const [result] = report.results;
    const kinds = ['inline', 'threads', 'processes'];
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

  test.skipIf(!existsSync(CHROMIUM) && !mustHaveTools)(
    'the report opens from disk: charts drawn, nothing fetched, hostile names are text',
    { timeout: 120_000 },
    async () => {
      const cwd = scratchDir();
      const hostile = '<img src=x onerror=alert(1)>';
      writeFileSync(path.join(cwd, 'own.mjs'), `export function f(x) { throw new Error('${hostile}' + x); }\n`);
      writeFileSync(path.join(cwd, `${hostile}.mjs`), readFileSync(path.join(cwd, 'own.mjs')));
      await heddle(['compare', `${hostile}.mjs#f`, '--range', '1..5', '--budget', '1'], { cwd });
      const browser = await chromium.launch({ executablePath: CHROMIUM });
      try {
        const page = await browser.newPage();
        const problems: string[] = [];
        const requests: string[] = [];
        page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
        page.on('pageerror', (error) => problems.push(error.message));
        page.on('dialog', (dialog) => problems.push(`dialog: ${dialog.message()}`));
        page.on('request', (request) => requests.push(request.url()));
        const url = pathToFileURL(path.join(cwd, 'heddle-report/report.html')).href;
        await page.goto(url);
        const marks = await page.$$eval('svg', (drawings) =>
          drawings.map((svg) => svg.querySelectorAll('path, rect, line, circle').length),
        );
        expect(marks.length).toBeGreaterThan(0);
        expect(Math.min(...marks)).toBeGreaterThan(0);
        expect(await page.$$eval('img[src="x"]', (images) => images.length)).toBe(0);
        expect(await page.textContent('body')).toContain(hostile);
        expect(problems).toEqual([]);
        expect(requests.filter((request) => request !== url && !request.startsWith('data:'))).toEqual([]);
      } finally {
        await browser.close();
      }
    },
  );
});

test('Ctrl-C in the middle keeps what was measured and leaves no process', async () => {
  const cwd = scratchDir();
  const started = start(['compare', 'mandelbrot', 'monte-carlo', '--quick', '--budget', '600'], { cwd });
  await started.shows('mandelbrot (1 of 2)', 'stderr');
  started.child.kill('SIGINT');
  const { code, stderr } = await started.ended;
  expect(stderr).toContain('what was measured is kept');
  expect(code).toBe(130);
  expect(existsSync(path.join(cwd, 'heddle-report/report.json'))).toBe(true);
});
