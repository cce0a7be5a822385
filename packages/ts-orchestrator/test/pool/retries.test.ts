import { describe, expect, it } from 'vitest';
import type { FakeLink, FakePool } from '../fake-pool.ts';
import { openFakePool, turn } from '../fake-pool.ts';
import { errorOf } from '../helpers.ts';

const run = (fake: FakePool, name = 'f', options = {}) => {
  const outcome = fake.pool.run(name, [], options);
  outcome.catch(() => {});
  return outcome;
};
const throwIn = (link: FakeLink, value: unknown) =>
  link.emit({ t: 'error', id: link.run.id, error: { kind: 'value', value } });
const dieIn = (link: FakeLink) => {
  link.begun = link.run.id;
  link.exit({ signal: 'SIGSEGV' });
};
/** The worker that was started last, ready. */
const next = (fake: FakePool): FakeLink => {
  const link = fake.links.at(-1)!;
  link.becomeReady();
  return link;
};

describe('a task whose worker died', () => {
  it('runs again elsewhere when its caller allows it, and tells the attempt', async () => {
    const fake = await openFakePool({ workers: 1 });
    const task = run(fake, 'f', { retries: 2, retryDelayMs: 0 });
    expect(fake.links[0]!.run.attempt).toBe(1);
    dieIn(fake.links[0]!);
    const link = next(fake);
    expect(link.run).toMatchObject({ name: 'f', attempt: 2 });
    link.reply('at last');
    expect(await task).toBe('at last');
    expect(fake.pool.stats()).toMatchObject({ tasks: { succeeded: 1, failed: 0, retried: 1, running: 0 } });
  });

  it('waits before it runs again: up to its delay, doubled each time', async () => {
    const fake = await openFakePool({ workers: 1, retries: 5, retryDelayMs: 1_000 });
    const task = run(fake);
    dieIn(fake.links[0]!);
    expect(fake.pool.stats().tasks).toMatchObject({ delayed: 1, queued: 0, running: 0 });
    // No worker is started for it before its time.
    expect(fake.links).toHaveLength(1);
    fake.clock.advance(1_000);
    expect(fake.pool.stats().tasks).toMatchObject({ delayed: 0, queued: 1 });
    dieIn(next(fake));
    fake.clock.advance(2_000);
    next(fake).reply(3);
    expect(await task).toBe(3);
  });

  it('is quarantined when it has used up its retries so, with every cause', async () => {
    const fake = await openFakePool({ workers: 1 });
    const task = run(fake, 'f', { retries: 2, retryDelayMs: 0 });
    const innocent = run(fake, 'g');
    dieIn(fake.links[0]!);
    dieIn(next(fake));
    dieIn(next(fake));
    const error = await errorOf(task);
    expect(error).toMatchObject({
      code: 'HEDDLE_TASK_QUARANTINED',
      name: 'TaskQuarantinedError',
      retryable: false,
      message: expect.stringContaining('"f" ended its worker in each of its 3 attempts'),
      causes: [1, 2, 3].map((attempt) => ({
        code: 'HEDDLE_WORKER_DIED',
        attempt,
        signal: 'SIGSEGV',
        hasBegun: true,
        task: { name: 'f', attempt, workerId: attempt, pid: 1000 + attempt, signal: 'SIGSEGV', exitCode: null },
      })),
      task: { attempt: 3, workerId: 3 },
    });
    expect(error.cause).toBe((error.causes as unknown[])[0]);
    next(fake).reply('fine');
    expect(await innocent).toBe('fine');
    expect(fake.pool.stats()).toMatchObject({
      state: 'open',
      tasks: { quarantined: 1, failed: 1, succeeded: 1 },
      workers: { died: 3 },
    });
  });

  it('is not run again when it is told to do so after errors only', async () => {
    const fake = await openFakePool({ retries: 2, retryOn: 'error' });
    const task = run(fake);
    dieIn(fake.links[0]!);
    expect(await errorOf(task)).toMatchObject({ code: 'HEDDLE_WORKER_DIED', attempt: 1 });
  });

  it('that had not begun runs elsewhere without using up a retry', async () => {
    const fake = await openFakePool({ workers: 1, retries: 1, retryDelayMs: 0 });
    const task = run(fake);
    fake.links[0]!.exit();
    expect(next(fake).run.attempt).toBe(1);
    dieIn(fake.links[1]!);
    expect(next(fake).run.attempt).toBe(2);
    fake.links[2]!.reply(1);
    expect(await task).toBe(1);
    expect(fake.pool.stats().tasks).toMatchObject({ resent: 1, retried: 1 });
  });

  it('that never begins is not sent on for ever', async () => {
    const fake = await openFakePool({ workers: 1 });
    const task = run(fake);
    for (let n = 0; n < 4; n++) {
      if (n > 0) {
        fake.clock.advance(5_000);
        next(fake);
      }
      fake.links[n]!.exit();
    }
    expect(await errorOf(task)).toMatchObject({
      code: 'HEDDLE_TASK_QUARANTINED',
      message: expect.stringContaining('"f" lost its worker 4 times before it could begin'),
      causes: Array.from({ length: 4 }, () => ({ code: 'HEDDLE_WORKER_DIED', hasBegun: false })),
    });
    expect(fake.links).toHaveLength(4);
  });

  it('goes to a worker that is free already', async () => {
    const fake = await openFakePool({ retries: 1, retryDelayMs: 0 });
    const both = [run(fake), run(fake)];
    next(fake).reply('other');
    dieIn(fake.links[0]!);
    expect(fake.links).toHaveLength(2);
    expect(fake.links[1]!.run.attempt).toBe(2);
    fake.links[1]!.reply('again');
    expect(await Promise.all(both)).toEqual(['again', 'other']);
  });
});

