/** What tasks on the levels `process` and `sandbox` are held to, and what they leave. */
import fs from 'node:fs';
import { describe, expect, vi } from 'vitest';
import { createPool, WorkerDiedError, type PoolOptions } from '@heddle/ts-orchestrator';
import { deferred, errorOf, fixture } from '../helpers.ts';
import { startProgram } from '../programs.ts';
import { LEVELS, makePool, onLevel } from './levels.ts';

describe.each(LEVELS)('level %s', (level) => {
  const isolated = (options: PoolOptions = {}) => makePool({ ...options, require: { isolation: level } });

  onLevel(level, 'leaves nothing behind after close', async () => {
    const { code, stdout, stderr } = await startProgram('opens-and-closes.mjs', [level, '3']).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { before, after, children } = JSON.parse(stdout) as { before: object; after: object; children: string };
    expect({ after, children }).toEqual({ after: before, children: '' });
  });

  onLevel(level, 'frees a worker that goes over its memory, and no other task', async () => {
    const pool = await isolated({ workers: 2, limits: { rssMiB: 200 } });
    const controller = new AbortController();
    const started = deferred();
    const innocent = pool.run('waitsAndAdds', [1, 2], {
      signal: controller.signal,
      onProgress: () => started.resolve(),
    });
    innocent.catch(() => {});
    await started.promise;
    const error = await errorOf(pool.run('floods'));
    expect(error).toBeInstanceOf(WorkerDiedError);
    expect(error).toMatchObject({ code: 'HEDDLE_LIMIT_MEMORY', retryable: false, signal: 'SIGKILL' });
    expect(error.message).toMatch(/held \d+ MiB of memory, more than limits.rssMiB = 200$/);
    expect(await pool.run('add', [1, 2])).toBe(3);
    expect(pool.stats()).toMatchObject({ tasks: { running: 1 }, workers: { died: 1 } });
    controller.abort(new Error('enough'));
    await expect(innocent).rejects.toThrow('enough');
  });

  onLevel(level, 'tells when the start goes over a limit', async () => {
    const start = createPool(fixture('broken/floods-on-load.mjs'), {
      workers: 1,
      execArgv: [],
      require: { isolation: level },
      limits: { rssMiB: 100 },
    });
    expect(await errorOf(start)).toMatchObject({
      code: 'HEDDLE_LIMIT_MEMORY',
      message: expect.stringMatching(/^worker 1 \(pid \d+\) was ended because its processes held \d+ MiB/),
    });
  });

  onLevel(level, 'ends a task that uses up its CPU time, and gives the next its own', async () => {
    const pool = await isolated({ limits: { cpuSeconds: 1 } });
    const [worker] = pool.stats().workers.live;
    const limitSeconds = () =>
      Number(/^Max cpu time +(\d+)/m.exec(fs.readFileSync(`/proc/${worker!.pid}/limits`, 'utf8'))![1]);
    expect(limitSeconds()).toBe(2);
    await pool.run('computesFor', [0.6]);
    await pool.run('add', [1, 2]);
    await vi.waitUntil(() => limitSeconds() > 2, { timeout: 30_000, interval: 5 });
    const error = await errorOf(pool.run('computes'));
    expect(error).toBeInstanceOf(WorkerDiedError);
    expect(error).toMatchObject({ code: 'HEDDLE_LIMIT_CPU', signal: 'SIGXCPU' });
    expect(error.message).toContain('while it ran "computes" (attempt 1)');
    expect(error.message).toContain('limits.cpuSeconds = 1');
    expect(await pool.run('add', [1, 2])).toBe(3);
  });
});
