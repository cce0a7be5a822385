/**
 * Tasks that try to get out, on the levels `process` and `sandbox`. Their limits: held-to-limits.long.test.ts.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createPool, type Pool, type PoolOptions } from '@heddle/ts-orchestrator';
import { findProgram } from '../../src/isolation/programs.ts';
import { signalProcess } from '../../src/isolation/process-group.ts';
import type { UntypedModule } from '../../src/task/module-types.ts';
import { deferred, errorOf, fixture, isAlive, temporaryFolder } from '../helpers.ts';
import { startProgram } from '../programs.ts';
import { LEVELS, makePool, onLevel } from './levels.ts';

async function gone(pid: number): Promise<void> {
  await vi.waitUntil(() => !isAlive(pid), { timeout: 30_000, interval: 5 });
}

/** Runs a task that starts a program, up to there. */
async function leave(pool: Pool<UntypedModule>, task: string, isDetached: boolean, signal?: AbortSignal) {
  const started = deferred<number>();
  const outcome = pool.run(task, [isDetached], { onProgress: (pid) => started.resolve(pid as number), signal });
  outcome.catch(() => {});
  return { pid: await started.promise, outcome };
}

describe.each(LEVELS)('level %s', (level) => {
  const isolated = (options: PoolOptions = {}) => makePool({ ...options, require: { isolation: level } });

  onLevel(level, 'runs tasks, also after a crash', async () => {
    const pool = await isolated();
    expect(await pool.run('add', [1, 2])).toBe(3);
    expect(pool.stats()).toMatchObject({ backend: 'processes' });
    const [worker] = pool.stats().workers.live;
    process.kill(worker!.pid!, 'SIGKILL');
    expect(await pool.run('add', [3, 4])).toBe(7);
  });

  onLevel(level, 'tells of the worker and not of what is around it', async () => {
    const pool = await isolated();
    const [worker] = pool.stats().workers.live;
    const comm = fs.readFileSync(`/proc/${worker!.pid}/comm`, 'utf8').trim();
    expect(comm).toMatch(/^(?:node|MainThread)$/);
    expect(await errorOf(pool.run('crashes'))).toMatchObject({
      code: 'HEDDLE_WORKER_DIED',
      pid: worker!.pid,
      signal: 'SIGSEGV',
      exitCode: null,
      hasBegun: true,
    });
  });

  onLevel(level, 'has a clean environment', async () => {
    vi.stubEnv('HEDDLE_TEST_SECRET', 'secret');
    vi.stubEnv('NODE_OPTIONS', '--inspect=127.0.0.1:0');
    onTestFinished(() => void vi.unstubAllEnvs());
    const pool = await isolated({ env: { HEDDLE_TEST_VALUE: 'given' } });
    const env = (await pool.run('environment')) as Record<string, string>;
    expect(env).toMatchObject({ HEDDLE_TEST_VALUE: 'given', PATH: process.env.PATH });
    expect(env).not.toHaveProperty('HEDDLE_TEST_SECRET');
    expect(env).not.toHaveProperty('NODE_OPTIONS');
    expect(await pool.run('inspectorUrl')).toBeUndefined();
  });
});

describe('level process', () => {
  it.each([false, true])('has what it starts ended with it (in a session of its own: %s)', async (isDetached) => {
    const pool = await makePool({ require: { isolation: 'process' } });
    const left = await leave(pool, 'leaves', isDetached);
    const controller = new AbortController();
    const stayed = await leave(pool, 'leavesAndStays', isDetached, controller.signal);
    expect([left.pid, stayed.pid].map(isAlive)).toEqual([true, true]);
    controller.abort(new Error('enough'));
    await expect(stayed.outcome).rejects.toThrow('enough');
    await Promise.all([gone(left.pid), gone(stayed.pid)]);

    const crashed = await leave(pool, 'leavesAndCrashes', isDetached);
    await expect(crashed.outcome).rejects.toMatchObject({ signal: 'SIGSEGV' });
    await gone(crashed.pid);

    const closed = await leave(pool, 'leaves', isDetached);
    await pool.close();
    await gone(closed.pid);
  });

  it('counts the memory of what the worker has started', async () => {
    const pool = await makePool({ backend: 'processes', limits: { rssMiB: 300 } });
    expect(await errorOf(pool.run('floodsInChild'))).toMatchObject({ code: 'HEDDLE_LIMIT_MEMORY' });
  });

  it.each([
    ['killed', 'setpriv', false],
    ['killed', 'setpriv', true],
    ['killed', 'guard', true],
    ['exiting', 'setpriv', true],
  ] as const)(
    'has what it starts ended with a %s host (%s, in a session of its own: %s)',
    async (how, way, isDetached) => {
      const args = [String(isDetached), how === 'exiting' ? 'exit' : 'stay'];
      const env = way === 'guard' ? { HEDDLE_PARENT_DEATH: 'none' } : {};
      const program = startProgram('leaves-a-program.mjs', args, env);
      const { pids, parentDeath } = JSON.parse(await program.firstLine) as { pids: number[]; parentDeath: string };
      onTestFinished(() => pids.forEach((pid) => signalProcess(pid, 'SIGKILL')));
      if (way === 'guard') expect(parentDeath).toBe('guard');
      if (how === 'killed') {
        expect(pids.map(isAlive)).toEqual([true, true]);
        program.child.kill('SIGKILL');
      }
      await program.ended;
      await Promise.all(pids.map(gone));
    },
  );

  it('has no descriptor of the program open', async () => {
    // Without the flag that closes it, as a shell hands it down or an addon opens it.
    const script = 'exec 60</etc/passwd; exec "$@"';
    const output = execFileSync(
      'bash',
      ['-c', script, 'bash', process.execPath, fixture('programs/lists-descriptors.mjs')],
      {
        encoding: 'utf8',
        env: { ...process.env, NODE_OPTIONS: '' },
      },
    );
    const { host, worker } = JSON.parse(output) as { host: string[]; worker: string[] };
    expect(host).toContain('60 /etc/passwd');
    expect(worker.filter((line) => line.includes('/etc/passwd'))).toEqual([]);
    expect(worker).toContain('60 /dev/null');
  });
});

