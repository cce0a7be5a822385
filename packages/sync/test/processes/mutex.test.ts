// A mutex of processes: exact, in turn, and never without a word about who died with it.
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { outsides } from '../../src/registry/lives.ts';
import { ownMembership } from '../../src/registry/membership.ts';
import { sharedArray } from '@heddle/core-native';
import { AtomicCounter, codeOf, ends, failure, inherit, Mutex, runProgram, start } from '../support.ts';
import { across, exits, hears, isMissing, kill, reportMissing, shareWords, startProcess } from './support.ts';

const ROUNDS = Number(process.env['HEDDLE_SYNC_ROUNDS'] ?? 5_000);
const KILLS = Number(process.env['HEDDLE_SYNC_KILLS'] ?? 4);

reportMissing();

describe.skipIf(isMissing)('copies of the package in one thread', () => {
  it('wake other processes both, whichever has joined them', () => {
    const guard = Mutex.create(across).tryLock();
    // Of the sources, where the lock is of the build.
    expect(outsides.has(ownMembership('processes').registry)).toBe(true);
    guard!.release();
  });
});

describe.skipIf(isMissing)('four processes', () => {
  it.each([
    ['blocking', true, ROUNDS],
    ['asynchronous', false, ROUNDS / 10],
  ])('keep a plain counter exact, %s', { timeout: 3_600_000 }, async (_how, blocks, rounds) => {
    const mutex = Mutex.create(across);
    const { words, plain } = shareWords(1);
    const children = Array.from({ length: 4 }, () =>
      startProcess({ mutex: mutex.handle, plain }, { job: 'count', rounds, blocks }),
    );
    await Promise.all(children.map(exits));
    expect(words[0]).toBe(4 * rounds);
    const guard = mutex.tryLock();
    expect(guard?.abandoned).toBe(false);
    guard!.release();
  });

  it('and the threads of one, and those of this program, all at once', async () => {
    const rounds = Math.min(ROUNDS, 1_000);
    const mutex = Mutex.create(across);
    const { words, plain } = shareWords(1);
    const things = { mutex: mutex.handle, plain };
    const child = startProcess(things, { job: 'workers', rounds });
    const told = hears(child);
    const worker = start({ handle: mutex.handle, plain, rounds }, { execArgv: [] }, 'process-worker.mjs');
    const other = startProcess(things, { job: 'count', rounds, blocks: true });
    for (let round = 0; round < rounds; round++) await mutex.withLock(() => void (words[0]! += 1));
    await Promise.all([exits(other), ends(worker)]);
    // With its workers gone, its main thread may block.
    expect(await told).toBe('nothing');
    await once(child, 'exit');
    expect(words[0]).toBe(6 * rounds);
    // It ended with the lock.
    const guard = await mutex.lock();
    expect(guard.abandoned).toBe(true);
    guard.repair();
    guard.release();
  });
});

describe.skipIf(isMissing)('an owner process that ends', () => {
  it.each(['exit', 'throw', 'abort', 'run out of memory', 'SIGKILL', 'SIGTERM'])(
    '%s: the next one is told',
    async (how) => {
      const mutex = Mutex.create(across);
      const child = startProcess({ mutex: mutex.handle }, { job: 'hold', how }, ['--max-old-space-size=32']);
      const exit = once(child, 'exit');
      await hears(child);
      // In line before the death, but for those that come too soon.
      const waiting = mutex.lock();
      if (how.startsWith('SIG')) child.kill(how as 'SIGKILL');
      await exit;
      const guard = await waiting;
      expect(guard.abandoned).toBe(true);
      guard.repair();
      guard.release();
    },
  );

  it('leaves it to who waits in another process, blocking or not', async () => {
    for (const blocks of [true, false]) {
      const mutex = Mutex.create(across);
      const owner = startProcess({ mutex: mutex.handle }, { job: 'hold' });
      await hears(owner);
      const waiter = startProcess({ mutex: mutex.handle }, { job: 'wait', blocks });
      await hears(waiter);
      const told = hears(waiter);
      owner.kill('SIGKILL');
      expect(await told).toBe('held, abandoned true');
      await kill(waiter);
      const guard = await mutex.lock();
      expect(guard.abandoned).toBe(true);
      guard.poison();
    }
  });

  it('is found by who only tries, too', async () => {
    const mutex = Mutex.create(across);
    const owner = startProcess({ mutex: mutex.handle }, { job: 'hold' });
    await hears(owner);
    expect(mutex.tryLock()).toBeUndefined();
    await kill(owner);
    let guard = mutex.tryLock();
    while (guard === undefined) {
      await new Promise(setImmediate);
      guard = mutex.tryLock();
    }
    expect(guard.abandoned).toBe(true);
    guard.poison();
  });

  it('in a thread of it: its process lives on and says so, or ends', async () => {
    const mutex = Mutex.create(across);
    const owner = startProcess({ mutex: mutex.handle }, { job: 'a worker holds' });
    expect(await hears(owner)).toBe('held');
    const waiting = mutex.lock();
    await kill(owner);
    const guard = await waiting;
    expect(guard.abandoned).toBe(true);
    guard.poison();
  });

  it('while it waits in line holds up nobody', async () => {
    for (const blocks of [true, false]) {
      const mutex = Mutex.create(across);
      const guard = await mutex.lock();
      const waiter = startProcess({ mutex: mutex.handle }, { job: 'wait', blocks });
      await hears(waiter);
      const mine = mutex.lock();
      await kill(waiter);
      guard.release();
      const next = await mine;
      expect(next.abandoned).toBe(false);
      next.release();
    }
  });

  it(`at ${KILLS} random instants: no hang, and never without a word`, { timeout: 3_600_000 }, async () => {
    const mutex = Mutex.create(across);
    const { words, plain } = shareWords(4);
    const churn = (which: number) =>
      startProcess({ mutex: mutex.handle, plain }, { job: 'churn', blocks: which % 2 === 0 });
    const children = [churn(0), churn(1)];
    await Promise.all(children.map(hears));
    let abandoned = 0;
    for (let round = 0; round < KILLS; round++) {
      const victim = round % 2;
      // An instant like any other: after some more rounds of both.
      const goal = Atomics.load(words, 2) + Math.floor(Math.random() * 100);
      while (Atomics.load(words, 2) < goal) await new Promise(setImmediate);
      await kill(children[victim]!);
      const guard = await mutex.lock();
      if (guard.abandoned) {
        abandoned++;
        guard.repair();
      } else expect(words[0]).toBe(0);
      words[0] = 0;
      guard.release();
      children[victim] = churn(round);
      await hears(children[victim]!);
    }
    expect(words[1]).toBe(0);
    expect(abandoned).toBeLessThanOrEqual(KILLS);
  });
});

