import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { coded, codeOf, ends, failure, runProgram, says, Semaphore, start, until } from '../support.ts';

const ROUNDS = Number(process.env['HEDDLE_SYNC_ROUNDS'] ?? 10_000);
const KILLS = Number(process.env['HEDDLE_SYNC_KILLS'] ?? 4);

const startWith = (workerData: object) => start(workerData, {}, 'semaphore.mjs');
/** All permits are free: nobody has kept one. */
const checkWhole = (semaphore: ReturnType<typeof Semaphore.create>) =>
  semaphore.tryAcquire({ permits: semaphore.permits })!.release();

describe('four workers', () => {
  it.each([
    ['blocking', true, ROUNDS],
    ['asynchronous', false, ROUNDS / 10],
  ])('never have more permits than there are, %s', { timeout: 600_000 }, async (_how, blocks, rounds) => {
    const semaphore = Semaphore.create(3);
    const plain = new SharedArrayBuffer(16);
    const job = { job: 'count', handle: semaphore.handle, plain, rounds, blocks };
    await Promise.all(Array.from({ length: 4 }, () => ends(startWith(job))));
    const [held, most, done] = new Int32Array(plain);
    expect({ held, done }).toEqual({ held: 0, done: 4 * rounds });
    expect(most).toBeLessThanOrEqual(3);
    checkWhole(semaphore);
  });
});

describe('a holder that ends', () => {
  it('gives its permits back, to who waited before the death and to who comes after', async () => {
    const semaphore = Semaphore.create(3);
    const holder = startWith({ job: 'hold', handle: semaphore.handle, permits: 2 });
    await says(holder);
    const waiting = semaphore.acquire({ permits: 3 });
    void holder.terminate();
    (await waiting).release();
    await once(startWith({ job: 'wait', handle: semaphore.handle, permits: 3, blocks: true }), 'exit');
    checkWhole(semaphore);
  });

  it('in line holds up nobody', async () => {
    for (const blocks of [true, false]) {
      const semaphore = Semaphore.create(2);
      const permit = await semaphore.acquire();
      // It wants both, so who comes after it waits, until it has ended.
      const waiter = startWith({ job: 'wait', handle: semaphore.handle, permits: 2, blocks });
      await says(waiter);
      await until(() => {
        const other = semaphore.tryAcquire();
        other?.release();
        return other === undefined;
      });
      const mine = semaphore.acquire();
      await waiter.terminate();
      (await mine).release();
      permit.release();
      checkWhole(semaphore);
    }
  });

  it(`at ${KILLS} random instants: no permit is lost, nobody hangs`, { timeout: 600_000 }, async () => {
    const semaphore = Semaphore.create(2);
    const plain = new SharedArrayBuffer(4);
    const rounds = new Int32Array(plain);
    const churn = () => startWith({ job: 'churn', handle: semaphore.handle, plain });
    const workers = [churn(), churn()];
    await Promise.all(workers.map(says));
    for (let kill = 0; kill < KILLS; kill++) {
      const goal = Atomics.load(rounds, 0) + Math.floor(Math.random() * 100);
      await until(() => Atomics.load(rounds, 0) >= goal);
      const victim = workers[kill % 2]!;
      void victim.terminate();
      await once(victim, 'exit');
      (await semaphore.acquire({ permits: 2 })).release();
      workers[kill % 2] = churn();
      await says(workers[kill % 2]!);
    }
    await Promise.all(workers.map((worker) => worker.terminate()));
    (await semaphore.acquire({ permits: 2 })).release();
    checkWhole(semaphore);
  });
});