describe('a task that threw', () => {
  it('runs again when told to, in the same worker, under a number of its own', async () => {
    const fake = await openFakePool({ workers: 1 });
    const [link] = fake.links;
    const task = run(fake, 'f', { retries: 1, retryOn: 'error', retryDelayMs: 0 });
    const first = link!.run.id;
    throwIn(link!, 'no luck');
    expect(link!.run).toMatchObject({ attempt: 2 });
    expect(link!.run.id).not.toBe(first);
    // Late words of the first attempt reach nobody.
    link!.emit({ t: 'value', id: first, value: 'late' });
    link!.reply('luck');
    expect(await task).toBe('luck');
  });

  it('rejects with its last error when it has no run left', async () => {
    const fake = await openFakePool({ workers: 1, retries: 1, retryOn: 'error', retryDelayMs: 0 });
    const task = run(fake);
    throwIn(fake.links[0]!, 'first');
    throwIn(fake.links[0]!, 'second');
    expect(await errorOf(task)).toBe('second');
    expect(fake.pool.stats().tasks).toMatchObject({ retried: 1, quarantined: 0, failed: 1 });
  });

  it('is asked about: the predicate sees error and attempt, and decides', async () => {
    const fake = await openFakePool({ workers: 1 });
    const seen: unknown[] = [];
    const retryOn = (error: unknown, attempt: number) => {
      seen.push([error, attempt]);
      return error === 'again';
    };
    const task = run(fake, 'f', { retries: 9, retryOn, retryDelayMs: 0 });
    throwIn(fake.links[0]!, 'again');
    throwIn(fake.links[0]!, 'enough');
    expect(await errorOf(task)).toBe('enough');
    expect(seen).toEqual([
      ['again', 1],
      ['enough', 2],
    ]);
  });

  it('rejects with what the predicate throws', async () => {
    const fake = await openFakePool({ workers: 1 });
    const problem = new Error('predicate broke');
    const retryOn = () => {
      throw problem;
    };
    const task = run(fake, 'f', { retries: 1, retryOn });
    throwIn(fake.links[0]!, 'x');
    expect(await errorOf(task)).toBe(problem);
    expect(fake.pool.stats().tasks).toMatchObject({ delayed: 0, failed: 1 });
  });

  it('is left alone when the predicate cancels it', async () => {
    const fake = await openFakePool({ workers: 1 });
    const controller = new AbortController();
    const retryOn = () => {
      controller.abort('enough of it');
      return true;
    };
    const task = run(fake, 'f', { retries: 1, retryOn, signal: controller.signal });
    throwIn(fake.links[0]!, 'x');
    expect(await errorOf(task)).toBe('enough of it');
    expect(fake.pool.stats().tasks).toMatchObject({ delayed: 0, queued: 0, cancelled: 1 });
  });
});