describe('level sandbox', () => {
  const sandboxed = (options: PoolOptions = {}) => makePool({ ...options, require: { isolation: 'sandbox' } });

  onLevel('sandbox', 'reads its package, and nothing outside', async () => {
    const pool = await sandboxed();
    expect(await pool.run('reads', [fixture('escapes.mjs')])).toContain('export const reads');
    expect(await pool.run('reads', ['/etc/passwd'])).toBe('ERR_ACCESS_DENIED');
    expect(await pool.run('lists', ['/'])).toBe('ERR_ACCESS_DENIED');
    const more = await sandboxed({ execArgv: ['--allow-fs-read=/etc/*'] });
    expect(await more.run('reads', ['/etc/passwd'])).toContain('root');
  });

  onLevel('sandbox', 'writes to its own /tmp alone', async () => {
    const pool = await sandboxed();
    const folder = temporaryFolder();
    expect(await pool.run('writes', [path.join(folder, 'x')])).not.toBe('written');
    expect(fs.readdirSync(folder)).toEqual([]);
    expect(await pool.run('writes', [fixture('x')])).not.toBe('written');
    expect(fs.existsSync(fixture('x'))).toBe(false);
    expect(await pool.run('scratch')).toBe('kept');
    expect(fs.existsSync('/tmp/note')).toBe(false);
    // bubblewrap holds where Node is told to let it.
    const trusting = await sandboxed({ execArgv: ['--allow-fs-write=*', '--allow-fs-read=*'] });
    expect(await trusting.run('writes', [fixture('x')])).toBe('EROFS');
  });

  onLevel('sandbox', 'has no network', async () => {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as net.AddressInfo;
    const outside = await makePool({ require: { isolation: 'process' } });
    expect(await outside.run('connects', [port, '127.0.0.1'])).toBe('connected');
    const pool = await sandboxed();
    expect(await pool.run('connects', [port, '127.0.0.1'])).not.toBe('connected');
    expect(await pool.run('connects', [53, '192.0.2.1'])).toBe('ENETUNREACH');
  });

  onLevel('sandbox', 'starts no program and no thread', async () => {
    const pool = await sandboxed();
    expect(await pool.run('runs', ['true'])).toBe('ERR_ACCESS_DENIED');
    expect(await pool.run('threads')).toBe('ERR_ACCESS_DENIED');
    expect(pool.stats().parentDeath).toBe('bubblewrap');
  });

  onLevel('sandbox', 'takes what it was allowed to start with it', async () => {
    const pool = await sandboxed({ execArgv: ['--allow-child-process'] });
    const [worker] = pool.stats().workers.live;
    await pool.run('leaves', [true]);
    const inside = execFileSync('ps', ['-e', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes(' sleep 1000') && line.includes(` ${worker!.pid} `))
      .map((line) => Number.parseInt(line, 10));
    expect(inside).toHaveLength(1);
    await errorOf(pool.run('leavesAndCrashes', [true]));
    await gone(inside[0]!);
  });

  onLevel('sandbox', 'does not heed the signal that opens an inspector', async () => {
    const pools = [
      await sandboxed(),
      await makePool({ backend: 'processes', execArgv: ['--inspect-port=0'] }),
    ] as const;
    for (const pool of pools) process.kill(pool.stats().workers.live[0]!.pid!, 'SIGUSR1');
    const [inside, outside] = pools;
    await vi.waitUntil(() => outside.run('inspectorUrl'), { timeout: 30_000, interval: 5 });
    expect(await inside.run('inspectorUrl')).toBeUndefined();
  });

  onLevel('sandbox', 'tells why there is no stack of a task that is stuck', async () => {
    const pool = await sandboxed({ taskTimeoutMs: 50 });
    const error = await errorOf(pool.run('computes'));
    expect(error).toMatchObject({ code: 'HEDDLE_TASK_TIMEOUT', verdict: 'busy' });
    expect(error.message).toMatch(/it was busy, no JavaScript stack: a sandbox has no inspector$/);
  });

  onLevel('sandbox', 'ends with a killed host', async () => {
    const program = startProgram('has-busy-workers.mjs', ['sandbox']);
    const { pids } = JSON.parse(await program.firstLine) as { pids: number[] };
    expect(pids.filter(isAlive)).toHaveLength(2);
    program.child.kill('SIGKILL');
    await program.ended;
    await Promise.all(pids.map(gone));
  });

  it('is refused, and never left out, where bubblewrap is missing', async () => {
    expect(findProgram('bwrap', '/nowhere')).toBeUndefined();
    vi.stubEnv('PATH', '/nowhere');
    onTestFinished(() => void vi.unstubAllEnvs());
    const error = await errorOf(createPool(fixture('escapes.mjs'), { require: { isolation: 'sandbox' } }));
    expect(error).toMatchObject({ code: 'HEDDLE_ISOLATION_UNAVAILABLE' });
    expect(error.message).toMatch(/^require.isolation 'sandbox' needs .*bwrap.*ask for 'process'/);
  });
});
