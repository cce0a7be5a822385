/**
 * How programs with pools end. Each runs as a process of its own, on the built package.
 */
import fs from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { loadOsServices } from '../src/task/os-services.ts';
import { planParentDeath } from '../src/transport/parent-death.ts';
import { isAlive, temporaryFolder } from './helpers.ts';
import { startProgram } from './programs.ts';

const BACKENDS = ['inline', 'threads', 'processes', 'auto'] as const;
const hasAddon = (await loadOsServices()) !== undefined;
const hasSetpriv =
  (await planParentDeath({ ...process.env, HEDDLE_PARENT_DEATH: 'setpriv' })).setprivPath !== undefined;

async function gone(pids: readonly number[]): Promise<void> {
  await vi.waitUntil(() => !pids.some(isAlive), { timeout: 30_000, interval: 10 });
}

describe.each(BACKENDS)('a program with a pool of %s', (backend) => {
  it('exits by itself when it forgets to close the pool', async () => {
    const { code, stdout, stderr } = await startProgram('forgets-close.mjs', [backend]).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { sums, pids } = JSON.parse(stdout) as { sums: number[]; pids: number[] };
    expect(sums).toEqual([3, 7]);
    if (backend === 'processes') await gone(pids);
  });

  it('stays alive as long as something is promised', async () => {
    const { code, stdout } = await startProgram('waits-for-a-task.mjs', [backend]).ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: '[0,1]\n' });
  });

  it('exits by itself when it forgets a stream', async () => {
    const { code, stdout } = await startProgram('forgets-a-stream.mjs', [backend]).ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: '1 2\n' });
  });

  it('exits by itself when it forgets a map', async () => {
    const { code, stdout, stderr } = await startProgram('forgets-a-map.mjs', [backend]).ended;
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '1 4\n', stderr: '' });
  });

  it('exits by itself when the pool could not start', async () => {
    const { code, stdout, stderr } = await startProgram('fails-to-start.mjs', [backend]).ended;
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'HEDDLE_MODULE_LOAD HEDDLE_SETUP\n', stderr: '' });
  });

  it('keeps its stdout to itself', async () => {
    const { code, stdout, stderr } = await startProgram('prints-in-tasks.mjs', [backend]).ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'from the host\n' });
    expect(stderr).toBe(
      '[pool worker-1 usesConsole] from the task\n[pool worker-1 usesConsole] from the task, as an error\n',
    );
  });

  it.skipIf(!fs.existsSync('/proc/self/task'))('leaves nothing behind after close', async () => {
    const { code, stdout, stderr } = await startProgram('opens-and-closes.mjs', [backend, '3']).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { before, after, children, resources } = JSON.parse(stdout) as {
      before: object;
      after: object;
      children: string;
      resources: string[];
    };
    expect(after).toEqual(before);
    expect(children).toBe('');
    // Its own stdout, a pipe, is all that may be there.
    expect(resources.filter((resource) => resource !== 'PipeWrap')).toEqual([]);
  });
});

describe.each(['threads', 'processes'] as const)('a program with busy %s', (backend) => {
  it('may leave by process.exit', async () => {
    const { code, stdout } = await startProgram('has-busy-workers.mjs', [backend, 'exit']).ended;
    expect(code).toBe(3);
    if (backend === 'processes') await gone((JSON.parse(stdout) as { pids: number[] }).pids);
  });

  it('may leave by an uncaught error', async () => {
    const { code, stdout, stderr } = await startProgram('has-busy-workers.mjs', [backend, 'throw']).ended;
    expect(code).toBe(1);
    expect(stderr).toContain('host bug');
    if (backend === 'processes') await gone((JSON.parse(stdout) as { pids: number[] }).pids);
  });
});

it('a program exits by itself while a pool that chooses starts workers in the background', async () => {
  const { code, stdout, stderr } = await startProgram('forgets-workers-to-come.mjs', []).ended;
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '40\n', stderr: '' });
});