describe('stopping a task that may run again', () => {
  it('settles it at once while it waits for its next attempt', async () => {
    const fake = await openFakePool({ workers: 1, retries: 1, retryDelayMs: 1_000 });
    const controller = new AbortController();
    const task = run(fake, 'f', { signal: controller.signal });
    dieIn(fake.links[0]!);
    controller.abort('not wanted');
    expect(await errorOf(task)).toBe('not wanted');
    expect(fake.clock.pending).toBe(0);
    await fake.pool.drain();
  });

  it('by a cancel is its end, also when the worker has to be ended for it', async () => {
    const fake = await openFakePool({ workers: 1, retries: 3, retryOn: () => true, cancelGraceMs: 0 });
    const controller = new AbortController();
    const task = run(fake, 'f', { signal: controller.signal });
    controller.abort('not wanted');
    fake.links[0]!.exit();
    expect(await errorOf(task)).toBe('not wanted');
    expect(fake.pool.stats().tasks).toMatchObject({ retried: 0, cancelled: 1 });
  });

  it('by a time-out is a failure that only a predicate hears of', async () => {
    const fake = await openFakePool({ workers: 1, retries: 1, retryDelayMs: 0, cancelGraceMs: 0 });
    const final = run(fake, 'f', { timeoutMs: 10 });
    fake.clock.advance(10);
    fake.links[0]!.exit();
    expect(await errorOf(final)).toMatchObject({
      code: 'HEDDLE_TASK_TIMEOUT',
      task: { attempt: 1, signal: 'SIGKILL' },
    });
    const retryOn = (error: unknown) => (error as { code: string }).code === 'HEDDLE_TASK_TIMEOUT';
    const again = run(fake, 'f', { timeoutMs: 10, retryOn });
    next(fake);
    fake.clock.advance(10);
    fake.links[1]!.exit();
    next(fake).reply('in time');
    expect(await again).toBe('in time');
    expect(fake.pool.stats().tasks).toMatchObject({ timedOut: 1, succeeded: 1, retried: 1 });
  });

  it('by a time-out and then by its caller is its end', async () => {
    const fake = await openFakePool({ workers: 1, retries: 1, retryOn: () => true, cancelGraceMs: 10 });
    const controller = new AbortController();
    const task = run(fake, 'f', { timeoutMs: 10, signal: controller.signal });
    fake.clock.advance(10);
    controller.abort('too late to say');
    fake.links[0]!.reply('late');
    expect(await errorOf(task)).toMatchObject({ code: 'HEDDLE_TASK_TIMEOUT' });
  });

  it('by closing the pool counts too', async () => {
    const fake = await openFakePool({ workers: 1, retries: 1, retryDelayMs: 1_000 });
    const task = run(fake);
    dieIn(fake.links[0]!);
    const closing = fake.pool.close({ cancel: true });
    expect(await errorOf(task)).toMatchObject({ code: 'HEDDLE_TASK_CANCELLED' });
    await closing;
  });
});

it('a pool waits for further attempts before it closes', async () => {
  const fake = await openFakePool({ workers: 1, retries: 1, retryDelayMs: 1_000 });
  const task = run(fake);
  dieIn(fake.links[0]!);
  const closing = fake.pool.close();
  fake.clock.advance(1_000);
  next(fake).reply('done');
  expect(await task).toBe('done');
  await turn();
  fake.links[1]!.exit({ exitCode: 0, signal: null });
  await closing;
});

it('a pool that fails tells tasks that wait for another attempt', async () => {
  const fake = await openFakePool({ workers: 2, restartLimit: { count: 0 } });
  const delayed = run(fake, 'f', { retries: 1, retryDelayMs: 1_000 });
  dieIn(fake.links[0]!);
  const other = run(fake);
  fake.links[1]!.exit({ isSpawnFailure: true, cause: new Error('no memory'), signal: null });
  for (const task of [delayed, other])
    expect(await errorOf(task)).toMatchObject({
      code: 'HEDDLE_POOL_FAILED',
      message: expect.stringContaining('no memory'),
    });
  await fake.pool.drain();
  expect(fake.clock.pending).toBe(0);
});

it('a task that had not begun when its worker died is told when the pool has failed', async () => {
  const fake = await openFakePool({ workers: 2, restartLimit: { count: 0 } });
  const running = run(fake);
  const waiting = run(fake);
  fake.links[1]!.exit({ isSpawnFailure: true, cause: new Error('no memory'), signal: null });
  expect(await errorOf(waiting)).toMatchObject({ code: 'HEDDLE_POOL_FAILED' });
  fake.links[0]!.exit();
  expect(await errorOf(running)).toMatchObject({ code: 'HEDDLE_POOL_FAILED' });
});

