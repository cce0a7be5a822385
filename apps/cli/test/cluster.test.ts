import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { describeWithRedis, startRedis } from '../../../packages/cluster-bullmq/test/redis-server.ts';
import { heddle, scratchDir, start } from './heddle.ts';

function project(): string {
  const dir = scratchDir();
  writeFileSync(
    path.join(dir, 'tasks.ts'),
    'export function double(x: number): number { if (x === 3) throw new RangeError("three is refused"); return x * 2; }\n',
  );
  return dir;
}

const outcomes = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => {
      const { value, error } = JSON.parse(line) as { value?: unknown; error?: { name: string } };
      return value ?? error?.name;
    });

describeWithRedis('on workers of a cluster', () => {
  it('a TypeScript function over a range, in order; the worker ends in order', async () => {
    const redis = await startRedis();
    const cwd = project();
    const worker = start(['worker', '--redis', redis.url, '--root', '.', '--workers', '1'], { cwd });
    await worker.shows('is ready', 'stderr');
    const args = ['run', 'tasks.ts#double', '--range', '0..40', '--backend', 'cluster', '--redis', redis.url];
    const { code, stdout, stderr } = await heddle([...args, '--run-id', 'nightly'], { cwd });
    expect(outcomes(stdout)).toEqual(Array.from({ length: 41 }, (_, n) => (n === 3 ? 'RangeError' : n * 2)));
    expect(stderr).toContain('1 of 41 inputs failed');
    expect(code).toBe(1);
    // Under the same name they are there already.
    expect((await heddle([...args, '--run-id', 'nightly'], { cwd })).stdout).toBe(stdout);
    worker.child.kill('SIGTERM');
    const ended = await worker.ended;
    expect(ended.stderr).toContain('ended after 41 inputs');
    expect(ended).toMatchObject({ code: 0, stdout: '' });
  });

  it('what is wrong is one sentence, without the password', async () => {
    const redis = await startRedis(['requirepass correct'], 'correct');
    const cwd = project();
    const wrong = redis.url.replace('correct', 'mistaken');
    const run = ['run', 'tasks.ts#double', '--range', '1..2', '--backend', 'cluster'];
    const cases: readonly (readonly [string[], number, RegExp])[] = [
      [run, 2, /--redis redis:\/\/host, or the environment variable HEDDLE_REDIS/],
      [[...run, '--redis', 'localhost'], 2, /address of Redis must be/],
      [[...run, '--redis', wrong], 1, /refuses the user or the password/],
      [[...run, '--redis', redis.url, '--workers', '2'], 2, /--workers goes with `heddle worker`/],
      [['run', 'tasks.ts#double', '--range', '1..2', '--run-id', 'x'], 2, /--run-id goes with --backend cluster/],
      [['worker', '--redis', wrong, '--root', '.'], 1, /refuses the user or the password/],
      [['worker', '--redis', redis.url, '--root', 'nowhere'], 2, /root must be a folder that exists/],
      [['worker', '--redis', redis.url], 2, /required option '--root <folder>'/],
    ];
    for (const [args, code, message] of cases) {
      const outcome = await heddle(args, { cwd });
      expect(outcome.stderr).toMatch(message);
      expect(outcome.stderr.trim().split('\n')).toHaveLength(1);
      expect(outcome.stderr).not.toContain('mistaken');
      expect(outcome).toMatchObject({ code, stdout: '' });
    }
  });

  it('a module that the worker does not have', async () => {
    const redis = await startRedis();
    const [here, there] = [project(), project()];
    rmSync(path.join(there, 'tasks.ts'));
    const worker = start(['worker', '--redis', redis.url, '--root', '.'], { cwd: there });
    await worker.shows('is ready', 'stderr');
    const args = ['run', 'tasks.ts#double', '--range', '1..2', '--backend', 'cluster', '--redis', redis.url];
    const { code, stderr } = await heddle(args, { cwd: here });
    expect(stderr).toMatch(/has no module tasks\.ts below its root/);
    expect(code).toBe(3);
  });
});
