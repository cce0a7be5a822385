import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { AtomicCounter, attach, coded, codeOf, failure, Mutex, runProgram, says, start } from '../support.ts';

describe('a guard', () => {
  it('ends once', async () => {
    const mutex = Mutex.create();
    const guard = await mutex.lock();
    expect(guard).toMatchObject({ isHeld: true, abandoned: false });
    expect(codeOf(() => guard.repair())).toBe('SYNC_NOT_ABANDONED');
    guard.release();
    expect(guard.isHeld).toBe(false);
    for (const call of ['release', 'repair', 'poison'] as const)
      expect(codeOf(() => guard[call]())).toBe('SYNC_NOT_HELD');
    guard[Symbol.dispose]();
    const next = mutex.tryLock()!;
    next[Symbol.dispose]();
    expect(next.isHeld).toBe(false);
  });

  it('poisons', async () => {
    const mutex = Mutex.create();
    const guard = await mutex.lock();
    const waiting = [failure(mutex.lock()), failure(mutex.lock())];
    guard.poison();
    for (const error of await Promise.all(waiting)) expect(error).toEqual(coded('SYNC_POISONED'));
    expect(await failure(mutex.lock())).toEqual(coded('SYNC_POISONED'));
    expect(codeOf(() => mutex.tryLock())).toBe('SYNC_POISONED');
    expect(codeOf(() => guard.release())).toBe('SYNC_NOT_HELD');
  });

  it('of an abandoned lock poisons it when it is released without a word', async () => {
    const mutex = Mutex.create();
    const owner = start({ job: 'hold and exit', handle: mutex.handle });
    await once(owner, 'exit');
    await mutex.withLock((guard) => expect(guard.abandoned).toBe(true));
    expect(await failure(mutex.lock())).toEqual(coded('SYNC_POISONED'));
  });
});

describe('requests of one thread', () => {
  it('are served in their order, also over two objects', async () => {
    const mutex = Mutex.create();
    const same = Mutex.from(structuredClone(mutex.handle));
    const order: number[] = [];
    const guard = await mutex.lock();
    expect(same.tryLock()).toBeUndefined();
    const all = [0, 1, 2, 3].map((index) => (index % 2 === 0 ? mutex : same).withLock(() => void order.push(index)));
    guard.release();
    await Promise.all(all);
    expect(order).toEqual([0, 1, 2, 3]);
  });

  it('give what their function gives, and release when it throws', async () => {
    const mutex = Mutex.create();
    expect(await mutex.withLock(async () => 7)).toBe(7);
    const error = new Error('on purpose');
    expect(await failure(mutex.withLock(() => Promise.reject(error)))).toBe(error);
    mutex.tryLock()!.release();
  });

  it('inside of withLock are an error, not a hang', async () => {
    const mutex = Mutex.create();
    const other = Mutex.create();
    const nested = await mutex.withLock(() => other.withLock(() => failure(mutex.lock())));
    expect(nested).toEqual(coded('SYNC_RELOCK'));
    const after = await mutex.withLock(async (guard) => {
      guard.release();
      (await mutex.lock()).release();
      return 'free';
    });
    expect(after).toBe('free');
  });

  it('end by time-out and signal, wherever they stand', async () => {
    const mutex = Mutex.create();
    const guard = await mutex.lock();
    expect(await failure(mutex.lock({ timeoutMs: 0 }))).toEqual(coded('SYNC_TIMEOUT'));
    const abort = new AbortController();
    const aborted = failure(mutex.lock({ signal: abort.signal }));
    const late = failure(mutex.lock({ timeoutMs: 1 }));
    const last = mutex.lock();
    abort.abort(new Error('no more'));
    expect(await aborted).toEqual(new Error('no more'));
    expect(await late).toEqual(coded('SYNC_TIMEOUT'));
    expect(await failure(mutex.lock({ signal: abort.signal }))).toEqual(new Error('no more'));
    guard.release();
    (await last).release();
    mutex.tryLock()!.release();
  });
});

