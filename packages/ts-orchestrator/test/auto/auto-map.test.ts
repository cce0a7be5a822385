// Where the items of one map go, with backends that do what the test says.
import { describe, expect, it } from 'vitest';
import type { Decision } from '@heddle/advisor';
import type { Matter } from '../../src/auto/judge.ts';
import { AutoMap } from '../../src/auto/auto-map.ts';
import type { Part } from '../../src/auto/part.ts';
import { FunctionMeasures } from '../../src/auto/run-measures.ts';
import { LoopUse } from '../../src/auto/loop-use.ts';
import { heddleError } from '../../src/errors/errors.ts';
import type { MapTarget, OnOutcome } from '../../src/pool/map.ts';
import { overItems } from '../../src/pool/pool.ts';
import { parseMapOptions } from '../../src/task/task-options.ts';
import type { Backend } from '../../src/transport/transport.ts';
import { collect } from '../helpers.ts';

/** A backend that runs an item when the test says so. */
class FakeBackend {
  isReady: boolean;
  warmed = 0;
  keptTo: number | undefined;
  workers = 2;
  batch = 1;
  windowItems = 8;
  refuses: unknown;
  readonly indices: number[] = [];
  readonly open: Array<{ readonly index: number; readonly onOutcome: OnOutcome }> = [];
  readonly part: Part;

  constructor(backend: Backend, isReady: boolean) {
    this.isReady = isReady;
    const warm = (workers: number) => {
      this.warmed = workers;
    };
    const isReadyNow = () => this.isReady;
    const readyWorkers = () => this.workers;
    this.part = {
      backend,
      warm,
      keepTo: (_who: object, most: number | undefined) => {
        this.keptTo = most;
      },
      get isReady() {
        return isReadyNow();
      },
      get readyWorkers() {
        return isReadyNow() ? readyWorkers() : 0;
      },
    } as unknown as Part;
  }

  readonly target: MapTarget<unknown> = {
    batchItems: () => this.batch,
    window: () => this.windowItems,
    submit: (_item, index, onOutcome) => {
      if (this.refuses !== undefined) throw this.refuses;
      this.indices.push(index);
      this.open.push({ index, onOutcome });
      return () => {};
    },
    submitBatch: (items, firstIndex, onOutcome) => {
      for (const at of items.keys()) {
        this.indices.push(firstIndex + at);
        this.open.push({ index: firstIndex + at, onOutcome });
      }
      return () => {};
    },
  };

  /** Answers all that is under way; returns how many. */
  answer(): number {
    const answered = this.open.splice(0);
    for (const { index, onOutcome } of answered) onOutcome(index, { ok: true, value: index });
    return answered.length;
  }
}

type Advised = Pick<Decision, 'backend'> & Partial<Decision>;

