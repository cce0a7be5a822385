// The package multithreading: its own pool runs functions that it ships as text, so each is whole in itself.
import { capacityFor, type SyncWork } from '../case-table.ts';
import type { PartyTimes, Rig } from './rig.ts';

/** What is used of it; its types ask for a newer library than this repository has. */
interface Multithreading {
  initRuntime(config: { maxWorkers: number }): void;
  shutdown(): void;
  move(...values: unknown[]): unknown;
  spawn(
    moved: unknown,
    run: (...values: never[]) => unknown,
  ): {
    join(): Promise<{ ok: true; value: unknown } | { ok: false; error: unknown }>;
  };
  Mutex: new () => object;
  RwLock: new () => object;
  Semaphore: new (permits: number) => object;
  Barrier: new (parties: number) => object;
  channel(capacity: number): [{ clone(): object }, { clone(): object }];
}

interface Guard {
  dispose(): void;
}
interface Lock {
  blockingLock(): Guard;
  blockingWrite(): Guard;
  blockingAcquire(): Guard;
  blockingWait(): void;
}
interface Side {
  blockingSend(value: unknown): void;
  blockingRecv(): { value: unknown };
}

/** Shipped as text, as the next one: no name from outside, but `this` of a thread. Word 0 counts, word 1 gathers the parties. */
function underLock(lock: Lock, words: Int32Array, kind: string, rounds: number, all: number): PartyTimes {
  Atomics.add(words, 1, 1);
  Atomics.notify(words, 1);
  for (let ready = Atomics.load(words, 1); ready < all; ready = Atomics.load(words, 1)) Atomics.wait(words, 1, ready);
  const startMs = performance.timeOrigin + performance.now();
  for (let round = 0; round < rounds; round++) {
    if (kind === 'barrier') {
      lock.blockingWait();
      Atomics.add(words, 0, 1);
      continue;
    }
    const guard =
      kind === 'mutex' ? lock.blockingLock() : kind === 'rw-lock' ? lock.blockingWrite() : lock.blockingAcquire();
    words[0]!++;
    guard.dispose();
  }
  return { startMs, endMs: performance.timeOrigin + performance.now() };
}

function oneSide(side: Side, words: Int32Array, isSender: boolean, rounds: number, all: number): PartyTimes {
  Atomics.add(words, 1, 1);
  Atomics.notify(words, 1);
  for (let ready = Atomics.load(words, 1); ready < all; ready = Atomics.load(words, 1)) Atomics.wait(words, 1, ready);
  const startMs = performance.timeOrigin + performance.now();
  for (let round = 0; round < rounds; round++) {
    if (isSender) {
      side.blockingSend(round);
      continue;
    }
    words[2]! += side.blockingRecv().value as number;
    words[0]!++;
  }
  return { startMs, endMs: performance.timeOrigin + performance.now() };
}

export async function multithreadingRig(work: SyncWork, words: Int32Array): Promise<Rig> {
  const name: string = 'multithreading';
  const lib = (await import(name)) as Multithreading;
  const { kind, parties, rounds } = work;
  lib.initRuntime({ maxWorkers: parties });
  const sides = kind === 'channel' ? lib.channel(capacityFor(work.bytes)) : undefined;
  const lock =
    kind === 'mutex'
      ? new lib.Mutex()
      : kind === 'rw-lock'
        ? new lib.RwLock()
        : kind === 'semaphore'
          ? new lib.Semaphore(1)
          : new lib.Barrier(parties);
  let roundsDone = 0;
  return {
    async round() {
      const all = ++roundsDone * parties;
      const calls = Array.from({ length: parties }, (_party, index) =>
        work.kind === 'channel'
          ? lib.spawn(lib.move(sides![index]!.clone(), words, index === 0, rounds, all), oneSide as never)
          : lib.spawn(lib.move(lock, words, kind, rounds, all), underLock as never),
      );
      const results = await Promise.all(calls.map((call) => call.join()));
      return results.map((result) => {
        if (!result.ok) throw result.error;
        return result.value as PartyTimes;
      });
    },
    close: async () => lib.shutdown(),
  };
}