describe.skipIf(isMissing)('a mutex of processes', () => {
  it('is refused where it means nothing', async () => {
    const mutex = Mutex.create(across);
    const { handle } = mutex;
    const refused = expect.objectContaining({ code: 'SYNC_HANDLE' });
    const open = (changed: object) => () => Mutex.from({ ...handle, ...changed } as never);
    expect(open({ memory: { fd: 1 << 20, file: 7 } })).toThrow(refused);
    expect(open({ memory: { ...(handle.memory as object), file: 7 } })).toThrow(refused);
    expect(open({ memory: handle.registry })).toThrow(refused);
    expect(open({ registry: handle.memory })).toThrow(refused);
    expect(open({ byteOffset: 4096 * 16 })).toThrow(refused);
    expect(open({ type: 'heddle-once' })).toThrow(refused);
    expect(() => Mutex.create({ across: 'machines' } as never)).toThrow(
      expect.objectContaining({ code: 'SYNC_ARGUMENT' }),
    );
    expect(() => Mutex.create({ accros: 'processes' } as never)).toThrow(
      expect.objectContaining({ code: 'SYNC_ARGUMENT' }),
    );
    expect(() => AtomicCounter.from(handle as never)).toThrow(refused);
    // Told to another process without its memory, or made for threads.
    for (const bad of [handle, JSON.parse(JSON.stringify(Mutex.create().handle)) as object]) {
      const child = startProcess({}, { job: 'open', mutex: bad });
      expect(await hears(child)).toBe('SYNC_HANDLE');
      await exits(child);
    }
  });

  it('lies in memory of the caller, too', async () => {
    const memory = sharedArray(Int32Array, 4 + Mutex.WORDS, across);
    const mutex = Mutex.create(memory.subarray(4));
    const { words, plain } = shareWords(1);
    const child = startProcess({ mutex: mutex.handle, plain }, { job: 'count', rounds: 100, blocks: true });
    for (let round = 0; round < 100; round++) await mutex.withLock(() => void (words[0]! += 1));
    await exits(child);
    expect(words[0]).toBe(200);
    expect(memory.subarray(0, 4).every((word) => word === 0)).toBe(true);
    expect(codeOf(() => Mutex.create(memory))).toBe('SYNC_ARGUMENT');
  });

  it('is inherited by what was made for it alone', () => {
    expect(codeOf(() => inherit({ lock: Mutex.create().handle }, 4))).toBe('SYNC_HANDLE');
    expect(codeOf(() => inherit({ lock: Mutex.create(across).handle }, 2))).toBe('SYNC_ARGUMENT');
    expect(codeOf(() => inherit(undefined as never, 4))).toBe('SYNC_ARGUMENT');
    const [one, other] = [Mutex.create(across), Mutex.create(across)];
    const { handles, descriptors } = inherit([one.handle, { deep: other.handle }], 7);
    // Two memories and one registry.
    expect(descriptors).toHaveLength(3);
    expect(JSON.stringify(handles)).toContain('"fd":9');
  });

  it('does not block the thread that others rely on, and is not made where nobody watches', () => {
    expect(codeOf(() => Mutex.create(across).lockSync())).toBe('SYNC_WOULD_BLOCK');
    const { stdout } = runProgram(
      'Mutex',
      `const url = ${JSON.stringify(new URL('../../dist/bundle/index.js', import.meta.url))};
      new Worker('import(' + JSON.stringify(url) + ').then(({ Mutex }) => Mutex.create({ across: "processes" }))' +
        '.catch((error) => console.log(error.code))', { eval: true });`,
    );
    expect(stdout).toBe('SYNC_NOT_ATTACHED\n');
  });

  it('has a name among the processes that have joined, which another of threads is not', async () => {
    const { words, plain } = shareWords(1);
    const guard = Mutex.open('count', across).tryLock()!;
    Mutex.open('count').tryLock()!.release();
    const things = { mutex: Mutex.create(across).handle, plain };
    const children = [0, 1].map(() => startProcess(things, { job: 'count by name', name: 'count', rounds: 500 }));
    guard.release();
    await Promise.all(children.map(exits));
    expect(words[0]).toBe(1_000);
  });

  it('is the same one however often it is opened', async () => {
    const mutex = Mutex.create(across);
    const guard = await mutex.lock();
    expect(Mutex.from(structuredClone(mutex.handle)).tryLock()).toBeUndefined();
    expect(await failure(mutex.lock({ timeoutMs: 1 }))).toMatchObject({ code: 'SYNC_TIMEOUT' });
    guard.release();
  });
});
