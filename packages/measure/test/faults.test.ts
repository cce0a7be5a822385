import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { compareContestants, isChecked, type ContestantResult } from '../src/index.ts';
import { fixture, isRunning, loggedPids, resultOf, spec } from './support.ts';

let log: string;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-measure-'));
  log = join(folder, 'log');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const QUICK = { budgetMs: 1, minRounds: 2, memory: false } as const;

/** Compares a faulty contestant with a sound one and gives the faulty one's result. */
async function compareFault(options: object, more: object = {}, module = 'faulty.js'): Promise<ContestantResult> {
  const comparison = await compareContestants([spec('bad', module, options), spec('good', 'spin.js')], {
    ...QUICK,
    ...more,
  });
  const good = resultOf(comparison, 'good');
  expect(good.samplesMs).toHaveLength(2);
  expect(isChecked(good)).toBe(true);
  const bad = resultOf(comparison, 'bad');
  expect(isChecked(bad)).toBe(false);
  return bad;
}

describe('a contestant that fails is reported in its place, the other goes on', () => {
  test.each([
    ['create', 'create'],
    ['round', 'warmup'],
    ['check', 'check'],
  ])('throws at %s', async (at, phase) => {
    const { error } = await compareFault({ fault: 'throws', at });
    expect(error).toMatchObject({ phase, name: 'RangeError', message: 'too much of it', code: 'E_TEST' });
    expect(error!.stack).toContain('faulty.js');
  });

  test('rejects in a later round: what it measured stays', async () => {
    const bad = await compareFault({ fault: 'rejects', at: 'round', onRound: 3 });
    expect(bad.error).toMatchObject({ phase: 'round', name: 'TypeError', message: 'not that one' });
    expect(bad.samplesMs).toHaveLength(1);
    expect(bad.digest).toBe('same');
  });

  test('throws something that is no error', async () => {
    const { error } = await compareFault({ fault: 'throwsText', at: 'round' });
    expect(error).toMatchObject({ message: 'thrown, but no Error: only a text' });
  });

  test('exits: exit code and last words', async () => {
    const { error } = await compareFault({ fault: 'exits', at: 'round', onRound: 2 });
    expect(error).toMatchObject({ phase: 'round', code: 'HEDDLE_RUNNER_DIED' });
    expect(error!.message).toMatch(/"label of bad" ended with exit code 3; its last output:\nlast words$/);
  });

  test('is killed: the signal', async () => {
    const { error } = await compareFault({ fault: 'killsItself', at: 'round' });
    expect(error).toMatchObject({ code: 'HEDDLE_RUNNER_DIED' });
    expect(error!.message).toContain('was ended by SIGKILL');
  });

  test.each(['loops', 'neverSettles'])('hangs: %s', async (fault) => {
    const { error } = await compareFault({ fault, at: 'round' }, { roundTimeoutMs: 300 });
    expect(error).toMatchObject({ phase: 'warmup', code: 'HEDDLE_RUNNER_TIMEOUT', name: 'RunnerTimeoutError' });
    expect(error!.message).toBe('round of "label of bad" did not end within 300 ms; its runner was ended');
  });

  test('hangs while it is created', async () => {
    const { error } = await compareFault({ fault: 'neverSettles', at: 'create' }, { startTimeoutMs: 2000 });
    expect(error).toMatchObject({ phase: 'create', code: 'HEDDLE_RUNNER_TIMEOUT' });
  });

  test('closes its channel', async () => {
    const { error } = await compareFault({ fault: 'disconnects', at: 'round' });
    expect(error).toMatchObject({ code: 'HEDDLE_RUNNER_DIED' });
  });

  test('gives a measure that is no number', async () => {
    const { error } = await compareFault({ fault: 'givesNaN', at: 'round' });
    expect(error!.message).toBe("round(): expected measure 'delayMs' to be a finite number, got NaN");
  });

  test('gives no report', async () => {
    const { error } = await compareFault({ fault: 'givesNothing', at: 'check' });
    expect(error!.message).toBe('check(): expected { digest: string }');
  });

  test('has no default export', async () => {
    const { error } = await compareFault({}, {}, 'no-contestant.js');
    expect(error!.message).toMatch(/expected a function as default export, got undefined$/);
  });

  test('does not load, or is not there', async () => {
    expect((await compareFault({}, {}, 'broken-module.js')).error!.message).toBe('this module does not load');
    expect((await compareFault({}, {}, 'absent.js')).error!.code).toBe('ERR_MODULE_NOT_FOUND');
  });

  test('fails when it is closed: everything was measured', async () => {
    const comparison = await compareContestants([spec('a', 'faulty.js', { fault: 'throws', at: 'close' })], QUICK);
    const result = resultOf(comparison, 'a');
    expect(result.closeError).toMatchObject({ phase: 'close', message: 'too much of it' });
    expect(isChecked(result)).toBe(true);
  });

  test('all of them fail', async () => {
    const comparison = await compareContestants([spec('a', 'faulty.js', { fault: 'throws', at: 'create' })], QUICK);
    expect(resultOf(comparison, 'a').error).toBeDefined();
    expect(comparison.aborted).toBe(false);
  });
});

