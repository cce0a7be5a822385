import { describe, expect, it } from 'vitest';
import { beginFakePool, openFakePool, turn, type FakePool } from '../fake-pool.ts';
import { errorOf } from '../helpers.ts';

const run = (fake: FakePool, name = 'f', options = {}) => {
  const outcome = fake.pool.run(name, [], options);
  outcome.catch(() => {});
  return outcome;
};

describe('starting', () => {
  it.each([
    ['spawnTimeoutMs', 'start its entry', []],
    ['loadTimeoutMs', 'load the task module', [{ t: 'spawned' }]],
    ['setupTimeoutMs', 'run setup()', [{ t: 'spawned' }, { t: 'loaded', tasks: ['f'] }]],
  ] as const)('has a deadline: %s', async (option, phase, messages) => {
    const fake = beginFakePool({ [option]: 1_000 });
    const [link] = fake.links;
    for (const message of messages) link!.emit(message);
    fake.clock.advance(999);
    expect(link!.kills).toBe(0);
    fake.clock.advance(1);
    expect(link!.kills).toBe(1);
    link!.exit();
    expect(await errorOf(fake.opened)).toMatchObject({
      code: 'HEDDLE_START_TIMEOUT',
      message: `worker 1 (pid 1001) did not finish to ${phase} within 1000 ms (${option})`,
    });
    expect(fake.clock.pending).toBe(0);
  });

  it('tells why the first worker could not start', async () => {
    const fake = beginFakePool();
    fake.links[0]!.exit({ isSpawnFailure: true, cause: new Error('EAGAIN'), signal: null });
    expect(await errorOf(fake.opened)).toMatchObject({
      code: 'HEDDLE_SPAWN',
      message: expect.stringContaining('EAGAIN'),
      cause: new Error('EAGAIN'),
    });
  });

  it('of a second worker may fail without harm', async () => {
    const fake = await openFakePool();
    const first = run(fake);
    const second = run(fake);
    expect(fake.links).toHaveLength(2);
    fake.links[1]!.exit();
    // Another try, for the task that waits.
    expect(fake.links).toHaveLength(3);
    fake.links[0]!.reply(1);
    fake.links[0]!.reply(2);
    expect(await Promise.all([first, second])).toEqual([1, 2]);
    expect(fake.pool.stats().workers).toMatchObject({ startFailures: 1, died: 0 });
  });

  it('gives up when too many failed, with the first cause, and lets what runs finish', async () => {
    const fake = await openFakePool({ restartLimit: { count: 2 } });
    const running = run(fake);
    const waiting = run(fake);
    for (const n of [1, 2, 3]) {
      fake.clock.advance(5_000);
      fake.links[n]!.exit({ isSpawnFailure: true, cause: new Error(`try ${n}`), signal: null });
    }
    const failure = { code: 'HEDDLE_POOL_FAILED', message: expect.stringContaining('try 1') };
    expect(await errorOf(waiting)).toMatchObject({
      ...failure,
      cause: { code: 'HEDDLE_SPAWN', cause: new Error('try 1') },
    });
    expect(await errorOf(run(fake))).toMatchObject(failure);
    fake.links[0]!.reply('done');
    expect(await running).toBe('done');
    // With its last task it has no further use.
    expect(fake.links[0]!.sent.at(-1)).toEqual({ t: 'stop' });
    const closing = fake.pool.close();
    await turn();
    fake.links[0]!.emit({ t: 'stopped', error: undefined });
    fake.links[0]!.exit({ exitCode: 0, signal: null });
    await closing;
    expect(fake.pool.stats()).toMatchObject({ state: 'failed', workers: { live: [] } });
  });

  it('starts no more workers than tasks wait for', async () => {
    const fake = await openFakePool({ workers: 8 });
    for (let n = 0; n < 4; n++) void run(fake);
    expect(fake.links).toHaveLength(4);
    for (let n = 0; n < 20; n++) void run(fake);
    expect(fake.links).toHaveLength(8);
  });
});

