import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { coded, codeOf, Condition, ends, failure, Mutex, runProgram, says, start } from '../support.ts';

const ROUNDS = Number(process.env['HEDDLE_SYNC_ROUNDS'] ?? 500);
const KILLS = Number(process.env['HEDDLE_SYNC_KILLS'] ?? 4);

const startWith = (workerData: object) => start(workerData, {}, 'condition.mjs');
const make = () => Condition.create(Mutex.create());
const HOW: readonly [string, boolean][] = [
  ['blocking', true],
  ['asynchronous', false],
];

describe('threads', () => {
  it.each(HOW)('three take what one gives, each once, %s', { timeout: 600_000 }, async (_how, blocks) => {
    const condition = make();
    const plain = new SharedArrayBuffer(16);
    const words = new Int32Array(plain);
    const job = { job: 'take', handle: condition.handle, plain, rounds: ROUNDS, blocks };
    const workers = Array.from({ length: 3 }, () => ends(startWith(job)));
    for (let given = 0; given < 3 * ROUNDS; given++) {
      await condition.mutex.withLock((guard) => {
        words[0]! += 1;
        condition.notifyOne(guard);
      });
    }
    await Promise.all(workers);
    expect([words[0], words[1]]).toEqual([0, 3 * ROUNDS]);
  });

  it.each(HOW)('one is called, or all are, %s', async (_how, blocks) => {
    const condition = make();
    const plain = new SharedArrayBuffer(16);
    const workers = Array.from({ length: 3 }, () =>
      startWith({ job: 'wait', handle: condition.handle, plain, blocks }),
    );
    await Promise.all(workers.map(says));
    const answers = workers.map(says);
    // Who has said so has the mutex until it waits.
    await condition.mutex.withLock((guard) => condition.notifyOne(guard));
    expect(await Promise.race(answers)).toBe('called');
    await condition.mutex.withLock((guard) => condition.notifyAll(guard));
    expect(await Promise.all(answers)).toEqual(['called', 'called', 'called']);
  });

  it('that wait are called in their order', async () => {
    const condition = make();
    const order: number[] = [];
    const waiting = [0, 1, 2].map((index) =>
      condition.mutex.withLock(async (guard) => {
        await condition.wait(guard);
        order.push(index);
      }),
    );
    await condition.mutex.withLock((guard) => {
      condition.notifyOne(guard);
      condition.notifyOne(guard);
    });
    await Promise.all(waiting.slice(0, 2));
    expect(order).toEqual([0, 1]);
    await condition.mutex.withLock((guard) => condition.notifyAll(guard));
    await Promise.all(waiting);
    expect(order).toEqual([0, 1, 2]);
  });
});

describe('a thread that ends', () => {
  it.each(HOW)('with the mutex: one who waits is told, the others wait on, %s', async (_how, blocks) => {
    const condition = make();
    const plain = new SharedArrayBuffer(16);
    const workers = [0, 1].map(() => startWith({ job: 'wait', handle: condition.handle, plain, blocks }));
    await Promise.all(workers.map(says));
    const answers = workers.map(says);
    const owner = startWith({ job: 'hold', handle: condition.handle, blocks });
    await says(owner);
    void owner.terminate();
    expect(await Promise.race(answers)).toBe('told');
    await condition.mutex.withLock((guard) => {
      expect(guard.abandoned).toBe(false);
      condition.notifyOne(guard);
    });
    expect((await Promise.all(answers)).sort()).toEqual(['called', 'told']);
  });

  it.each(HOW)('after it was called: another is, %s', async (_how, blocks) => {
    const condition = make();
    const plain = new SharedArrayBuffer(16);
    const job = { job: 'wait', handle: condition.handle, plain, blocks };
    const first = startWith(job);
    await says(first);
    const second = startWith(job);
    await says(second);
    const answer = says(second);
    // It can't come back while the mutex is held here.
    const guard = await condition.mutex.lock();
    condition.notifyOne(guard);
    await first.terminate();
    guard.release();
    expect(await answer).toBe('called');
  });

  it(`at ${KILLS} random instants: no hang`, { timeout: 600_000 }, async () => {
    const condition = make();
    const plain = new SharedArrayBuffer(16);
    const words = new Int32Array(plain);
    const churn = (kill: number) =>
      startWith({ job: 'churn', handle: condition.handle, plain, blocks: kill % 3 !== 0 });
    const workers = [churn(0), churn(1)];
    await Promise.all(workers.map(says));
    for (let kill = 0; kill < KILLS; kill++) {
      const guard = await condition.mutex.lock();
      if (guard.abandoned) guard.repair();
      // Called by one of the two, or told of the death of one that was to call.
      const goal = words[0]! + Math.floor(Math.random() * 5);
      while (words[0]! < goal) {
        await condition.wait(guard);
        if (guard.abandoned) guard.repair();
      }
      guard.release();
      const victim = workers[kill % 2]!;
      void victim.terminate();
      await once(victim, 'exit');
      workers[kill % 2] = churn(kill);
      await says(workers[kill % 2]!);
    }
    await Promise.all(workers.map((worker) => worker.terminate()));
    const guard = await condition.mutex.lock();
    if (guard.abandoned) guard.repair();
    expect(await failure(condition.wait(guard, { timeoutMs: 0 }))).toEqual(coded('SYNC_TIMEOUT'));
    guard.release();
  });
});