describe('requests of one thread', () => {
  it('are served in their order, and many are not passed by few', async () => {
    const semaphore = Semaphore.create(3);
    const same = Semaphore.from(structuredClone(semaphore.handle));
    const order: number[] = [];
    const first = await semaphore.acquire({ permits: 2 });
    const all = [3, 1, 2, 1].map((permits, index) =>
      (index % 2 === 0 ? semaphore : same).withPermit(() => void order.push(permits), { permits }),
    );
    expect(same.tryAcquire()).toBeUndefined();
    first.release();
    await Promise.all(all);
    expect(order).toEqual([3, 1, 2, 1]);
    checkWhole(semaphore);
  });

  it('end by time-out and signal, wherever they stand, and let those behind them pass', async () => {
    const semaphore = Semaphore.create(2);
    const permit = semaphore.tryAcquire()!;
    expect(await failure(semaphore.acquire({ permits: 2, timeoutMs: 0 }))).toEqual(coded('SYNC_TIMEOUT'));
    const abort = new AbortController();
    const aborted = failure(semaphore.acquire({ permits: 2, signal: abort.signal }));
    const late = failure(semaphore.acquire({ permits: 2, timeoutMs: 1 }));
    const last = semaphore.acquire();
    abort.abort(new Error('no more'));
    expect(await aborted).toEqual(new Error('no more'));
    expect(await late).toEqual(coded('SYNC_TIMEOUT'));
    expect(await failure(semaphore.acquire({ signal: abort.signal }))).toEqual(new Error('no more'));
    (await last).release();
    permit.release();
    checkWhole(semaphore);
  });

  it('inside of withPermit are an error when they can only wait for ever', async () => {
    const semaphore = Semaphore.create(2);
    const nested = await semaphore.withPermit(async () => {
      expect(await semaphore.withPermit(() => 'both')).toBe('both');
      return failure(semaphore.acquire({ permits: 2 }));
    });
    expect(nested).toEqual(coded('SYNC_RELOCK'));
    checkWhole(semaphore);
  });
});

describe('a permit', () => {
  it('ends once', async () => {
    const semaphore = Semaphore.create(2);
    const permit = await semaphore.acquire({ permits: 2 });
    expect(permit).toMatchObject({ permits: 2, isHeld: true });
    permit.release();
    expect(permit.isHeld).toBe(false);
    expect(codeOf(() => permit.release())).toBe('SYNC_NOT_HELD');
    permit[Symbol.dispose]();
    checkWhole(semaphore);
  });
});

describe('mistakes', () => {
  it.each([
    [() => Semaphore.create(0), 'SYNC_ARGUMENT'],
    [() => Semaphore.create(1.5), 'SYNC_ARGUMENT'],
    [() => Semaphore.create(Semaphore.MAX_PERMITS + 1), 'SYNC_ARGUMENT'],
    [() => Semaphore.create(1, new Int32Array(Semaphore.WORDS)), 'SYNC_ARGUMENT'],
    [() => Semaphore.create(2).tryAcquire({ permits: 3 }), 'SYNC_ARGUMENT'],
    [() => Semaphore.create(2).tryAcquire({ timeoutMs: 1 } as never), 'SYNC_ARGUMENT'],
    [() => Semaphore.create(2).acquireSync(), 'SYNC_WOULD_BLOCK'],
    [() => Semaphore.from({} as never), 'SYNC_HANDLE'],
  ])('%s: %s', (call, code) => {
    expect(codeOf(call)).toBe(code);
  });

  it('of a thread that blocks are told', async () => {
    const semaphore = Semaphore.create(2);
    expect(await says(startWith({ job: 'misuse', handle: semaphore.handle }))).toEqual([
      'SYNC_RELOCK',
      'SYNC_ARGUMENT',
    ]);
  });

  it('a thread that blocks waits as long as it said', async () => {
    const semaphore = Semaphore.create(1);
    const permit = await semaphore.acquire();
    expect(await says(startWith({ job: 'time out', handle: semaphore.handle }))).toBe('SYNC_TIMEOUT');
    permit.release();
    checkWhole(semaphore);
  });
});

it('a program ends when nobody waits any more, and not before', () => {
  const source = `const semaphore = Semaphore.create(1, new Int32Array(new SharedArrayBuffer(4 * Semaphore.WORDS)));
    const permit = await semaphore.acquire();
    later(() => permit.release());
    (await semaphore.acquire()).release(); console.log('had it');`;
  expect(runProgram('Semaphore', source)).toEqual({ status: 0, stdout: 'had it\n', stderr: '' });
});