describe('a dead worker', () => {
  it('takes its task along when it had begun', async () => {
    const fake = await openFakePool();
    const task = run(fake);
    fake.links[0]!.begun = fake.links[0]!.run.id;
    fake.links[0]!.events.onOutput(undefined, 'last words\n');
    fake.links[0]!.exit({ signal: 'SIGSEGV' });
    const error = await errorOf(task);
    expect(error).toMatchObject({
      code: 'HEDDLE_WORKER_DIED',
      pid: 1001,
      signal: 'SIGSEGV',
      exitCode: null,
      attempt: 1,
      hasBegun: true,
      stderrTail: ['last words'],
      task: { name: 'f', workerId: 1, attempt: 1 },
    });
    expect(error.message).toBe(
      'worker 1 (pid 1001) was killed by SIGSEGV while it ran "f" (attempt 1); last lines of its stderr:\n  last words',
    );
    expect(fake.pool.stats().workers).toMatchObject({ died: 1, live: [] });
  });

  it('hands on a task that it had not begun, before those that came later', async () => {
    const fake = await openFakePool({ workers: 1 });
    const first = run(fake, 'f');
    const second = run(fake, 'g');
    fake.links[0]!.exit();
    fake.links[1]!.becomeReady();
    expect(fake.links[1]!.run.name).toBe('f');
    fake.links[1]!.reply(1);
    fake.links[1]!.reply(2);
    expect(await Promise.all([first, second])).toEqual([1, 2]);
    expect(fake.pool.stats().tasks).toMatchObject({ resent: 1, succeeded: 2, failed: 0 });
  });

  it('takes along a task that can not be sent again, and says that it had not begun', async () => {
    const fake = await openFakePool({}, { canResend: false });
    const task = run(fake);
    fake.links[0]!.exit();
    expect(await errorOf(task)).toMatchObject({
      code: 'HEDDLE_WORKER_DIED',
      hasBegun: false,
      message: expect.stringContaining('before it began "f"'),
    });
  });

  it('names the uncaught error as the cause', async () => {
    const fake = await openFakePool();
    const task = run(fake);
    fake.links[0]!.begun = fake.links[0]!.run.id;
    fake.links[0]!.emit({ t: 'fatal', error: { kind: 'value', value: 'what was thrown' } });
    fake.links[0]!.exit({ exitCode: 1, signal: null });
    expect(await errorOf(task)).toMatchObject({ exitCode: 1, cause: 'what was thrown' });
  });
});

