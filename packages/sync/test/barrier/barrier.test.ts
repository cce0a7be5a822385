import { describe, expect, it } from 'vitest';
import { Barrier, coded, codeOf, ends, failure, runProgram, says, start } from '../support.ts';

const ROUNDS = Number(process.env['HEDDLE_SYNC_ROUNDS'] ?? 500);

const startWith = (workerData: object) => start(workerData, {}, 'meeting.mjs');

describe('four workers', () => {
  it.each([
    ['blocking', true, ROUNDS],
    ['asynchronous', false, ROUNDS / 2],
  ])('nobody is ahead of the others, %s', { timeout: 600_000 }, async (_how, blocks, rounds) => {
    const barrier = Barrier.create(4);
    const plain = new SharedArrayBuffer(64);
    const job = { job: 'barrier: rounds', handle: barrier.handle, plain, rounds, blocks };
    const workers = [0, 1, 2, 3].map((own) => {
      const worker = startWith({ ...job, own });
      barrier.join(worker);
      return worker;
    });
    expect(codeOf(() => barrier.join())).toBe('SYNC_FULL');
    await Promise.all(workers.map(ends));
    expect([...new Int32Array(plain)].slice(0, 9)).toEqual([rounds, rounds, rounds, rounds, 0, 0, 0, 0, 0]);
  });
});

describe('a party that ends', () => {
  it.each([
    ['blocking', true],
    ['asynchronous', false],
  ])('breaks the barrier for all who wait, and who come later, %s', async (_how, blocks) => {
    const barrier = Barrier.create(3);
    const dead = startWith({ job: 'barrier: join', handle: barrier.handle });
    await says(dead);
    const waiter = startWith({ job: 'barrier: wait', handle: barrier.handle, blocks });
    await says(waiter);
    const answer = says(waiter);
    const mine = failure(barrier.wait());
    void dead.terminate();
    expect(await mine).toEqual(coded('SYNC_BROKEN'));
    expect(await answer).toBe('SYNC_BROKEN');
    expect(await failure(barrier.wait())).toEqual(coded('SYNC_BROKEN'));
  });

  it('before it has opened the barrier is noticed when it was let join', async () => {
    const barrier = Barrier.create(2);
    const worker = startWith({ job: 'nothing', handle: barrier.handle });
    barrier.join(worker);
    const mine = failure(barrier.wait());
    void worker.terminate();
    expect(await mine).toEqual(coded('SYNC_BROKEN'));
  });

  it('after the last round spoils nothing', async () => {
    const barrier = Barrier.create(2);
    const worker = startWith({ job: 'barrier: wait', handle: barrier.handle, blocks: true });
    await says(worker);
    const answer = says(worker);
    const end = ends(worker);
    await barrier.wait();
    expect(await answer).toBe('nothing');
    await end;
    expect(await failure(barrier.wait())).toEqual(coded('SYNC_BROKEN'));
  });

  it('or says that it cannot go on: the same', async () => {
    const barrier = Barrier.create(2);
    const mine = failure(barrier.wait());
    Barrier.from(structuredClone(barrier.handle)).break();
    expect(await mine).toEqual(coded('SYNC_BROKEN'));
  });
});

describe('a wait', () => {
  it('that times out or is aborted takes the arrival back', async () => {
    const barrier = Barrier.create(2);
    const abort = new AbortController();
    expect(await failure(barrier.wait({ timeoutMs: 1 }))).toEqual(coded('SYNC_TIMEOUT'));
    const aborted = failure(barrier.wait({ signal: abort.signal }));
    abort.abort(new Error('no more'));
    expect(await aborted).toEqual(new Error('no more'));
    expect(await failure(barrier.wait({ signal: abort.signal }))).toEqual(new Error('no more'));
    expect(await says(startWith({ job: 'barrier: time out', handle: barrier.handle }))).toBe('SYNC_TIMEOUT');
  });

  it('of a thread that waits there already is an error', async () => {
    const barrier = Barrier.create(2);
    const first = failure(barrier.wait());
    expect(await failure(Barrier.from(barrier.handle).wait())).toEqual(coded('SYNC_RELOCK'));
    barrier.break();
    expect(await first).toEqual(coded('SYNC_BROKEN'));
  });
});

it.each([
  [() => Barrier.create(0), 'SYNC_ARGUMENT'],
  [() => Barrier.create(257), 'SYNC_ARGUMENT'],
  [() => Barrier.create(1).waitSync(), 'SYNC_WOULD_BLOCK'],
  [() => Barrier.create(1).join({} as never), 'SYNC_ARGUMENT'],
  [() => Barrier.create(1, new Int32Array(Barrier.WORDS)), 'SYNC_ARGUMENT'],
  [() => Barrier.from({} as never), 'SYNC_HANDLE'],
])('%s: %s', (call, code) => {
  expect(codeOf(call)).toBe(code);
});

it('a program ends when nobody waits any more, and not before', () => {
  const source = `const barrier = Barrier.create(2, new Int32Array(new SharedArrayBuffer(4 * Barrier.WORDS)));
    later(() => barrier.break());
    try { await barrier.wait(); } catch (error) { console.log(error.code); }`;
  expect(runProgram('Barrier', source)).toEqual({ status: 0, stdout: 'SYNC_BROKEN\n', stderr: '' });
});