describe.skipIf(process.platform !== 'linux')('no process is left', () => {
  test('when the comparison ends', async () => {
    await compareContestants([spec('a', 'parent.js', { log })], QUICK);
    expect((await loggedPids(log)).filter(isRunning)).toEqual([]);
  });

  test('when it is cancelled in a round, and what was measured is kept', async () => {
    const cancel = new AbortController();
    const comparison = await compareContestants([spec('a', 'parent.js', { log }), spec('b', 'spin.js')], {
      budgetMs: 1e6,
      signal: cancel.signal,
      onProgress: ({ phase, id, round }) => {
        if (phase === 'round' && id === 'b' && round === 3) cancel.abort();
      },
    });
    expect((await loggedPids(log)).filter(isRunning)).toEqual([]);
    expect(comparison.aborted).toBe(true);
    // Cycle 3 begins with a; b comes to a stop in it.
    expect(resultOf(comparison, 'a').samplesMs).toHaveLength(3);
    expect(resultOf(comparison, 'b').samplesMs).toHaveLength(2);
    expect(resultOf(comparison, 'b').error).toBeUndefined();
  });

  test('when it is cancelled while a runner is busy', async () => {
    const cancel = new AbortController();
    const running = compareContestants([spec('a', 'parent.js', { log, fate: 'loops' })], {
      ...QUICK,
      signal: cancel.signal,
    });
    await vi.waitFor(async () => expect(await readFile(log, 'utf8')).toContain('looping'), { timeout: 30_000 });
    const pids = await loggedPids(log);
    expect(pids.filter(isRunning)).toEqual(pids);
    cancel.abort();
    expect((await running).aborted).toBe(true);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  test('when a contestant exits and leaves its children', async () => {
    const comparison = await compareContestants([spec('a', 'parent.js', { log, fate: 'exits' })], QUICK);
    expect(resultOf(comparison, 'a').error!.code).toBe('HEDDLE_RUNNER_DIED');
    const [runner, child, detached, withChild, grandchild] = await loggedPids(log);
    expect([runner, child, withChild, grandchild].filter((pid) => isRunning(pid!))).toEqual([]);
    // One in a session of its own, orphaned by its parent's exit, is out of everybody's reach.
    if (isRunning(detached!)) process.kill(detached!, 'SIGKILL');
  });

  test('when it was cancelled before it began: nothing is started', async () => {
    const onProgress = vi.fn<() => void>();
    const comparison = await compareContestants([spec('a', 'parent.js', { log })], {
      ...QUICK,
      signal: AbortSignal.abort(),
      onProgress,
    });
    expect(comparison.aborted).toBe(true);
    expect(onProgress).not.toHaveBeenCalled();
    expect(resultOf(comparison, 'a').samplesMs).toEqual([]);
  });

  test('when the host is killed while a runner is busy', async () => {
    const host = spawn(process.execPath, [fileURLToPath(fixture('host.js')), fixture('parent.js'), log], {
      stdio: 'ignore',
    });
    await vi.waitFor(async () => expect(await readFile(log, 'utf8')).toContain('looping'), { timeout: 30_000 });
    const [runner, child, detached, withChild, grandchild] = await loggedPids(log);
    host.kill('SIGKILL');
    await once(host, 'exit');
    await vi.waitFor(
      () => expect([runner, child, withChild, grandchild].filter((pid) => isRunning(pid!))).toEqual([]),
      {
        timeout: 30_000,
      },
    );
    if (isRunning(detached!)) process.kill(detached!, 'SIGKILL');
  });
});
