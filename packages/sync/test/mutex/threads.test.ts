import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { AtomicCounter, ends, Mutex, says, start } from '../support.ts';

const ROUNDS = Number(process.env['HEDDLE_SYNC_ROUNDS'] ?? 20_000);
const KILLS = Number(process.env['HEDDLE_SYNC_KILLS'] ?? 4);

describe('four workers', () => {
  it.each([
    ['blocking', true, ROUNDS],
    ['asynchronous', false, ROUNDS / 10],
  ])('keep a plain counter exact, %s', { timeout: 3_600_000 }, async (_how, blocks, rounds) => {
    const mutex = Mutex.create();
    const plain = new SharedArrayBuffer(4);
    const workers = Array.from({ length: 4 }, () =>
      start({ job: 'count', handle: mutex.handle, plain, rounds, blocks }),
    );
    await Promise.all(workers.map(ends));
    expect(new Int32Array(plain)[0]).toBe(4 * rounds);
  });

  it('add to a counter, none lost', async () => {
    const sum = AtomicCounter.create();
    sum.add(5);
    const workers = Array.from({ length: 4 }, () => start({ job: 'add', counter: sum.handle, rounds: 100_000 }));
    await Promise.all(workers.map(ends));
    expect(sum.value()).toBe(5n + 4n * 100_000n);
  });
});

describe('an owner that ends', () => {
  it.each([
    ['is terminated', 'hold'],
    ['exits', 'hold and exit'],
    ['throws', 'hold and throw'],
    ['runs out of memory', 'hold and run out of memory'],
  ])('%s: the next one is told', async (_how, job) => {
    const mutex = Mutex.create();
    const worker = start({ job, handle: mutex.handle }, { resourceLimits: { maxOldGenerationSizeMb: 16 } });
    worker.on('error', () => {});
    const exit = new Promise((resolve) => worker.once('exit', resolve));
    let waiting;
    if (job === 'hold') {
      await says(worker);
      // In line before the death.
      waiting = mutex.lock();
      void worker.terminate();
    } else await exit;
    const guard = await (waiting ?? mutex.lock());
    expect(guard.abandoned).toBe(true);
    guard.repair();
    guard.release();
    const next = mutex.tryLock();
    expect(next?.abandoned).toBe(false);
    next!.release();
  });

  it('leaves it to who waits: others wait on, and all get it in their order', async () => {
    const mutex = Mutex.create();
    const owner = start({ job: 'hold', handle: mutex.handle });
    await says(owner);
    const waiter = start({ job: 'wait', handle: mutex.handle, blocks: true });
    await says(waiter);
    const order: string[] = [];
    const takeTurn = async () => {
      const guard = await mutex.lock();
      order.push(`main ${guard.abandoned}`);
      if (guard.abandoned) guard.repair();
      guard.release();
    };
    const first = takeTurn();
    const held = says(waiter);
    void owner.terminate();
    await Promise.all([first, held, once(waiter, 'exit')]);
    // The waiter ended without releasing, so whoever comes now is told; it may have been before main or after.
    const guard = await mutex.lock();
    expect(guard.abandoned || order[0] === 'main true').toBe(true);
    guard.poison();
  });

  it('that waits in line holds up nobody', async () => {
    for (const blocks of [true, false]) {
      const mutex = Mutex.create();
      const guard = await mutex.lock();
      const waiter = start({ job: 'wait', handle: mutex.handle, blocks });
      await says(waiter);
      const mine = mutex.lock();
      await waiter.terminate();
      guard.release();
      const next = await mine;
      expect(next.abandoned).toBe(false);
      next.release();
    }
  });

  it(`at ${KILLS} random instants: no hang, and never without a word`, { timeout: 3_600_000 }, async () => {
    const mutex = Mutex.create();
    const plain = new SharedArrayBuffer(16);
    const words = new Int32Array(plain);
    const churn = () => start({ job: 'churn', handle: mutex.handle, plain });
    const workers = [churn(), churn()];
    await Promise.all(workers.map(says));
    let abandoned = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const victim = workers[kill % 2]!;
      // An instant like any other: after some more rounds of both.
      const goal = Atomics.load(words, 2) + Math.floor(Math.random() * 100);
      while (Atomics.load(words, 2) < goal) await new Promise(setImmediate);
      void victim.terminate();
      await once(victim, 'exit');
      const guard = await mutex.lock();
      if (guard.abandoned) {
        abandoned++;
        guard.repair();
      } else expect(words[0]).toBe(0);
      words[0] = 0;
      guard.release();
      workers[kill % 2] = churn();
      await says(workers[kill % 2]!);
    }
    expect(words[1]).toBe(0);
    expect(abandoned).toBeLessThanOrEqual(KILLS);
  });
});