describe('a stream', () => {
  it('runs again while nothing of it was handed out', async () => {
    const fake = await openFakePool({ workers: 1, retries: 2, retryDelayMs: 0 });
    const stream = fake.pool.stream('f');
    const first = stream.next();
    await turn();
    dieIn(fake.links[0]!);
    const link = next(fake);
    link.emit({ t: 'item', id: link.run.id, value: 'one' });
    expect(await first).toEqual({ done: false, value: 'one' });
    dieIn(link);
    expect(await errorOf(stream.next())).toMatchObject({ code: 'HEDDLE_WORKER_DIED', attempt: 2 });
  });

  it('that has delivered an item is never run again', async () => {
    const fake = await openFakePool({ workers: 1, retries: 5, retryOn: () => true });
    const stream = fake.pool.stream('f');
    const first = stream.next();
    await turn();
    fake.links[0]!.emit({ t: 'item', id: fake.links[0]!.run.id, value: 'one' });
    await first;
    dieIn(fake.links[0]!);
    expect(await errorOf(stream.next())).toMatchObject({ code: 'HEDDLE_WORKER_DIED', attempt: 1 });
  });
});

it('items of a map run again one by one', async () => {
  const fake = await openFakePool({ workers: 1, retries: 1, retryDelayMs: 0 });
  const items = fake.pool.map('f', ['a', 'b']);
  const first = items.next();
  await turn();
  fake.links[0]!.reply(0);
  expect((await first).value).toEqual({ index: 0, value: 0 });
  dieIn(fake.links[0]!);
  expect(next(fake).run).toMatchObject({ index: 1, attempt: 2 });
  fake.links[1]!.reply(1);
  expect((await items.next()).value).toEqual({ index: 1, value: 1 });
});

it('saying when to run again without allowing it is refused', async () => {
  const fake = await openFakePool();
  for (const options of [{ retryOn: 'error' }, { retryDelayMs: 5 }, { retries: 0, retryOn: () => true }])
    expect(await errorOf(run(fake, 'f', options))).toMatchObject({
      code: 'HEDDLE_OPTION_INVALID',
      message: expect.stringMatching(/option "retry\w+" of run must be left out where retries is 0/),
    });
  for (const [retries, got] of [
    [-1, '-1'],
    [NaN, 'NaN'],
    [1.5, '1.5'],
  ] as const)
    expect(await errorOf(run(fake, 'f', { retries }))).toMatchObject({
      message: `option "retries" of run must be an integer of runs from 0 to 1000; got ${got}`,
    });
});

describe('restarts', () => {
  it('of a pool that serves are not counted against it, however often one task kills', async () => {
    const fake = await openFakePool({ workers: 1, restartLimit: { count: 0 } });
    for (let n = 0; n < 10; n++) {
      const guilty = run(fake);
      if (n > 0) next(fake);
      dieIn(fake.links[n]!);
      expect(await errorOf(guilty)).toMatchObject({ code: 'HEDDLE_WORKER_DIED' });
    }
    expect(fake.pool.stats()).toMatchObject({ state: 'open', workers: { died: 10 } });
  });

  it('of workers that die idle before they were of use are counted', async () => {
    const fake = await openFakePool({ workers: 1, restartLimit: { count: 1 } });
    fake.links[0]!.exit({ exitCode: 3, signal: null });
    const task = run(fake);
    next(fake);
    fake.links[1]!.exit({ exitCode: 4, signal: null });
    expect(await errorOf(task)).toMatchObject({
      code: 'HEDDLE_POOL_FAILED',
      cause: { code: 'HEDDLE_WORKER_DIED', exitCode: 3 },
    });
  });

  it('wait, and a pool that waits still closes', async () => {
    const fake = await openFakePool({ workers: 1 });
    const task = run(fake);
    for (let n = 0; n < 3; n++) {
      if (n > 0) fake.clock.advance(5_000);
      fake.links[n]!.exit();
    }
    expect(fake.links).toHaveLength(3);
    await fake.pool.close({ cancel: true });
    expect(await errorOf(task)).toMatchObject({ code: 'HEDDLE_TASK_CANCELLED' });
    expect(fake.clock.pending).toBe(0);
  });
});