describe('a time-out', () => {
  it('counts from the start of the run, not of the wait', async () => {
    const fake = await openFakePool({ workers: 1, taskTimeoutMs: 100 });
    const first = run(fake, 'f', { timeoutMs: 1_000 });
    const second = run(fake);
    fake.clock.advance(900);
    fake.links[0]!.reply(1);
    fake.clock.advance(99);
    fake.links[0]!.reply(2);
    expect(await Promise.all([first, second])).toEqual([1, 2]);
  });

  it('aborts the signal, then ends the worker, and the task settles when it is gone', async () => {
    const fake = await openFakePool({ workers: 1, cancelGraceMs: 50 });
    const [link] = fake.links;
    const task = run(fake, 'f', { timeoutMs: 100 });
    let isSettled = false;
    void task.catch(() => {
      isSettled = true;
    });
    const next = run(fake, 'g');
    fake.clock.advance(100);
    expect(link!.sent.at(-1)).toMatchObject({ t: 'cancel', id: link!.run.id });
    fake.clock.advance(49);
    expect(link!.kills).toBe(0);
    fake.clock.advance(1);
    expect(link!.kills).toBe(1);
    await turn();
    expect(isSettled).toBe(false);
    expect(link!.run.name).toBe('f');
    link!.exit();
    expect(await errorOf(task)).toMatchObject({ code: 'HEDDLE_TASK_TIMEOUT', task: { name: 'f' } });
    fake.links[1]!.becomeReady();
    fake.links[1]!.reply('next');
    expect(await next).toBe('next');
    expect(fake.pool.stats()).toMatchObject({ tasks: { timedOut: 1 }, workers: { killed: 1, died: 0 } });
  });

  it('loses against a reply that has arrived by then', async () => {
    const fake = await openFakePool();
    const task = run(fake, 'f', { timeoutMs: 100 });
    // The timer fires, and before anything else is done the reply is handed out.
    fake.clock.after(100, () => fake.links[0]!.reply('in time'));
    fake.clock.advance(100);
    expect(await task).toBe('in time');
    expect(fake.clock.pending).toBe(1);
  });

  it('keeps its cause when the task answers during the grace', async () => {
    const fake = await openFakePool();
    const task = run(fake, 'f', { timeoutMs: 100 });
    fake.clock.advance(100);
    fake.links[0]!.reply('too late');
    expect(await errorOf(task)).toMatchObject({ code: 'HEDDLE_TASK_TIMEOUT' });
    const next = run(fake, 'g');
    fake.links[0]!.reply('same worker');
    expect(await next).toBe('same worker');
    expect(fake.links).toHaveLength(1);
  });

  it('of a stream is for one item, and stands still while the consumer is slow', async () => {
    const fake = await openFakePool();
    const stream = fake.pool.stream('f', [], { timeoutMs: 100 });
    const first = stream.next();
    await turn();
    const [link] = fake.links;
    const { id, credit } = link!.run;
    for (let n = 0; n < credit; n++) {
      fake.clock.advance(99);
      link!.emit({ t: 'item', id, value: n });
    }
    expect((await first).value).toBe(0);
    // All credit is used: the worker waits for the consumer.
    fake.clock.advance(10_000);
    for (let n = 1; n < credit; n++) expect((await stream.next()).value).toBe(n);
    expect(link!.sent.filter(({ t }) => t === 'credit')).not.toHaveLength(0);
    const last = stream.next();
    last.catch(() => {});
    fake.clock.advance(100);
    expect(link!.sent.at(-1)).toMatchObject({ t: 'cancel' });
    link!.emit({ t: 'end', id });
    expect(await errorOf(last)).toMatchObject({
      code: 'HEDDLE_TASK_TIMEOUT',
      message: expect.stringContaining('item'),
    });
  });
});

describe('a worker that can not be ended', () => {
  it('is given up at its deadline, and the pool after two', async () => {
    const fake = await openFakePool({ workers: 1, terminateTimeoutMs: 1_000, cancelGraceMs: 0 });
    for (const n of [0, 1]) {
      if (n === 1) fake.links[1]!.becomeReady();
      const task = run(fake, 'f', { timeoutMs: 10 });
      const waiting = run(fake, 'g');
      fake.clock.advance(10);
      expect(fake.links[n]!.kills).toBe(1);
      fake.clock.advance(1_000);
      expect(await errorOf(task)).toMatchObject({
        code: 'HEDDLE_WORKER_STUCK',
        message: expect.stringContaining('1000 ms (terminateTimeoutMs) when "f" had to be stopped'),
        cause: { code: 'HEDDLE_TASK_TIMEOUT' },
      });
      expect(fake.links[n]!.isAbandoned).toBe(true);
      if (n === 0) {
        fake.links[1]!.becomeReady();
        fake.links[1]!.reply('goes on');
        expect(await waiting).toBe('goes on');
        break;
      }
    }
    const last = run(fake, 'f', { timeoutMs: 10 });
    const waiting = run(fake, 'g');
    fake.clock.advance(1_010);
    expect(await errorOf(last)).toMatchObject({ code: 'HEDDLE_WORKER_STUCK' });
    expect(await errorOf(waiting)).toMatchObject({ code: 'HEDDLE_POOL_FAILED' });
    expect(fake.pool.stats()).toMatchObject({ state: 'failed', workers: { stuck: 2, live: [] } });
    await fake.pool.close();
  });

  it('does not hold up close', async () => {
    const fake = await openFakePool({ teardownTimeoutMs: 500, terminateTimeoutMs: 1_000 });
    const closing = errorOf(fake.pool.close());
    await turn();
    expect(fake.links[0]!.sent.at(-1)).toEqual({ t: 'stop' });
    fake.clock.advance(500);
    expect(fake.links[0]!.kills).toBe(1);
    fake.clock.advance(1_000);
    expect(await closing).toMatchObject({
      code: 'HEDDLE_TEARDOWN',
      message: expect.stringContaining('teardownTimeoutMs'),
    });
    expect(fake.clock.pending).toBe(0);
  });

  it('that says it has stopped and stays is ended', async () => {
    const fake = await openFakePool({ terminateTimeoutMs: 1_000 });
    const closing = fake.pool.close();
    await turn();
    fake.links[0]!.emit({ t: 'stopped', error: undefined });
    fake.clock.advance(1_000);
    expect(fake.links[0]!.kills).toBe(1);
    fake.links[0]!.exit();
    await closing;
  });
});

