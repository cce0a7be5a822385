import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { heddle, isAlive, livingDescendants, scratchDir, start } from './heddle.ts';

const TASKS = `import { readFileSync } from 'node:fs';
export function size(file: string): number { return readFileSync(file).length; }
export function double(x: number): number {
  if (x === 3) throw Object.assign(new RangeError('three is refused'), { code: 'E_THREE' });
  return x * 2;
}
export function shout(line: string): string { console.log('noise on stdout'); return line.toUpperCase(); }
export function forever(x: number): number { if (x > 1) for (;;); return x; }
`;

function project(): string {
  const dir = scratchDir();
  writeFileSync(path.join(dir, 'tasks.ts'), TASKS);
  return dir;
}

const parse = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test.each(['threads', 'processes', 'inline', 'auto'])(
  'a TypeScript function over a range, in order, on %s',
  async (backend) => {
    const { code, stdout } = await heddle(['run', 'tasks.ts#double', '--range', '10..40', '--backend', backend], {
      cwd: project(),
    });
    expect(parse(stdout)).toEqual(
      Array.from({ length: 31 }, (_, i) => ({ input: String(i + 10), value: (i + 10) * 2 })),
    );
    expect(code).toBe(0);
  },
);

test('--explain: why the calls ran where they did, on stderr; with --json as one line of JSON', async () => {
  const args = ['run', 'tasks.ts#double', '--range', '10..40', '--backend', 'auto', '--explain'];
  const [words, json] = await Promise.all([
    heddle(args, { cwd: project() }),
    heddle([...args, '--json'], { cwd: project() }),
  ]);
  for (const { code, stdout } of [words, json]) {
    expect(parse(stdout)).toHaveLength(31);
    expect(code).toBe(0);
  }
  expect(words.stderr).toMatch(/^double: inline/);
  expect(words.stderr).toMatch(/inline \* .* 31 /);
  expect(json.stderr.trim().split('\n')).toHaveLength(1);
  expect(JSON.parse(json.stderr)).toMatchObject({
    backend: 'auto',
    functions: [{ name: 'double', calls: { inline: 31 }, features: { computingShare: 1 } }],
  });
});

test('--explain of a backend that was named says that nothing was chosen', async () => {
  const args = ['run', 'tasks.ts#double', '--range', '1..2', '--backend', 'inline', '--explain'];
  const { stderr } = await heddle(args, { cwd: project() });
  expect(stderr).toBe("Everything runs in backend 'inline', because the options of the pool say so.\n");
});

test('a time limit goes to workers with auto too, and ends a busy loop there', async () => {
  const args = ['run', 'tasks.ts#forever', '--range', '1..2', '--timeout', '300', '--backend', 'auto', '--explain'];
  const { stdout, stderr } = await heddle(args, { cwd: project() });
  expect(parse(stdout)[1]).toMatchObject({ input: '2', error: { code: 'HEDDLE_TASK_TIMEOUT' } });
  expect(stderr).toMatch(/asked: timeoutMs: what runs on this/);
});

test('a failing input is reported with its name, the others are not touched', async () => {
  const { code, stdout, stderr } = await heddle(['run', 'tasks.ts#double', '--range', '1..5'], { cwd: project() });
  expect(parse(stdout).map((line) => line['value'] ?? line['error'])).toEqual([
    2,
    4,
    { name: 'RangeError', message: 'three is refused', code: 'E_THREE' },
    8,
    10,
  ]);
  expect(stderr).toMatch(/heddle: 3: RangeError: three is refused/);
  expect(code).toBe(1);
});

test('lines of stdin; what a task prints never reaches stdout', async () => {
  const { code, stdout, stderr } = await heddle(['run', 'tasks.ts#shout'], { cwd: project(), stdin: 'one\ntwo\n' });
  expect(parse(stdout)).toEqual([
    { input: 'one', value: 'ONE' },
    { input: 'two', value: 'TWO' },
  ]);
  expect(stderr).toContain('noise on stdout');
  expect(code).toBe(0);
});

test('NDJSON of stdin; a line that is no JSON fails alone', async () => {
  const options = { cwd: project(), stdin: '1\n{oops\n2\n' };
  const { code, stdout } = await heddle(['run', 'tasks.ts#double', '--ndjson'], options);
  const [first, bad, last] = parse(stdout);
  expect([first?.['value'], last?.['value']]).toEqual([2, 4]);
  expect(bad).toMatchObject({ input: 'line 2', error: { name: 'SyntaxError' } });
  expect(code).toBe(1);
});