describe('a wait', () => {
  it('ends by time-out and signal, and has the mutex again', async () => {
    const condition = make();
    const guard = await condition.mutex.lock();
    const abort = new AbortController();
    const late = failure(condition.wait(guard, { timeoutMs: 1 }));
    expect(guard.isHeld).toBe(false);
    expect(codeOf(() => guard.release())).toBe('SYNC_NOT_HELD');
    expect(await late).toEqual(coded('SYNC_TIMEOUT'));
    expect(guard.isHeld).toBe(true);
    const aborted = failure(condition.wait(guard, { signal: abort.signal }));
    abort.abort(new Error('no more'));
    expect(await aborted).toEqual(new Error('no more'));
    expect(guard.isHeld).toBe(true);
    expect(await failure(condition.wait(guard, { signal: abort.signal }))).toEqual(new Error('no more'));
    guard.release();
    condition.mutex.tryLock()!.release();
  });

  it('that has ended takes no call', async () => {
    const condition = make();
    const guard = await condition.mutex.lock();
    expect(await failure(condition.wait(guard, { timeoutMs: 1 }))).toEqual(coded('SYNC_TIMEOUT'));
    guard.release();
    const called = condition.mutex.withLock((guard) => condition.wait(guard));
    await condition.mutex.withLock((guard) => condition.notifyOne(guard));
    await called;
  });

  it('ends when the mutex is poisoned', async () => {
    const condition = make();
    const same = Condition.from(structuredClone(condition.handle));
    const guards = [await condition.mutex.lock()];
    const waiting = [failure(condition.wait(guards[0]!))];
    guards.push(await same.mutex.lock());
    waiting.push(failure(same.wait(guards[1]!)));
    (await condition.mutex.lock()).poison();
    for (const error of await Promise.all(waiting)) expect(error).toEqual(coded('SYNC_POISONED'));
    for (const guard of guards) expect(guard.isHeld).toBe(false);
  });
});

describe('mistakes', () => {
  it('are told', async () => {
    const condition = make();
    const other = await Mutex.create().lock();
    expect(codeOf(() => condition.notifyOne(other))).toBe('SYNC_ARGUMENT');
    expect(codeOf(() => condition.notifyAll(undefined as never))).toBe('SYNC_ARGUMENT');
    expect(await failure(condition.wait({} as never))).toEqual(coded('SYNC_ARGUMENT'));
    const guard = await condition.mutex.lock();
    expect(codeOf(() => condition.waitSync(guard))).toBe('SYNC_WOULD_BLOCK');
    expect(await failure(condition.wait(guard, { timeoutMs: -1 }))).toEqual(coded('SYNC_ARGUMENT'));
    guard.release();
    expect(codeOf(() => condition.notifyOne(guard))).toBe('SYNC_NOT_HELD');
    expect(await failure(condition.wait(guard))).toEqual(coded('SYNC_NOT_HELD'));
  });

  it('an abandoned guard must be repaired first', async () => {
    const condition = make();
    const owner = startWith({ job: 'hold', handle: condition.handle, blocks: true });
    await says(owner);
    await owner.terminate();
    const guard = await condition.mutex.lock();
    expect(await failure(condition.wait(guard))).toEqual(coded('SYNC_ABANDONED'));
    guard.repair();
    expect(await failure(condition.wait(guard, { timeoutMs: 0 }))).toEqual(coded('SYNC_TIMEOUT'));
    guard.release();
  });

  it.each([
    [() => Condition.create({} as never), 'SYNC_ARGUMENT'],
    [() => Condition.create(Mutex.create(), new Int32Array(Condition.WORDS)), 'SYNC_ARGUMENT'],
    [() => Condition.from({} as never), 'SYNC_HANDLE'],
    [() => Condition.from({ ...make().handle, mutex: Mutex.create().handle }), 'SYNC_HANDLE'],
    [() => Condition.from({ ...make().handle, mutex: undefined as never }), 'SYNC_HANDLE'],
  ])('%s: %s', (call, code) => {
    expect(codeOf(call)).toBe(code);
  });

  it('of a thread that blocks are told', async () => {
    const worker = startWith({ job: 'misuse', handle: make().handle });
    expect(await says(worker)).toEqual(['SYNC_TIMEOUT', true, 'SYNC_NOT_HELD']);
  });
});

it('a program ends when nobody waits any more, and not before', () => {
  const source = `const mutex = Mutex.create();
    const condition = Condition.create(mutex, new Int32Array(new SharedArrayBuffer(4 * Condition.WORDS)));
    later(() => mutex.withLock((guard) => condition.notifyOne(guard)));
    await mutex.withLock((guard) => condition.wait(guard)); console.log('called');`;
  expect(runProgram('Condition, Mutex', source)).toEqual({ status: 0, stdout: 'called\n', stderr: '' });
});