describe('a thread that blocks', () => {
  it('is told of its mistakes', async () => {
    const worker = start({ job: 'misuse', handle: Mutex.create().handle });
    expect(await says(worker)).toEqual({ relock: 'SYNC_RELOCK', again: undefined, timeOut: 'SYNC_RELOCK' });
  });

  it('waits as long as it said', async () => {
    const mutex = Mutex.create();
    const guard = await mutex.lock();
    expect(await says(start({ job: 'time out', handle: mutex.handle }))).toBe('SYNC_TIMEOUT');
    guard.release();
    mutex.tryLock()!.release();
  });

  it('is not the main thread', () => {
    const { stdout } = runProgram(
      'Mutex',
      'try { Mutex.create().lockSync(); } catch (error) { console.log(error.code); }',
    );
    expect(stdout).toBe('SYNC_WOULD_BLOCK\n');
  });
});

describe('arguments', () => {
  it.each([
    [() => Mutex.from({} as never), 'SYNC_HANDLE'],
    [() => Mutex.from(undefined as never), 'SYNC_HANDLE'],
    [() => Mutex.from(structuredClone(Mutex.create()) as never), 'SYNC_HANDLE'],
    [() => Mutex.from(AtomicCounter.create().handle as never), 'SYNC_HANDLE'],
    [() => Mutex.from({ ...Mutex.create().handle, memory: new SharedArrayBuffer(1 << 14) }), 'SYNC_HANDLE'],
    [() => Mutex.from({ ...Mutex.create().handle, byteOffset: 4 }), 'SYNC_HANDLE'],
    [() => Mutex.from({ ...Mutex.create().handle, registry: new SharedArrayBuffer(8) }), 'SYNC_HANDLE'],
    [() => Mutex.create(new Int32Array(Mutex.WORDS)), 'SYNC_ARGUMENT'],
    [() => Mutex.create(new Int32Array(Mutex.create().handle.memory as SharedArrayBuffer)), 'SYNC_ARGUMENT'],
    [() => AtomicCounter.create().add(0.5), 'SYNC_ARGUMENT'],
    [() => attach({} as never), 'SYNC_ARGUMENT'],
  ])('%s: %s', (call, code) => {
    expect(codeOf(call)).toBe(code);
  });

  it.each([{ timeout: 5 }, { timeoutMs: -1 }, { timeoutMs: NaN }, { signal: {} }, 5])('lock(%j)', async (options) => {
    expect(await failure(Mutex.create().lock(options as never))).toEqual(coded('SYNC_ARGUMENT'));
  });

  it('memory of the caller holds a mutex and a counter', async () => {
    const memory = new Int32Array(new SharedArrayBuffer(4 * (8 + Mutex.WORDS + AtomicCounter.WORDS)));
    const mutex = Mutex.create(memory.subarray(4));
    const counter = AtomicCounter.create(memory.subarray(4 + Mutex.WORDS));
    await Mutex.from(mutex.handle).withLock(() => AtomicCounter.from(counter.handle).add(-7));
    expect(counter.value()).toBe(-7n);
  });
});

describe('a program', () => {
  const run = (source: string) => runProgram('attach, Mutex', source);

  it('ends when nobody waits any more, and not before', () => {
    const source = `const mutex = Mutex.create(); const guard = await mutex.lock();
      later(() => guard.release());
      (await mutex.lock()).release(); console.log('had it');`;
    expect(run(source)).toEqual({ status: 0, stdout: 'had it\n', stderr: '' });
  });

  it('attaches workers that it started before its first lock', () => {
    const source = `const worker = new Worker(
        "const { parentPort } = require('node:worker_threads'); parentPort.once('message', async ({ url, handle }) => {" +
        "const { Mutex } = await import(url); Mutex.from(handle).lockSync(); process.exit(); });", { eval: true, execArgv: [] });
      attach(worker); const mutex = Mutex.create();
      worker.postMessage({ url: ${JSON.stringify(new URL('../../dist/bundle/index.js', import.meta.url).href)}, handle: mutex.handle });
      await new Promise((resolve) => worker.once('exit', resolve));
      console.log((await mutex.lock()).abandoned);`;
    expect(run(source)).toEqual({ status: 0, stdout: 'true\n', stderr: '' });
  });
});
