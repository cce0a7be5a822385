// Threads and processes that come and go while the pool is at work.
// They run the built package; execArgv keeps them from inheriting the test runner's condition for sources.
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { monteCarloPiSync } from '../src/examples/index.ts';
import { poolThreads, setPoolThreads, simdLevel, sum } from '../src/index.ts';
import { setParentDeathSignal, threadCpuTime, threadId } from '../src/os.ts';
import { fixture, isMissing, numbers, reportMissing } from './native.ts';

const run = promisify(execFile);

reportMissing();

describe.skipIf(isMissing)('worker threads', () => {
  it('16 come and go with work running, and the pool goes on', async () => {
    for (let round = 0; round < 4; round++) {
      const workers = Array.from(
        { length: 4 },
        () => new Worker(fixture('come-and-go.mjs'), { workerData: { isPatient: false }, execArgv: [] }),
      );
      await Promise.all(workers.map((worker) => once(worker, 'message')));
      await Promise.all(workers.map((worker) => worker.terminate()));
      expect(await sum(numbers(1000))).toBeTypeOf('number');
    }
  });

  it('that wait for their work get their results, and share one pool with the main thread', async () => {
    const workers = Array.from(
      { length: 4 },
      (_, seed) => new Worker(fixture('come-and-go.mjs'), { workerData: { isPatient: true, seed }, execArgv: [] }),
    );
    const ends = workers.map((worker) => once(worker, 'exit'));
    const messages = await Promise.all(workers.map((worker) => once(worker, 'message')));
    messages.forEach(([message], seed) => {
      expect(message).toEqual({ inside: monteCarloPiSync({ samples: 1_000_000, seed }).inside, isSorted: true });
    });
    // They end by themselves: a settled job keeps no worker alive.
    expect(await Promise.all(ends)).toEqual([[0], [0], [0], [0]]);
  });
});

describe.skipIf(isMissing)('processes', () => {
  it('process.exit with jobs in flight ends at once with its code', async () => {
    await expect(run(process.execPath, [fixture('exit-in-flight.mjs'), 'exit'])).rejects.toMatchObject({
      code: 7,
      signal: null,
      stdout: 'leaving\n',
    });
  });

  it('an uncaught error with jobs in flight ends as it does without them', async () => {
    await expect(run(process.execPath, [fixture('exit-in-flight.mjs'), 'throw'])).rejects.toMatchObject({
      code: 1,
      signal: null,
    });
  });

  it('a pending promise keeps the program alive until it settles, and no longer', async () => {
    const { stdout } = await run(process.execPath, [fixture('exit-in-flight.mjs'), 'return']);
    expect(stdout).toBe('settled\n');
  });

  it('without a binary that loads, calls say what was tried and how to build one', async () => {
    const dir = await fs.mkdtemp(path.join(os.tmpdir(), 'heddle-'));
    const broken = path.join(dir, 'broken.node');
    await fs.writeFile(broken, 'no library');
    const code = 'HEDDLE_NATIVE_UNAVAILABLE';
    for (const file of [broken, path.join(dir, 'absent.node'), fixture('unavailable.mjs')]) {
      const env = { ...process.env, HEDDLE_NATIVE_PATH: file };
      const { stdout } = await run(process.execPath, [fixture('unavailable.mjs')], { env });
      const answer = JSON.parse(stdout) as { reason: string };
      expect(answer).toMatchObject({ isAvailable: false, sync: code, async: code, loadedFrom: code, os: code });
      expect(answer.reason).toContain(`Tried:\n  - ${file}: `);
      expect(answer.reason).toContain('npm rebuild @heddle/core-native');
    }
    await fs.rm(dir, { recursive: true });
  });

  it('an instruction set that is unknown or absent is refused in one sentence', async () => {
    for (const level of ['avx1024', process.arch === 'x64' ? 'neon' : 'avx2']) {
      const env = { ...process.env, HEDDLE_SIMD: level };
      const { stdout } = await run(process.execPath, [fixture('unavailable.mjs')], { env });
      const { isAvailable, reason } = JSON.parse(stdout) as { isAvailable: boolean; reason: string };
      expect(isAvailable).toBe(false);
      expect(reason).toMatch(new RegExp(`^HEDDLE_SIMD=${level} [^\n]*\\.$`));
    }
  });
});

describe.skipIf(isMissing)('settings', () => {
  it('the pool’s size is one number for the process', () => {
    const before = poolThreads();
    expect(before).toBeGreaterThanOrEqual(1);
    setPoolThreads(3);
    expect(poolThreads()).toBe(3);
    setPoolThreads(before);
    expect(['avx512', 'avx2', 'baseline']).toContain(simdLevel());
  });
});

describe.skipIf(isMissing || process.platform !== 'linux')('services of the operating system', () => {
  it('threadCpuTime grows with work on this thread', () => {
    const before = threadCpuTime();
    let now = before;
    // Ends when the clock has moved: the kernel counts in steps of its own.
    while (now.userUs + now.systemUs <= before.userUs + before.systemUs) now = threadCpuTime();
    expect(now.userUs).toBeGreaterThanOrEqual(before.userUs);
  });

  it('threadId names a thread of this process', async () => {
    const { stdout } = await run('ls', [`/proc/${process.pid}/task`]);
    expect(stdout.split('\n')).toContain(String(threadId()));
  });

  it('setParentDeathSignal checks its arguments and the parent', () => {
    expect(setParentDeathSignal(0)).toBe(true);
    expect(setParentDeathSignal(0, process.pid)).toBe(false); // this process isn't its own parent
    const code = expect.objectContaining({ code: 'HEDDLE_ARGUMENT' });
    for (const signal of [-1, 65, 1.5, Number.NaN, 'SIGNOTHING' as NodeJS.Signals]) {
      expect(() => setParentDeathSignal(signal)).toThrow(code);
    }
    expect(() => setParentDeathSignal('SIGKILL', -1)).toThrow(code);
  });

  it('a child that asked for it dies with its parent, however busy it is', async () => {
    const parent = fork(fixture('parent-of-busy.mjs'), [], { execArgv: [] });
    const [childPid] = (await once(parent, 'message')) as [number];
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    // The kernel sends the signal while the parent ends; a zombie (Z) is dead too.
    const isGone = async (): Promise<boolean> => {
      const { stdout } = await run('ps', ['-o', 'stat=', '-p', String(childPid)]).catch(() => ({ stdout: '' }));
      return stdout.trim() === '' || stdout.startsWith('Z');
    };
    await expect.poll(isGone, { timeout: 30_000 }).toBe(true);
  });
});