/** A map over so many numbers; `advise` says where to. Time passes as the test says. */
function mapping(items: readonly unknown[], advise: (matter: Matter) => Advised, more: { isDemanded?: boolean } = {}) {
  const inline = new FakeBackend('inline', true);
  const threads = new FakeBackend('threads', true);
  const backends: Partial<Record<Backend, FakeBackend>> = { inline, threads };
  const measures = new FunctionMeasures('f', new LoopUse(() => ({ nowMs: time.ms, activeMs: 0 })));
  const time = { ms: 0 };
  const asked: Matter[] = [];
  const map = new AutoMap({
    measures,
    total: items.length,
    isDemanded: more.isDemanded === true,
    targetIn: (part) => backends[part.backend]!.target,
    isSurelyInline: () => false,
    ask: (matter) => {
      asked.push({ ...matter, observedMs: { ...matter.observedMs } });
      return { workers: 2, ruledOut: [], ...advise(matter) } as unknown as Decision;
    },
    open: (backend) => backends[backend]!.part,
    inline: inline.part,
    now: () => time.ms,
  });
  const steps = overItems('f', items, parseMapOptions({}), map, (refill) => {
    map.refill = refill;
    return () => {};
  });
  // When the test has prepared the rest.
  const all = Promise.resolve().then(() => collect(steps));
  all.catch(() => {});
  /** Runs inline what is under way there, `ms` each. */
  const runInline = (ms: number, isWaited = false): number => {
    for (const _ of inline.open) {
      measures.returned(ms, isWaited);
      time.ms += ms;
    }
    return inline.answer();
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { inline, threads, measures, time, asked, map, all, runInline, turn };
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
const stays = (): Advised => ({ backend: 'inline' });
const leaves = (): Advised => ({ backend: 'threads' });

describe('a map that chooses', () => {
  it('begins with one item, then few, and asks when they have told', async () => {
    const { inline, runInline, turn, asked, all, threads } = mapping(numbers(40), stays);
    await turn();
    expect(inline.indices).toEqual([0]);
    expect(asked).toEqual([]);
    const atOnce: number[] = [];
    for (let done = 0; done < 40; await turn()) {
      const count = runInline(1);
      done += count;
      atOnce.push(count);
    }
    expect(atOnce.slice(0, 3)).toEqual([1, 4, 4]);
    // Never more than four milliseconds of them: what stands in line here can't go elsewhere any more.
    expect(Math.max(...atOnce)).toBe(4);
    expect(asked[0]).toMatchObject({ current: 'inline', isDemanded: false, isBatched: true });
    expect((await all).map(({ index }) => index)).toEqual(numbers(40));
    expect(threads.indices).toEqual([]);
  });

  it('ends the probe by time where items are long', async () => {
    const { runInline, turn, asked } = mapping(numbers(40), stays);
    await turn();
    runInline(30);
    await turn();
    expect(asked).toHaveLength(1);
    expect(asked[0]!.calls).toBe(39);
  });

  it('goes on inline, little ahead, while workers start, then without a gap elsewhere', async () => {
    const { inline, threads, runInline, turn, map, all } = mapping(numbers(60), leaves);
    threads.isReady = false;
    await turn();
    let done = 0;
    for (; done < 20; await turn()) {
      expect(inline.open.length).toBeLessThanOrEqual(4);
      done += runInline(1);
    }
    expect(threads.warmed).toBe(1);
    expect(threads.indices).toEqual([]);
    const before = inline.indices.length;
    threads.isReady = true;
    // The window is full of what is under way inline; the news of the workers is what moves the rest.
    map.widen();
    await turn();
    expect(threads.indices[0]).toBe(before);
    expect(inline.open.length).toBeGreaterThan(0);
    threads.answer();
    runInline(1);
    for (let n = 0; n < 60; n++) {
      await turn();
      threads.answer();
    }
    expect((await all).map(({ index }) => index)).toEqual(numbers(60));
    expect(inline.indices.length).toBe(before);
  });

  it('goes to the first worker and on inline, side by side, until all workers are there', async () => {
    const { inline, threads, runInline, turn, map, all } = mapping(numbers(80), leaves);
    threads.isReady = false;
    await turn();
    for (let done = 0; done < 12; await turn()) done += runInline(1);
    expect(threads.keptTo).toBe(1);
    threads.isReady = true;
    threads.workers = 1;
    map.widen();
    // What is under way inline from before stays there.
    await turn();
    runInline(1);
    const before = inline.indices.length;
    for (let n = 0; n < 10; n++) {
      await turn();
      // One millisecond of work here, one task under way there and one behind it.
      expect(inline.open.length).toBeLessThanOrEqual(1);
      expect(threads.open.length).toBeLessThanOrEqual(2);
      runInline(1);
      threads.answer();
    }
    const [here, there] = [inline.indices.length - before, threads.indices.length];
    expect(here).toBeGreaterThanOrEqual(8);
    expect(there).toBeGreaterThanOrEqual(16);
    // No other worker: two cores are busy with these.
    expect(threads.keptTo).toBe(1);
    threads.workers = 2;
    map.widen();
    const last = inline.indices.length;
    for (let n = 0; n < 80; n++) {
      await turn();
      runInline(1);
      threads.answer();
    }
    expect((await all).map(({ index }) => index)).toEqual(numbers(80));
    expect(inline.indices.length - last).toBeLessThanOrEqual(1);
    expect(threads.keptTo).toBeUndefined();
  });

  it('does not wait inline for a worker that is slow, nor the other way round', async () => {
    const { inline, threads, runInline, turn, map, all, time } = mapping(numbers(60), leaves);
    threads.workers = 1;
    for (let n = 0; n < 20; n++) {
      await turn();
      runInline(1);
      map.widen();
    }
    // What the worker has is never answered here, and so nothing is yielded behind it.
    expect(threads.open).toHaveLength(2);
    expect(inline.indices.length).toBeGreaterThan(8);
    expect(inline.indices.length + threads.indices.length).toBeLessThan(30);
    time.ms += 1;
    for (let n = 0; n < 60; n++) {
      threads.answer();
      await turn();
      runInline(1);
    }
    expect(await all).toHaveLength(60);
  });

  it('leaves a wrong choice before a tenth of the work is done', async () => {
    const total = 400;
    // By what an item is seen to take there.
    const advise = ({ observedMs }: Matter): Advised => ({
      backend: (observedMs?.threads ?? 0) > 2 ? 'inline' : 'threads',
    });
    const { inline, threads, runInline, turn, time, all } = mapping(numbers(total), advise);
    for (let n = 0; n < 2 * total; n++) {
      await turn();
      runInline(1);
      for (const _ of threads.open) time.ms += 5;
      threads.answer();
    }
    expect(await all).toHaveLength(total);
    expect(threads.indices.length).toBeGreaterThan(0);
    expect(threads.indices.length).toBeLessThanOrEqual(total / 10);
    expect(inline.indices.length + threads.indices.length).toBe(total);
  });

  it('does not judge workers before all of them are there', async () => {
    const total = 400;
    const advise = ({ observedMs }: Matter): Advised => ({
      backend: (observedMs?.threads ?? 0) > 2 ? 'inline' : 'threads',
    });
    const { inline, threads, runInline, turn, time, all } = mapping(numbers(total), advise);
    threads.workers = 1;
    let inlineBefore = 0;
    for (let n = 0; n < 2 * total; n++) {
      await turn();
      runInline(1);
      // Slow as long as one is alone.
      for (const _ of threads.open) time.ms += threads.workers === 1 ? 5 : 1;
      if (threads.indices.length > 100 && threads.workers === 1) {
        threads.workers = 2;
        inlineBefore = inline.indices.length;
      }
      threads.answer();
    }
    expect(await all).toHaveLength(total);
    expect(inlineBefore).toBeGreaterThan(0);
    // It stays with them, once they are there.
    expect(inline.indices.length - inlineBefore).toBeLessThanOrEqual(2);
  });

  it('moves to and fro less and less often', async () => {
    const total = 4_000;
    const advise = ({ current }: Matter): Advised => ({ backend: current === 'inline' ? 'threads' : 'inline' });
    const { inline, threads, runInline, turn, time, all } = mapping(numbers(total), advise);
    for (let n = 0; n < total; n++) {
      await turn();
      runInline(0.2);
      for (const _ of threads.open) time.ms += 0.2;
      threads.answer();
    }
    expect(await all).toHaveLength(total);
    const where = [...inline.indices.map((index) => [index, 0]), ...threads.indices.map((index) => [index, 1])].sort(
      ([a], [b]) => a! - b!,
    );
    const moves = where.filter(([, place], at) => at > 0 && place !== where[at - 1]![1]).length;
    expect(moves).toBeGreaterThan(2);
    expect(moves).toBeLessThan(12);
  });

  it('takes many at once as soon as the first gives a promise', async () => {
    const { inline, measures, map, turn, asked } = mapping(numbers(40), stays);
    await turn();
    expect(inline.open).toHaveLength(1);
    measures.returned(0.01, true);
    map.widen();
    await turn();
    expect(inline.open).toHaveLength(8);
    expect(asked.every(({ current }) => current === 'inline')).toBe(true);
  });

  it('asks by chunks, not by items, however many are under way', async () => {
    const { inline, runInline, turn, asked, all } = mapping(numbers(2_000), stays);
    inline.windowItems = 512;
    await turn();
    for (let done = 0; done < 2_000; await turn()) done += runInline(0.05);
    await all;
    // A twentieth, or 25 ms of the 100 that it takes, and more each time.
    expect(asked.length).toBeLessThanOrEqual(8);
    expect(asked.length).toBeGreaterThan(1);
  });

  it('asks again soon when items take otherwise than before', async () => {
    const { runInline, turn, asked, all } = mapping(numbers(2_000), stays);
    await turn();
    let askedBefore = 0;
    let doneThen = 0;
    for (let done = 0; done < 2_000; await turn()) {
      done += runInline(done < 1_400 ? 0.05 : 0.5);
      if (done < 1_400) askedBefore = asked.length;
      else if (asked.length === askedBefore) doneThen = done;
    }
    await all;
    // Once within what was left of the long chunk, and then by a twentieth each.
    expect(doneThen).toBeLessThan(1_400 + 400);
    expect(asked.length - askedBefore).toBeGreaterThan(2);
  });

  it('knows the function from before', async () => {
    const { measures, threads, inline, turn } = mapping(numbers(40), leaves);
    for (let n = 0; n < 8; n++) measures.returned(5, false);
    await turn();
    expect(inline.indices).toEqual([]);
    expect(threads.indices).toEqual(numbers(8));
  });

  it('lets items travel together where a backend does that', async () => {
    const { measures, threads, turn } = mapping(numbers(40), leaves);
    for (let n = 0; n < 8; n++) measures.returned(0.01, false);
    threads.batch = 4;
    let batches = 0;
    const { submitBatch } = threads.target;
    Object.assign(threads.target, {
      submitBatch: (...args: Parameters<typeof submitBatch>) => {
        batches++;
        return submitBatch(...args);
      },
    });
    await turn();
    expect(threads.indices).toEqual(numbers(8));
    expect(batches).toBe(2);
  });

  it('never goes inline with what is demanded', async () => {
    const { threads, inline, turn, asked, all } = mapping(numbers(20), leaves, { isDemanded: true });
    threads.isReady = false;
    for (let n = 0; n < 20; n++) {
      await turn();
      threads.answer();
    }
    expect(await all).toHaveLength(20);
    expect(inline.indices).toEqual([]);
    expect(asked).toEqual([expect.objectContaining({ isDemanded: true, current: undefined })]);
  });

  it('does not try here what has ended workers, nor waits here for those to come', async () => {
    const ruledOut = [{ backend: 'inline', rule: 'crashed', reason: 'it has' }] as const;
    const { measures, threads, inline, turn } = mapping(numbers(20), () => ({ backend: 'threads', ruledOut }));
    threads.isReady = false;
    measures.crashes = 1;
    await turn();
    expect(inline.indices).toEqual([]);
    expect(threads.indices).toEqual(numbers(8));
  });

  it('takes elsewhere what can not leave the process', async () => {
    const advise = (): Advised => ({ backend: measures.isForThisProcess ? 'inline' : 'threads' });
    const { measures, threads, inline, turn, runInline, all } = mapping([{}, {}, {}], advise);
    for (let n = 0; n < 8; n++) measures.returned(5, false);
    threads.refuses = heddleError('HEDDLE_SHARED_ARRAY', { name: 'f', path: 'arguments[0]', reason: 'no' });
    await turn();
    expect(inline.indices).toEqual([0, 1, 2]);
    expect(measures.isForThisProcess).toBe(true);
    runInline(5);
    expect(await all).toHaveLength(3);
  });

  it('gives the items back whose value is refused everywhere', async () => {
    const { threads, all, turn } = mapping([{}, {}], leaves, { isDemanded: true });
    const refusal = heddleError('HEDDLE_SHARED_ARRAY', { name: 'f', path: 'arguments[0]', reason: 'no' });
    threads.refuses = refusal;
    await turn();
    await expect(all).rejects.toBe(refusal);
  });
});
