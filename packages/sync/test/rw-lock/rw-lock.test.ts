import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { coded, codeOf, ends, failure, runProgram, RwLock, says, start, until } from '../support.ts';

const ROUNDS = Number(process.env['HEDDLE_SYNC_ROUNDS'] ?? 10_000);
const KILLS = Number(process.env['HEDDLE_SYNC_KILLS'] ?? 4);

const startWith = (workerData: object) => start(workerData, {}, 'rw-lock.mjs');
type Lock = ReturnType<typeof RwLock.create>;
/** Somebody who wants to write stands in line: readers that come now don't get in. */
const writerWaits = (lock: Lock) =>
  until(() => {
    const guard = lock.tryRead();
    guard?.release();
    return guard === undefined;
  });
const checkFree = (lock: Lock) => lock.tryWrite()!.release();

describe('two writers and two readers', () => {
  it.each([
    ['blocking', true, ROUNDS],
    ['asynchronous', false, ROUNDS / 10],
  ])('no reader sees half of a change, no change is lost, %s', { timeout: 600_000 }, async (_how, blocks, rounds) => {
    const lock = RwLock.create();
    const plain = new SharedArrayBuffer(16);
    const jobs = ['write', 'read', 'write', 'read'];
    await Promise.all(jobs.map((job) => ends(startWith({ job, handle: lock.handle, plain, rounds, blocks }))));
    expect([...new Int32Array(plain)]).toEqual([2 * rounds, 2 * rounds, 0, 0]);
    checkFree(lock);
  });
});

describe('readers', () => {
  it('have it at the same time, and a writer only alone', async () => {
    const lock = RwLock.create();
    const reader = startWith({ job: 'hold read', handle: lock.handle });
    await says(reader);
    const [mine, more] = [await lock.read(), lock.tryRead()!];
    expect(mine).toMatchObject({ isHeld: true, abandoned: false });
    expect(lock.tryWrite()).toBeUndefined();
    mine.release();
    more.release();
    expect(lock.tryWrite()).toBeUndefined();
    await reader.terminate();
    const writer = await lock.write();
    expect(writer.abandoned).toBe(false);
    expect(lock.tryRead()).toBeUndefined();
    writer.release();
    checkFree(lock);
  });

  it('that come after a writer wait for it', async () => {
    const lock = RwLock.create();
    const first = await lock.read();
    const plain = new SharedArrayBuffer(16);
    const writer = startWith({ job: 'wait write', handle: lock.handle, plain, blocks: true });
    const end = once(writer, 'exit');
    await says(writer);
    await writerWaits(lock);
    const later = lock.withRead(() => new Int32Array(plain)[0]);
    first.release();
    expect(await later).toBe(1);
    await end;
    checkFree(lock);
  });
});

describe('a thread that ends', () => {
  it('while it writes: readers and the next writer are told until it is repaired', async () => {
    const lock = RwLock.create();
    const writer = startWith({ job: 'hold write', handle: lock.handle });
    await says(writer);
    const reading = lock.read();
    void writer.terminate();
    const reader = await reading;
    expect(reader.abandoned).toBe(true);
    reader.release();
    await lock.withRead((guard) => expect(guard.abandoned).toBe(true));
    const guard = await lock.write();
    expect(guard.abandoned).toBe(true);
    guard.repair();
    expect(codeOf(() => guard.repair())).toBe('SYNC_NOT_ABANDONED');
    guard.release();
    await lock.withRead((guard) => expect(guard.abandoned).toBe(false));
    checkFree(lock);
  });

  it('while it writes: who does not repair poisons', async () => {
    const lock = RwLock.create();
    const writer = startWith({ job: 'hold write', handle: lock.handle });
    await says(writer);
    await writer.terminate();
    const guard = await lock.write();
    const waiting = [failure(lock.read()), failure(lock.write())];
    guard.release();
    for (const error of await Promise.all(waiting)) expect(error).toEqual(coded('SYNC_POISONED'));
    expect(codeOf(() => lock.tryRead())).toBe('SYNC_POISONED');
    expect(await failure(lock.write())).toEqual(coded('SYNC_POISONED'));
  });

  it('in line to write holds up no reader', async () => {
    for (const blocks of [true, false]) {
      const lock = RwLock.create();
      const first = await lock.read();
      const writer = startWith({ job: 'wait write', handle: lock.handle, blocks });
      await says(writer);
      await writerWaits(lock);
      const second = lock.read();
      await writer.terminate();
      (await second).release();
      first.release();
      checkFree(lock);
    }
  });

  it(`at ${KILLS} random instants: no hang, and never without a word`, { timeout: 600_000 }, async () => {
    const lock = RwLock.create();
    const plain = new SharedArrayBuffer(20);
    const words = new Int32Array(plain);
    const churn = () => startWith({ job: 'churn', handle: lock.handle, plain });
    const workers = [churn(), churn()];
    await Promise.all(workers.map(says));
    for (let kill = 0; kill < KILLS; kill++) {
      const goal = Atomics.load(words, 3) + Math.floor(Math.random() * 100);
      await until(() => Atomics.load(words, 3) >= goal);
      const victim = workers[kill % 2]!;
      void victim.terminate();
      await once(victim, 'exit');
      await lock.withRead((guard) => {
        if (!guard.abandoned) expect(words[0]).toBe(words[1]);
      });
      workers[kill % 2] = churn();
      await says(workers[kill % 2]!);
    }
    await Promise.all(workers.map((worker) => worker.terminate()));
    expect(words[2]).toBe(0);
    const guard = await lock.write();
    if (guard.abandoned) guard.repair();
    guard.release();
    checkFree(lock);
  });
});

