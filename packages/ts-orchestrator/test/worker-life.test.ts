/** How real workers are watched, replaced and ended. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import fs from 'node:fs';
import path from 'node:path';
import { createPool, type Pool, type PoolOptions } from '@heddle/ts-orchestrator';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { LOOK_MS } from '../src/clock/deadlines.ts';
import type { TaskEvent } from '../src/diagnostics/events.ts';
import type { UntypedModule } from '../src/task/module-types.ts';
import { deferred, errorOf, fixture, isAlive, temporaryFolder } from './helpers.ts';

const open: Array<Pool<UntypedModule>> = [];
async function makePool(options: PoolOptions, file = 'tasks.mjs'): Promise<Pool<UntypedModule>> {
  const pool = await createPool(fixture(file), { workers: 1, execArgv: [], ...options });
  open.push(pool);
  return pool;
}
afterEach(async () => {
  await Promise.allSettled(open.splice(0).map((pool) => pool.close({ cancel: true })));
});

it.skipIf(!fs.existsSync('/proc/self/task'))('a process that was started for a pool that is refused ends', async () => {
  const children = () => fs.readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8');
  const before = children();
  const refused = makePool({ backend: 'processes', workerData: { open() {} } });
  expect(await errorOf(refused)).toMatchObject({ code: 'HEDDLE_ARGUMENT_UNCLONEABLE' });
  await vi.waitFor(() => expect(children()).toBe(before), { timeout: 20_000 });
});

describe.each(['threads', 'processes'] as const)('%s', (backend) => {
  it('are replaced after their tasks', async () => {
    const pool = await makePool({ backend, recycleAfterTasks: 2 });
    const workers: unknown[] = [];
    for (let n = 0; n < 5; n++) workers.push(String(await pool.run('whoAmI')).split(':')[2]);
    expect(workers).toEqual(['1', '1', '2', '2', '3']);
    expect(pool.stats().workers).toMatchObject({ recycled: 2, died: 0, killed: 0 });
  });

  it('are replaced when their memory grows', async () => {
    const pool = await makePool({ backend, recycleAfterGrowthMiB: 64 });
    let worker = 1;
    while (worker === 1) worker = (await pool.run('leaks', [16, 128])) as number;
    expect(worker).toBe(2);
    expect(pool.stats().workers).toMatchObject({ recycled: 1, died: 0, killed: 0 });
  });

  it('are replaced by a spare when they die', async () => {
    const pool = await makePool({ backend, spares: 1 });
    await vi.waitFor(() => expect(pool.stats().workers.spares).toBe(1), { timeout: 20_000 });
    const death = errorOf(pool.run('exits', [3]));
    const next = pool.run('whoAmI');
    expect(await death).toMatchObject({ code: 'HEDDLE_WORKER_DIED', exitCode: 3 });
    expect(String(await next).split(':')[2]).toBe('2');
  });

  it.each(['spinsUntil', 'waitsUntil'])(
    'are told of when %s takes long, and go on as if nothing had been',
    async (name) => {
      const stuck = deferred<TaskEvent>();
      const listen = (event: unknown) => {
        if ((event as TaskEvent).type === 'stuck') stuck.resolve(event as TaskEvent);
      };
      subscribe('heddle:task', listen);
      onTestFinished(() => void unsubscribe('heddle:task', listen));
      const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
      const file = path.join(temporaryFolder(), 'go');
      const pool = await makePool({ backend, stuckAfterMs: 1_000 });
      // The host's time stands until the task is known to have begun; then it has been running for a second, and for two looks.
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'hrtime'] });
      onTestFinished(() => void vi.useRealTimers());
      const started = deferred();
      const task = pool.run(name, [file], { onProgress: () => started.resolve() });
      await started.promise;
      vi.advanceTimersByTime(1_000 + LOOK_MS);
      expect(await stuck.promise).toMatchObject({
        name,
        workerId: 1,
        examination: {
          workerStack: expect.stringMatching(new RegExp(` {4}at ${name} \\(file:.*tasks\\.mjs:\\d+:\\d+\\)`)),
        },
      });
      vi.useRealTimers();
      fs.writeFileSync(file, '');
      expect(await task).toBe('done');
      // The inspector is closed a few turns of the worker's loop later.
      await vi.waitFor(async () => expect(await pool.run('inspectorUrl')).toBeUndefined(), { timeout: 20_000 });
      expect(said.mock.calls).toEqual([]);
      said.mockRestore();
      expect(pool.stats().workers).toMatchObject({ started: 1, killed: 0 });
    },
  );
});

describe('a process whose teardown hangs', () => {
  it.each([
    ['may still answer SIGTERM', 'exit'],
    ['ends by SIGKILL when it ignores SIGTERM', 'ignore'],
  ])('%s', async (_, onSigterm) => {
    const file = path.join(temporaryFolder(), 'log');
    const options = { teardownTimeoutMs: 50, workerData: { file, onSigterm, hangTeardown: true } };
    const pool = await makePool({ backend: 'processes', ...options }, 'lifecycle.mjs');
    const [worker] = pool.stats().workers.live;
    expect(await errorOf(pool.close())).toMatchObject({ code: 'HEDDLE_TEARDOWN' });
    expect(fs.readFileSync(file, 'utf8')).toBe('SIGTERM\n');
    expect(isAlive(worker!.pid!)).toBe(false);
  });
});