describe('idle workers', () => {
  it('end after their time, the least used first, and never with a task', async () => {
    const fake = await openFakePool({ idleTimeoutMs: 1_000 });
    const both = [run(fake), run(fake)];
    fake.links[1]!.becomeReady();
    fake.links[0]!.reply(0);
    fake.links[1]!.reply(1);
    await Promise.all(both);
    fake.clock.advance(600);
    // The one used last is used again.
    const again = run(fake);
    expect(fake.links[1]!.sent.filter(({ t }) => t === 'run')).toHaveLength(2);
    fake.clock.advance(400);
    expect(fake.links[0]!.sent.at(-1)).toEqual({ t: 'stop' });
    fake.clock.advance(5_000);
    expect(fake.links[1]!.sent.at(-1)).toMatchObject({ t: 'run' });
    fake.links[0]!.exit({ exitCode: 0, signal: null });
    fake.links[1]!.reply(2);
    await again;
    fake.clock.advance(1_000);
    expect(fake.links[1]!.sent.at(-1)).toEqual({ t: 'stop' });
    // A task that comes now gets a new worker.
    const late = run(fake);
    expect(fake.links).toHaveLength(3);
    fake.links[2]!.becomeReady();
    fake.links[2]!.reply(3);
    expect(await late).toBe(3);
  });

  it('stay for ever when told to', async () => {
    const fake = await openFakePool({ idleTimeoutMs: Infinity });
    expect(fake.clock.pending).toBe(0);
  });
});

describe('a map', () => {
  it('fails in its place: what comes before is yielded, what comes after is cancelled', async () => {
    const fake = await openFakePool({ workers: 3, cancelGraceMs: 0 });
    const items = fake.pool.map('f', [0, 1, 2, 3, 4, 5]);
    const first = items.next();
    await turn();
    fake.links[1]!.becomeReady();
    fake.links[2]!.becomeReady();
    const [slow, failing, later] = fake.links;
    failing!.emit({ t: 'error', id: failing!.run.id, error: { kind: 'value', value: 'item 1 failed' } });
    expect(later!.sent.at(-1)).toMatchObject({ t: 'cancel' });
    later!.exit();
    slow!.reply('item 0');
    expect(await first).toEqual({ done: false, value: { index: 0, value: 'item 0' } });
    expect(await errorOf(items.next())).toBe('item 1 failed');
    expect(await items.next()).toEqual({ done: true, value: undefined });
    expect(fake.pool.stats().tasks).toMatchObject({ queued: 0, running: 0 });
  });

  it('ends with the error of the pool, also when failures are collected', async () => {
    const fake = await openFakePool({ workers: 1 });
    function* endless() {
      for (;;) yield 1;
    }
    const items = fake.pool.map('f', endless(), { onError: 'collect' });
    const first = items.next();
    await turn();
    const closing = fake.pool.close();
    for (let n = 0; n < 2; n++) fake.links[0]!.reply(n);
    expect((await first).value).toEqual({ index: 0, value: 0 });
    expect((await items.next()).value).toEqual({ index: 1, value: 1 });
    expect(await errorOf(items.next())).toMatchObject({ code: 'HEDDLE_POOL_CLOSED' });
    await turn();
    fake.links[0]!.exit({ exitCode: 0, signal: null });
    await closing;
  });
});