describe('requests of one thread', () => {
  it('are served in their order, over two objects, readers together', async () => {
    const lock = RwLock.create();
    const same = RwLock.from(structuredClone(lock.handle));
    const order: string[] = [];
    const first = await lock.write();
    let leave!: () => void;
    const stay = new Promise<void>((resolve) => (leave = resolve));
    const reader = async (by: Lock, name: string) =>
      by.withRead(async () => {
        order.push(name);
        if (order.length === 2) leave();
        await stay;
      });
    const all = [
      reader(lock, 'reader'),
      reader(same, 'reader'),
      same.withWrite(() => void order.push('writer')),
      lock.withRead(() => void order.push('last')),
    ];
    first.release();
    await Promise.all(all);
    expect(order).toEqual(['reader', 'reader', 'writer', 'last']);
    checkFree(lock);
  });

  it('end by time-out and signal, and let those behind them pass', async () => {
    const lock = RwLock.create();
    const reader = await lock.read();
    expect(await failure(lock.write({ timeoutMs: 0 }))).toEqual(coded('SYNC_TIMEOUT'));
    const abort = new AbortController();
    const aborted = failure(lock.write({ signal: abort.signal }));
    const late = failure(lock.write({ timeoutMs: 1 }));
    const last = lock.read();
    abort.abort(new Error('no more'));
    expect(await aborted).toEqual(new Error('no more'));
    expect(await late).toEqual(coded('SYNC_TIMEOUT'));
    expect(await failure(lock.read({ signal: abort.signal }))).toEqual(new Error('no more'));
    (await last).release();
    reader.release();
    checkFree(lock);
  });

  it('inside of withRead and withWrite are an error, not a hang', async () => {
    const lock = RwLock.create();
    const nested = await lock.withRead(() => Promise.all([failure(lock.read()), failure(lock.write())]));
    expect(nested).toEqual([coded('SYNC_RELOCK'), coded('SYNC_RELOCK')]);
    expect(await lock.withWrite(() => failure(lock.read()))).toEqual(coded('SYNC_RELOCK'));
    const error = new Error('on purpose');
    expect(await failure(lock.withWrite(() => Promise.reject(error)))).toBe(error);
    checkFree(lock);
  });
});

describe('mistakes', () => {
  it('a guard ends once', async () => {
    const lock = RwLock.create();
    const reader = await lock.read();
    reader.release();
    expect(reader.isHeld).toBe(false);
    expect(codeOf(() => reader.release())).toBe('SYNC_NOT_HELD');
    reader[Symbol.dispose]();
    const writer = await lock.write();
    expect(codeOf(() => writer.repair())).toBe('SYNC_NOT_ABANDONED');
    writer.release();
    expect(codeOf(() => writer.poison())).toBe('SYNC_NOT_HELD');
    checkFree(lock);
  });

  it.each([
    [() => RwLock.create(new Int32Array(RwLock.WORDS)), 'SYNC_ARGUMENT'],
    [() => RwLock.create().readSync(), 'SYNC_WOULD_BLOCK'],
    [() => RwLock.create().writeSync(), 'SYNC_WOULD_BLOCK'],
    [() => RwLock.create().writeSync({ timeoutMs: NaN }), 'SYNC_ARGUMENT'],
    [() => RwLock.from({} as never), 'SYNC_HANDLE'],
  ])('%s: %s', (call, code) => {
    expect(codeOf(call)).toBe(code);
  });

  it('of a thread that blocks are told', async () => {
    const worker = startWith({ job: 'misuse', handle: RwLock.create().handle });
    expect(await says(worker)).toEqual(['SYNC_RELOCK', 'SYNC_RELOCK', 'SYNC_RELOCK']);
  });

  it('a thread that blocks waits as long as it said', async () => {
    const lock = RwLock.create();
    const reader = await lock.read();
    expect(await says(startWith({ job: 'time out', handle: lock.handle }))).toEqual(['SYNC_TIMEOUT', 'nothing']);
    reader.release();
    checkFree(lock);
  });
});

it('a program ends when nobody waits any more, and not before', () => {
  const source = `const lock = RwLock.create(new Int32Array(new SharedArrayBuffer(4 * RwLock.WORDS)));
    const writer = await lock.write();
    later(() => writer.release());
    (await lock.read()).release(); console.log('had it');`;
  expect(runProgram('RwLock', source)).toEqual({ status: 0, stdout: 'had it\n', stderr: '' });
});