describe('a program that is killed', () => {
  const ways = [
    { way: 'addon', isThere: hasAddon },
    { way: 'setpriv', isThere: hasSetpriv },
  ];
  for (const { way, isThere } of ways)
    it(`takes its busy processes with it (${way})`, async ({ skip }) => {
      if (!isThere && process.env.HEDDLE_REQUIRE_TOOLS === '1') expect.fail(`${way} is not there`);
      if (!isThere) skip(`${way} is not there`);
      const program = startProgram('has-busy-workers.mjs', ['processes'], { HEDDLE_PARENT_DEATH: way });
      const { pids, parentDeath } = JSON.parse(await program.firstLine) as { pids: number[]; parentDeath: string };
      expect(parentDeath).toBe(way);
      expect(pids.filter(isAlive)).toHaveLength(2);
      program.child.kill('SIGKILL');
      await program.ended;
      await gone(pids);
    });

  it.each(['SIGTERM', 'SIGABRT', 'SIGSEGV'] as const)('takes them with it by %s too', async (signal) => {
    const program = startProgram('has-busy-workers.mjs', ['processes']);
    const { pids, parentDeath } = JSON.parse(await program.firstLine) as { pids: number[]; parentDeath: string };
    program.child.kill(signal);
    expect((await program.ended).signal).toBe(signal);
    if (parentDeath !== 'not-guaranteed') await gone(pids);
  });

  it('has the program setpriv do it before the addon, which costs each child more', async () => {
    const expected = hasSetpriv ? 'setpriv' : hasAddon ? 'addon' : 'not-guaranteed';
    expect((await planParentDeath()).parentDeath).toBe(expected);
    expect((await planParentDeath({ PATH: '/nowhere' })).parentDeath).toBe(hasAddon ? 'addon' : 'not-guaranteed');
  });

  it('says so where its busy processes may stay', async () => {
    expect(await planParentDeath({ HEDDLE_PARENT_DEATH: 'none' })).toEqual({
      parentDeath: 'not-guaranteed',
      setprivPath: undefined,
    });
  });
});

it('an interrupt from the terminal is for the host to answer', async () => {
  const program = startProgram('heeds-interrupt.mjs', ['processes']);
  await program.firstLine;
  // To the whole group, as a terminal sends it.
  process.kill(-program.child.pid!, 'SIGINT');
  const { code, stdout } = await program.ended;
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'ready\nfinished\n' });
});

describe('what a thread can not contain', () => {
  it('a thread blocked in native code is given up, and the pool goes on', async () => {
    const { code, stdout, stderr } = await startProgram('has-a-stuck-thread.mjs', [temporaryFolder()]).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({ code: 'HEDDLE_WORKER_STUCK', cause: 'enough', sum: 3, workers: 1 });
  });

  it.each(['SIGSEGV', 'SIGABRT', 'SIGKILL'])('%s ends the host', async (signal) => {
    const ended = await startProgram('crashes-in-a-thread.mjs', ['killsItself', signal]).ended;
    expect(ended.signal).toBe(signal);
  });
});

describe.each(['threads', 'processes', 'auto'])('a module that is its own task module (%s)', (backend) => {
  it.each([
    ['guarded', '49\n'],
    ['unguarded', 'HEDDLE_MODULE_SELF\n'],
  ])('%s', async (guard, expected) => {
    const env = { HEDDLE_TEST_ARGS: `${backend} ${guard}` };
    expect((await startProgram('is-its-own-module.mjs', [], env).ended).stdout).toBe(expected);
  });
});

it('pools of both kinds live in a worker thread of the host, and end with it', async () => {
  const { code, stdout, stderr } = await startProgram('hosts-in-a-worker.mjs', []).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { results, pids } = JSON.parse(stdout) as { results: number[]; pids: number[] };
  expect(results).toEqual([3, 3, 3]);
  await gone(pids);
});
