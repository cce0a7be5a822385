// The other things of processes: what they have in common with a mutex is tested there.
import type { ChildProcess } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import {
  AtomicCounter,
  Barrier,
  coded,
  Condition,
  failure,
  Latch,
  Mutex,
  Once,
  RwLock,
  Semaphore,
} from '../support.ts';
import { across, exits, hears, isMissing, kill, reportMissing, shareWords, startProcess } from './support.ts';

const KILLS = Number(process.env['HEDDLE_SYNC_KILLS'] ?? 4);
const ROUNDS = 200;

reportMissing();

/** Kills one of `children` after the other, each after some more rounds of all, and starts another in its place. */
async function killInTurn(
  words: Int32Array,
  children: ChildProcess[],
  {
    begin,
    before = () => undefined,
    after,
  }: {
    begin: (which: number) => ChildProcess;
    before?: (which: number) => void;
    after: (which: number) => Promise<void>;
  },
): Promise<void> {
  await Promise.all(children.map(hears));
  for (let round = 0; round < KILLS; round++) {
    const which = round % children.length;
    const goal = Atomics.load(words, 2) + Math.floor(Math.random() * 100);
    while (Atomics.load(words, 2) < goal) await new Promise(setImmediate);
    before(which);
    await kill(children[which]!);
    await after(which);
    children[which] = begin(which);
    await hears(children[which]);
  }
  expect(words[1]).toBe(0);
}

describe.skipIf(isMissing)('permits of processes', () => {
  it(`come back from those killed at ${KILLS} random instants`, { timeout: 3_600_000 }, async () => {
    const semaphore = Semaphore.create(2, across);
    const { words, plain } = shareWords(5);
    const begin = (which: number) =>
      startProcess({ semaphore: semaphore.handle, plain }, { job: 'churn shares', bit: 1 << which });
    const before = (which: number) => void Atomics.store(words, 3, 1 << which);
    const after = async (which: number) => {
      // With all of them nobody is inside.
      const all = await semaphore.acquire({ permits: 2 });
      expect(words[4]! & ~(1 << which)).toBe(0);
      Atomics.store(words, 4, 0);
      Atomics.store(words, 3, 0);
      all.release();
    };
    await killInTurn(words, [begin(0), begin(1), begin(2)], { begin, before, after });
  });

  it('go in turn, and are refused as in threads', async () => {
    const semaphore = Semaphore.create(1, across);
    const permit = semaphore.tryAcquire()!;
    expect(semaphore.tryAcquire()).toBeUndefined();
    expect(await failure(semaphore.acquire({ timeoutMs: 1 }))).toEqual(coded('SYNC_TIMEOUT'));
    permit.release();
    expect(() => Semaphore.create(1, { across: 1 } as never)).toThrow(coded('SYNC_ARGUMENT') as Error);
  });
});

describe.skipIf(isMissing)('readers and writers of processes', () => {
  it(`see whole things, also after ${KILLS} were killed`, { timeout: 3_600_000 }, async () => {
    const lock = RwLock.create(across);
    const { words, plain } = shareWords(8);
    const begin = () => startProcess({ lock: lock.handle, plain }, { job: 'churn readers' });
    const after = async () => {
      const guard = await lock.write();
      if (guard.abandoned) {
        words[5] = words[4]!;
        guard.repair();
      } else expect(words[5]).toBe(words[4]);
      guard.release();
    };
    await killInTurn(words, [begin(), begin(), begin()], { begin, after });
  });
});

describe.skipIf(isMissing)('a condition of processes', () => {
  it.each([true, false])('calls back and forth (blocking: %s)', async (blocks) => {
    const condition = Condition.create(Mutex.create(across));
    const { words, plain } = shareWords(1);
    const child = startProcess({ condition: condition.handle, plain }, { job: 'take turns', rounds: ROUNDS, blocks });
    for (let round = 0; round < ROUNDS; round++) {
      const guard = await condition.mutex.lock();
      while (words[0]! % 2 !== 0) await condition.wait(guard);
      words[0]! += 1;
      condition.notifyOne(guard);
      guard.release();
    }
    await exits(child);
    expect(words[0]).toBe(2 * ROUNDS);
  });

  it('wakes who waits when the owner of the mutex is killed', async () => {
    const condition = Condition.create(Mutex.create(across));
    const waiter = startProcess({ condition: condition.handle }, { job: 'wait for a call' });
    await hears(waiter);
    const told = hears(waiter);
    // It has the mutex only when the other waits on the condition.
    const owner = startProcess({ mutex: condition.mutex.handle }, { job: 'hold' });
    await hears(owner);
    owner.kill('SIGKILL');
    expect(await told).toBe('back, abandoned true');
  });
});

describe.skipIf(isMissing)('what is done together by processes', () => {
  const make = (parties: number) => ({
    latch: Latch.create(parties, across),
    barrier: Barrier.create(parties, across),
    once: Once.create(across),
    counter: AtomicCounter.create(across),
  });
  const handles = ({ latch, barrier, once, counter }: ReturnType<typeof make>) => ({
    latch: latch.handle,
    barrier: barrier.handle,
    once: once.handle,
    counter: counter.handle,
  });

  it('is counted, met at, and done once', async () => {
    const things = make(4);
    const order = { job: 'everything', rounds: ROUNDS };
    const children = [true, true, false, false].map((blocks) => startProcess(handles(things), { ...order, blocks }));
    const said = await Promise.all(children.map(hears));
    await things.latch.wait();
    expect(said.filter((isMine) => isMine === true)).toHaveLength(1);
    expect(things.once.isDone).toBe(true);
    // The parts of who has ended are counted still.
    await Promise.all(children.map((child) => (child.exitCode === null ? exits(child) : undefined)));
    expect(things.counter.value()).toBe(BigInt(4 * 2 * ROUNDS + 1));
  });

  it('breaks by the death of one', async () => {
    const { barrier, latch } = make(2);
    const things = { ...make(1), barrier, latch };
    // Alone at a barrier of two it waits for ever.
    const child = startProcess(handles(things), { job: 'everything', rounds: 1, blocks: true, dies: true });
    const waiting = failure(things.latch.wait());
    while (things.counter.value() === 0n) await new Promise(setImmediate);
    const met = failure(barrier.wait().then(() => barrier.wait()));
    await hears(child);
    await kill(child);
    expect(await met).toEqual(coded('SYNC_BROKEN'));
    // It had counted, and kept its promise.
    latch.countDown();
    expect(await waiting).toBe('it did not fail');
  });
});
