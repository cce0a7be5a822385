import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../src/exit-codes.ts';
import { heddle, scratchDir } from './heddle.ts';

const TASKS = `export function double(x) { return x * 2; }
export const notAFunction = 1;
`;

function project(): string {
  const dir = scratchDir();
  writeFileSync(path.join(dir, 'tasks.mjs'), TASKS);
  writeFileSync(path.join(dir, 'broken.mjs'), 'export function f() {\n  return 1 +;\n}\n');
  return dir;
}

describe('words that are wrong: one sentence, the nearest valid name, nothing run', () => {
  const cases: [string, string[], number, RegExp][] = [
    ['unknown workload', ['compare', 'mandelbrod'], 2, /no workload 'mandelbrod'.*did you mean 'mandelbrot'/],
    ['unknown command', ['mashine'], 2, /no workload 'mashine'.*did you mean 'machine'/],
    ['unknown option', ['compare', '--quik'], 2, /unknown option '--quik'.*--quick/],
    ['contradicting options', ['compare', '--quick', '--full'], 2, /--quick and --full contradict/],
    ['budget that is no number', ['compare', '--budget', 'soon'], 2, /'soon' is invalid/],
    ['workers out of range', ['compare', '--workers', '0'], 2, /whole number from 1 to 256/],
    ['unknown backend', ['run', 'tasks.mjs#double', '--backend', 'thread'], 2, /Allowed choices are auto, threads/],
    [
      '--json without --explain',
      ['run', 'tasks.mjs#double', '--range', '1..2', '--json'],
      2,
      /how --explain is written/,
    ],
    ['module that is not there', ['run', 'taks.mjs#double'], 2, /no module 'taks.mjs'; did you mean 'tasks.mjs'/],
    ['reference without an export', ['run', 'tasks.mjs'], 2, /module#export/],
    ['unknown export', ['run', 'tasks.mjs#duoble', '--range', '1..2'], 2, /duoble.*double/],
    ['range that is none', ['run', 'tasks.mjs#double', '--range', '5..1'], 2, /A\.\.B/],
    ['file that is not there', ['run', 'tasks.mjs#double', 'nothing-*.txt'], 2, /No file matches 'nothing-\*\.txt'/],
    ['module that fails to load', ['run', 'broken.mjs#f', '--range', '1..2'], 3, /broken\.mjs/],
    ['module to compare that fails to load', ['compare', 'broken.mjs#f', '--range', '1..2'], 3, /broken\.mjs/],
    ['unknown export to compare', ['compare', 'tasks.mjs#duoble', '--range', '1..2'], 2, /duoble.*double/],
  ];
  test.each(cases)('%s', async (_name, args, code, message) => {
    const cwd = project();
    const outcome = await heddle(args, { cwd });
    expect(outcome.stderr).toMatch(message);
    expect(outcome.stderr.trim().split('\n')).toHaveLength(1);
    expect(outcome.stdout).toBe('');
    expect(outcome.code).toBe(code);
    expect(existsSync(path.join(cwd, 'heddle-report'))).toBe(false);
  });
});

test('the README lists the exit codes of the table', () => {
  const readme = readFileSync(path.resolve(import.meta.dirname, '../README.md'), 'utf8');
  const rows = [...readme.matchAll(/^\| (\d+) \| (.*) \|$/gm)].map(([, code, meaning]) => ({
    code: Number(code),
    meaning,
  }));
  expect(rows).toEqual(Object.values(EXIT).toSorted((a, b) => a.code - b.code));
});

test('--help names the commands and the exit codes', async () => {
  const { code, stdout } = await heddle(['--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/compare[\s\S]*run[\s\S]*machine[\s\S]*Exit codes/);
});