test('files by name and glob', async () => {
  const cwd = project();
  writeFileSync(path.join(cwd, 'a.txt'), 'a');
  writeFileSync(path.join(cwd, 'b.txt'), 'bb');
  writeFileSync(path.join(cwd, '[c].txt'), 'ccc');
  const { stdout } = await heddle(['run', 'tasks.ts#size', '[c].txt', '?.txt'], { cwd });
  expect(parse(stdout)).toEqual([
    { input: '[c].txt', value: 3 },
    { input: 'a.txt', value: 1 },
    { input: 'b.txt', value: 2 },
  ]);
});

test('a time limit ends a busy loop and names the input', async () => {
  const args = ['run', 'tasks.ts#forever', '--range', '1..2', '--timeout', '300'];
  const { code, stdout } = await heddle(args, { cwd: project() });
  expect(parse(stdout)[1]).toMatchObject({ input: '2', error: { code: 'HEDDLE_TASK_TIMEOUT' } });
  expect(code).toBe(1);
});

test.runIf(process.platform === 'linux')('Ctrl-C twice ends busy tasks and leaves no process', async () => {
  const args = ['run', 'tasks.ts#forever', '--range', '1..8', '--backend', 'processes', '--workers', '2'];
  const started = start(args, { cwd: project() });
  await started.shows('"value":1');
  const children = livingDescendants(started.child.pid!);
  expect(children.length).toBeGreaterThan(0);
  started.child.kill('SIGINT');
  await started.shows('Ctrl-C again', 'stderr');
  started.child.kill('SIGINT');
  const { code, stdout } = await started.ended;
  expect(code).toBe(130);
  expect(parse(stdout)[0]).toEqual({ input: '1', value: 1 });
  // The kernel ends them when the command is gone; that takes it a moment.
  await expect.poll(() => children.filter(isAlive), { timeout: 20_000 }).toEqual([]);
});

test('Ctrl-C once finishes what runs and keeps it', async () => {
  const cwd = project();
  writeFileSync(
    path.join(cwd, 'slow.mjs'),
    'export async function slow(x) { await new Promise((done) => setTimeout(done, 50)); return x; }\n',
  );
  const started = start(['run', 'slow.mjs#slow', '--range', '1..1000000'], { cwd });
  await started.shows('"value":1');
  started.child.kill('SIGINT');
  const { code, stdout } = await started.ended;
  expect(code).toBe(130);
  const lines = parse(stdout);
  expect(lines.map((line) => line['value'])).toEqual(lines.map((_, index) => index + 1));
});

test('a reader that goes away ends the run', async () => {
  const started = start(['run', 'tasks.ts#double', '--range', '10..1000000'], { cwd: project() });
  await started.shows('"value":20');
  started.child.stdout!.destroy();
  expect((await started.ended).code).toBe(141);
});

/** Hooks that write the URL of each module that a program loads to the file that HEDDLE_TEST_LOADS names. */
const HOOKS = `import { appendFileSync } from 'node:fs';
export const load = (url, context, next) => {
  appendFileSync(process.env.HEDDLE_TEST_LOADS, JSON.stringify(url) + ',');
  return next(url, context);
};
`;
const REGISTER = `import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';
if (isMainThread) register('./hooks.mjs', import.meta.url);
`;

test('loads nothing of the other commands', async () => {
  const cwd = project();
  writeFileSync(path.join(cwd, 'hooks.mjs'), HOOKS);
  writeFileSync(path.join(cwd, 'register.mjs'), REGISTER);
  const loads = path.join(cwd, 'loads.txt');
  const { href } = pathToFileURL(path.join(cwd, 'register.mjs'));
  const env = { NODE_OPTIONS: `--import ${href}`, HEDDLE_TEST_LOADS: loads };
  const args = ['run', './tasks.ts#double', '--range', '1..2', '--backend', 'inline'];
  expect(await heddle(args, { cwd, env })).toMatchObject({ code: 0 });
  const loaded = JSON.parse(`[${readFileSync(loads, 'utf8')}""]`) as string[];
  expect(loaded.filter((url) => /\/dist\/commands\//.test(url)).map((url) => path.basename(url))).toEqual(['run.js']);
  expect(loaded.filter((url) => /\/(measure|workloads|cluster-bullmq)\/dist\//.test(url))).toEqual([]);
});
