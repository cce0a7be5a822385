import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { coded, codeOf, ends, failure, Latch, runProgram, says, start } from '../support.ts';

const startWith = (workerData: object) => start(workerData, {}, 'meeting.mjs');

describe('threads', () => {
  it.each([
    ['blocking', true],
    ['asynchronous', false],
  ])('wait until all has been counted, %s', async (_how, blocks) => {
    const latch = Latch.create(3);
    const waiters = [0, 1].map(() => startWith({ job: 'latch: wait', handle: latch.handle, blocks }));
    await Promise.all(waiters.map(says));
    const answers = waiters.map(says);
    const mine = latch.wait();
    await Promise.all([0, 1].map(() => ends(startWith({ job: 'latch: count', handle: latch.handle }))));
    expect(latch.count).toBe(1);
    latch.countDown();
    await mine;
    expect(await Promise.all(answers)).toEqual(['nothing', 'nothing']);
    // Open for ever.
    latch.countDown(5);
    await latch.wait({ timeoutMs: 0 });
    expect(latch.count).toBe(0);
  });
});

describe('a promise', () => {
  it('that a dead thread has not kept breaks the latch, for all', async () => {
    const latch = Latch.create(1);
    const waiter = startWith({ job: 'latch: wait', handle: latch.handle, blocks: true });
    await says(waiter);
    const answer = says(waiter);
    const mine = failure(latch.wait());
    const promiser = startWith({ job: 'latch: promise', handle: latch.handle });
    await says(promiser);
    void promiser.terminate();
    expect(await mine).toEqual(coded('SYNC_BROKEN'));
    expect(await answer).toBe('SYNC_BROKEN');
    latch.countDown();
    expect(await failure(latch.wait())).toEqual(coded('SYNC_BROKEN'));
  });

  it('is given for a worker that has not begun, too', async () => {
    const latch = Latch.create(1);
    const worker = startWith({ job: 'nothing', handle: latch.handle });
    latch.promise(worker);
    void worker.terminate();
    expect(await failure(latch.wait())).toEqual(coded('SYNC_BROKEN'));
    expect(codeOf(() => latch.promise(worker))).toBe('SYNC_ARGUMENT');
  });

  it('is kept by counting', async () => {
    const latch = Latch.create(2);
    const worker = startWith({ job: 'latch: count', handle: latch.handle });
    latch.promise(worker);
    await once(worker, 'exit');
    latch.promise();
    latch.countDown();
    await latch.wait();
  });
});

describe('a wait', () => {
  it('ends by time-out and signal', async () => {
    const latch = Latch.create(1);
    const abort = new AbortController();
    const aborted = failure(latch.wait({ signal: abort.signal }));
    expect(await failure(latch.wait({ timeoutMs: 1 }))).toEqual(coded('SYNC_TIMEOUT'));
    abort.abort(new Error('no more'));
    expect(await aborted).toEqual(new Error('no more'));
    expect(await failure(latch.wait({ signal: abort.signal }))).toEqual(new Error('no more'));
    expect(await says(startWith({ job: 'latch: time out', handle: latch.handle }))).toBe('SYNC_TIMEOUT');
  });
});

it.each([
  [() => Latch.create(0), 'SYNC_ARGUMENT'],
  [() => Latch.create(1).countDown(-1), 'SYNC_ARGUMENT'],
  [() => Latch.create(1).waitSync(), 'SYNC_WOULD_BLOCK'],
  [() => Latch.create(1).promise({} as never), 'SYNC_ARGUMENT'],
  [() => Latch.create(1, new Int32Array(Latch.WORDS)), 'SYNC_ARGUMENT'],
  [() => Latch.from({} as never), 'SYNC_HANDLE'],
])('%s: %s', (call, code) => {
  expect(codeOf(call)).toBe(code);
});

it('a program ends when nobody waits any more, and not before', () => {
  const source = `const latch = Latch.create(1, new Int32Array(new SharedArrayBuffer(4 * Latch.WORDS)));
    later(() => latch.countDown());
    await latch.wait(); console.log('open');`;
  expect(runProgram('Latch', source)).toEqual({ status: 0, stdout: 'open\n', stderr: '' });
});
