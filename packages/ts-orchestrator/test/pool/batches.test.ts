import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it } from 'vitest';
import type { TaskEvent } from '@heddle/ts-orchestrator';
import type { HostMessage } from '../../src/transport/protocol.ts';
import { openFakePool, turn, type FakeLink, type FakePool } from '../fake-pool.ts';

type Item = { index: number; value: unknown } | { index: number; error: unknown };
type Run = Extract<HostMessage, { t: 'run' }>;

/** A pool with ready workers, the first of which has told that an item takes so long: 0.1 makes batches of five. */
async function pooled(workers = 1, options: Parameters<typeof openFakePool>[0] = {}, ms = 0.1): Promise<FakePool> {
  const fake = await openFakePool({ workers, ...options }, { canGoAhead: true });
  fake.links[0]!.emit({ t: 'run-time', name: 'f', ms });
  return fake;
}

/** Maps over so many numbers, and collects what comes. */
function mapped(fake: FakePool, count: number, options: object = {}, items = numbers(count)) {
  const got: Item[] = [];
  const end = (async () => {
    for await (const item of fake.pool.map('f', items, { onError: 'collect', ...options })) got.push(item as Item);
  })();
  end.catch(() => {});
  return { got, end };
}

const numbers = (count: number): unknown[] => Array.from({ length: count }, (_, index) => index);

const runs = (link: FakeLink): Run[] => link.sent.filter((message): message is Run => message.t === 'run');
const lists = (link: FakeLink): unknown[] => runs(link).map(({ value }) => value);

const answer = (link: FakeLink, id: number, ...values: unknown[]): void => {
  for (const value of values) link.emit({ t: 'value', id, value });
};

/** Takes part in the test of one item each: answers all that is sent, as it comes. */
async function serve(fake: FakePool): Promise<void> {
  const served = new Set<Run>();
  for (let quiet = 0; quiet < 3; quiet++) {
    await turn();
    for (const link of fake.links)
      for (const run of runs(link))
        if (!served.has(run) && !link.revoked.includes(run.id) && run.id > (link.begun ?? 0)) {
          served.add(run);
          quiet = 0;
          answer(link, run.id, ...(run.value as unknown[]));
        }
  }
}

/** A batch of so many items in the only worker, which has answered the first, and has begun as many as its words tell. */
async function halfway(count: number, itemsBegun: number) {
  const fake = await pooled();
  const { got, end } = mapped(fake, count);
  await turn();
  const [link] = fake.links as [FakeLink];
  answer(link, 1, 0);
  link.begun = 1;
  link.itemsBegun = itemsBegun;
  return { fake, link, got, end };
}

const code = (error: unknown): unknown => (error as { code?: unknown }).code;

describe('short items', () => {
  it('travel together, as many as take half a millisecond', async () => {
    const fake = await pooled();
    const { got, end } = mapped(fake, 12);
    await turn();
    const [link] = fake.links as [FakeLink];
    expect(runs(link)).toMatchObject([
      { isBatch: true, index: 0, value: [0, 1, 2, 3, 4] },
      { isBatch: true, index: 5, value: [5, 6, 7, 8, 9] },
    ]);
    expect(fake.pool.stats().tasks).toMatchObject({ submitted: 12, running: 5, queued: 7 });
    answer(link, 1, 'a', 'b');
    await turn();
    expect(got).toEqual([
      { index: 0, value: 'a' },
      { index: 1, value: 'b' },
    ]);
    expect(fake.pool.stats().tasks).toMatchObject({ succeeded: 2, running: 3, queued: 7 });
    answer(link, 1, 'c', 'd', 'e');
    await serve(fake);
    await end;
    expect(got.map(({ index }) => index)).toEqual(numbers(12));
    expect(fake.pool.stats().tasks).toMatchObject({ submitted: 12, succeeded: 12, running: 0, queued: 0 });
  });

  it('fail for themselves', async () => {
    const fake = await pooled();
    const { got, end } = mapped(fake, 5);
    await turn();
    const [link] = fake.links as [FakeLink];
    const error = new TypeError('no');
    answer(link, 1, 0, 1);
    link.emit({ t: 'error', id: 1, error: { kind: 'value', value: error } });
    answer(link, 1, 3, 4);
    await end;
    expect(got[2]).toEqual({ index: 2, error });
    expect(got.filter((item) => 'value' in item)).toHaveLength(4);
    expect(fake.pool.stats().tasks).toMatchObject({ succeeded: 4, failed: 1 });
  });

  it.each([
    ['with retries after errors', { retries: 1, retryOn: 'error' }, {}, undefined],
    ['with retries where a function decides', { retries: 1, retryOn: () => true }, {}, undefined],
    ['with progress', { onProgress() {} }, {}, undefined],
    ['of a pool that counts its tasks', {}, { recycleAfterTasks: 1_000 }, undefined],
    ['of a pool that records times', {}, { recordTimes: true }, undefined],
    ['of a pool that limits the CPU time of each', {}, { limits: { cpuSeconds: 1 } }, undefined],
    ['that are no primitive values', {}, {}, numbers(3).map((n) => ({ n }))],
    ['that are long texts', {}, {}, numbers(3).map((n) => 'x'.repeat(65) + String(n))],
  ])('%s go one by one', async (_what, options, poolOptions, items) => {
    const fake = await pooled(1, poolOptions);
    const { end } = mapped(fake, 3, options, items);
    await turn();
    expect(runs(fake.links[0]!).every(({ isBatch }) => !isBatch)).toBe(true);
    await serve(fake);
    await end;
  });

  it('go one by one while somebody listens to what becomes of tasks', async () => {
    const fake = await pooled();
    const listener = () => {};
    subscribe('heddle:task', listener);
    const { end } = mapped(fake, 3);
    await turn();
    unsubscribe('heddle:task', listener);
    expect(runs(fake.links[0]!)).toMatchObject([{ value: [0] }, { value: [1] }, { value: [2] }]);
    await serve(fake);
    await end;
  });

  it('do not tell of a task that never settles who begins to listen while they are together', async () => {
    const fake = await pooled(1, { name: 'late listener' });
    const { end } = mapped(fake, 10);
    await turn();
    const told: TaskEvent[] = [];
    const listener = (event: unknown) => void told.push(event as TaskEvent);
    subscribe('heddle:task', listener);
    await serve(fake);
    await end;
    unsubscribe('heddle:task', listener);
    expect(told.filter(({ pool }) => pool === 'late listener')).toEqual([]);
  });

  it('are not held back by a source that is not ready', async () => {
    const fake = await pooled();
    let next: (item: unknown) => void = () => {};
    async function* source() {
      yield 1;
      yield await new Promise((resolve) => (next = resolve));
    }
    const { end } = mapped(fake, 0, {}, source() as never);
    await turn();
    expect(lists(fake.links[0]!)).toEqual([[1]]);
    next(2);
    await serve(fake);
    await end;
    expect(lists(fake.links[0]!)).toEqual([[1], [2]]);
  });
});

describe('short items and others that wait for the same worker', () => {
  it('take turns item by item', async () => {
    const fake = await pooled();
    fake.links[0]!.emit({ t: 'run-time', name: 'g', ms: 0.1 });
    const { end } = mapped(fake, 30);
    await turn();
    const objects = numbers(9).map((n) => ({ n }));
    const other = (async () => {
      for await (const item of fake.pool.map('g', objects)) void item;
    })();
    await serve(fake);
    await Promise.all([end, other]);
    const sizes = runs(fake.links[0]!).map(({ name, isBatch, value }) => name + (isBatch ? (value as []).length : 1));
    expect(sizes.join(' ')).toBe('f5 f5 g1 g1 g1 g1 f5 g1 g1 g1 g1 g1 f5 f5 f5');
  });

  it('do so when they were taken apart', async () => {
    const fake = await pooled();
    const { end } = mapped(fake, 5);
    await turn();
    const [link] = fake.links as [FakeLink];
    link.begun = 1;
    link.itemsBegun = 1;
    const calls = [fake.pool.run('f', ['a']), fake.pool.run('f', ['b'])];
    fake.clock.advance(10);
    answer(link, 1, 0);
    link.emit({ t: 'skipped', id: 1 });
    await serve(fake);
    await Promise.all([...calls, end]);
    // Both calls were sent behind the batch, and taken back.
    expect(lists(link).slice(1)).toEqual([['a'], ['b'], ['a'], [1], ['b'], [2], [3], [4]]);
  });
});

describe('a worker that dies', () => {
  it('takes the item with it that it had begun last, and no other', async () => {
    const fake = await pooled(2);
    const { got, end } = mapped(fake, 10);
    await turn();
    const [link, other] = fake.links as [FakeLink, FakeLink];
    other.becomeReady();
    answer(link, 1, 0, 1);
    link.begun = 1;
    link.itemsBegun = 3;
    link.exit();
    await serve(fake);
    fake.links[2]?.becomeReady();
    await serve(fake);
    await end;
    expect(got.map(({ index }) => index)).toEqual(numbers(10));
    const failed = got.filter((item) => 'error' in item);
    expect(failed).toMatchObject([
      { index: 2, error: { code: 'HEDDLE_WORKER_DIED', hasBegun: true, task: { index: 2 } } },
    ]);
    expect(fake.pool.stats().tasks).toMatchObject({ succeeded: 9, failed: 1, queued: 0, running: 0 });
  });

  it('leaves every item in one place when the first of them that is lost ends the map', async () => {
    const fake = await pooled(1);
    const before = fake.pool.run('f', ['before']);
    before.catch(() => {});
    const { end } = mapped(fake, 12, { onError: 'fail' });
    await turn();
    const [link] = fake.links as [FakeLink];
    // Its answer to the call is lost, and that to the first item of the batch that it was sent behind that; the second has begun.
    link.begun = 2;
    link.itemsBegun = 2;
    link.exit();
    await expect(end).rejects.toMatchObject({ code: 'HEDDLE_WORKER_DIED' });
    await expect(before).rejects.toMatchObject({ code: 'HEDDLE_WORKER_DIED' });
    const { tasks } = fake.pool.stats();
    expect(tasks).toMatchObject({ submitted: 13, succeeded: 0, queued: 0, running: 0 });
    expect(tasks.failed + tasks.cancelled).toBe(13);
    const later = fake.pool.run('f', ['later']);
    expect(fake.pool.stats().tasks).toMatchObject({ queued: 1, running: 0 });
    fake.links[1]!.becomeReady();
    await serve(fake);
    expect(await later).toBe('later');
  });

  it('between two items takes none with it', async () => {
    const fake = await pooled(2);
    const { got, end } = mapped(fake, 5);
    await turn();
    const [link] = fake.links as [FakeLink];
    link.begun = 1;
    link.itemsBegun = 2;
    answer(link, 1, 0, 1);
    link.exit();
    fake.links[1]!.becomeReady();
    await serve(fake);
    await end;
    expect(got).toEqual(numbers(5).map((n) => ({ index: n, value: n })));
    expect(fake.pool.stats().tasks).toMatchObject({ succeeded: 5, failed: 0, resent: 3 });
  });
});

describe('a worker that dies, of items that may run again after that', () => {
  const again = { retries: 1, retryDelayMs: 0 };

  it('takes none: the item that it had begun runs again, alone', async () => {
    const fake = await pooled(1);
    const { got, end } = mapped(fake, 10, again);
    await turn();
    const [link] = fake.links as [FakeLink];
    expect(runs(link)).toMatchObject([{ isBatch: true }, { isBatch: true }]);
    answer(link, 1, 0, 1);
    link.begun = 1;
    link.itemsBegun = 3;
    link.exit();
    fake.links[1]!.becomeReady();
    await serve(fake);
    await end;
    expect(got).toEqual(numbers(10).map((n) => ({ index: n, value: n })));
    expect(runs(fake.links[1]!).filter(({ attempt }) => attempt === 2)).toMatchObject([{ index: 2, value: [2] }]);
    expect(fake.pool.stats().tasks).toMatchObject({ succeeded: 10, failed: 0, retried: 1, queued: 0, running: 0 });
  });

  it('takes the one that ends it each time', async () => {
    const fake = await pooled(1);
    const { got, end } = mapped(fake, 3, again);
    await turn();
    const [link] = fake.links as [FakeLink];
    link.begun = 1;
    link.itemsBegun = 1;
    link.exit();
    const next = fake.links[1]!;
    next.becomeReady();
    await turn();
    const second = runs(next).find(({ attempt }) => attempt === 2)!;
    for (const run of runs(next)) if (run.id < second.id) answer(next, run.id, ...(run.value as unknown[]));
    await turn();
    next.begun = second.id;
    next.exit();
    fake.links[2]?.becomeReady();
    await serve(fake);
    await end;
    expect(got).toMatchObject([
      { index: 0, error: { code: 'HEDDLE_TASK_QUARANTINED' } },
      { index: 1, value: 1 },
      { index: 2, value: 2 },
    ]);
  });

  it('takes no answer that was lost with it: those items run again too', async () => {
    const fake = await pooled(1);
    const { got, end } = mapped(fake, 5, again);
    await turn();
    const [link] = fake.links as [FakeLink];
    answer(link, 1, 0);
    link.begun = 1;
    link.itemsBegun = 4;
    link.exit();
    fake.links[1]!.becomeReady();
    await serve(fake);
    await end;
    expect(got).toEqual(numbers(5).map((n) => ({ index: n, value: n })));
    expect(fake.pool.stats().tasks).toMatchObject({ succeeded: 5, failed: 0, retried: 3, queued: 0, running: 0 });
  });

  it('and one that is cancelled while it waits for that ends at once', async () => {
    const fake = await pooled(1);
    const controller = new AbortController();
    const { end } = mapped(fake, 5, { retries: 1, retryDelayMs: 1_000, signal: controller.signal });
    await turn();
    const [link] = fake.links as [FakeLink];
    link.begun = 1;
    link.itemsBegun = 4;
    link.exit();
    expect(fake.pool.stats().tasks).toMatchObject({ retried: 4 });
    controller.abort(new Error('enough'));
    await expect(end).rejects.toThrow('enough');
    const { tasks } = fake.pool.stats();
    expect(tasks).toMatchObject({ cancelled: 5, queued: 0, running: 0 });
  });
});

describe('an item that takes long', () => {
  it('lets the others go to another worker', async () => {
    const fake = await pooled(2);
    const { got, end } = mapped(fake, 5, { ordered: false });
    await turn();
    const [link] = fake.links as [FakeLink];
    fake.clock.advance(9);
    // Whether it has answered some of them meanwhile or not.
    answer(link, 1, 0);
    link.begun = 1;
    link.itemsBegun = 2;
    expect(fake.links).toHaveLength(1);
    fake.clock.advance(1);
    fake.links[1]!.becomeReady();
    expect(lists(fake.links[1]!)).toEqual([[2], [3], [4]]);
    await serve(fake);
    expect(got.map(({ index }) => index)).toEqual([0, 2, 3, 4]);
    expect(fake.pool.stats().tasks).toMatchObject({ running: 1, queued: 0 });
    answer(link, 1, 1);
    link.emit({ t: 'skipped', id: 1 });
    await end;
    expect(got).toHaveLength(5);
  });

  it('is stopped alone at its time-out', async () => {
    const fake = await pooled(1, { cancelGraceMs: 0 });
    const { got, end } = mapped(fake, 5, { timeoutMs: 5 });
    await turn();
    const [link] = fake.links as [FakeLink];
    answer(link, 1, 0);
    link.begun = 1;
    link.itemsBegun = 2;
    fake.clock.advance(5);
    await turn();
    expect(link.sent.at(-1)).toMatchObject({ t: 'cancel', id: 1 });
    expect(link.kills).toBe(1);
    link.exit();
    fake.links[1]!.becomeReady();
    await serve(fake);
    await end;
    expect(got.map((item) => ('error' in item ? code(item.error) : item.value))).toEqual([
      0,
      'HEDDLE_TASK_TIMEOUT',
      2,
      3,
      4,
    ]);
  });

  it('is stopped alone when it goes over its time-out while the host looks', async () => {
    const fake = await pooled(1, { cancelGraceMs: 0 });
    const { end } = mapped(fake, 5, { timeoutMs: 5 });
    await turn();
    const [link] = fake.links as [FakeLink];
    link.begun = 1;
    link.itemsBegun = 1;
    const looks = [4.999];
    link.words.elapsedMs = () => looks.shift() ?? 5.001;
    fake.clock.advance(5);
    await turn();
    fake.clock.advance(1);
    await turn();
    expect(link.sent.at(-1)).toMatchObject({ t: 'cancel', id: 1 });
    expect(fake.pool.stats().tasks).toMatchObject({ running: 1, queued: 4 });
    link.exit();
    fake.links[1]!.becomeReady();
    await serve(fake);
    await end;
    expect(fake.pool.stats().tasks).toMatchObject({ succeeded: 4, timedOut: 1 });
  });
});

describe('what concerns one item', () => {
  it('leaves the rest to wait behind what is more urgent', async () => {
    const fake = await pooled();
    const { end } = mapped(fake, 5);
    await turn();
    const [link] = fake.links as [FakeLink];
    link.begun = 1;
    link.itemsBegun = 2;
    const urgent = fake.pool.run('f', ['urgent'], { priority: 1 });
    expect(fake.pool.stats().tasks).toMatchObject({ running: 2, queued: 4 });
    answer(link, 1, 0, 1);
    link.emit({ t: 'skipped', id: 1 });
    await serve(fake);
    await Promise.all([urgent, end]);
    expect(lists(link)).toEqual([[0, 1, 2, 3, 4], ['urgent'], [2], [3], [4]]);
  });

  it('that was left out at the last moment runs with the rest', async () => {
    const { fake, link, got, end } = await halfway(3, 2);
    void fake.pool.run('f', ['urgent'], { priority: 1 });
    link.emit({ t: 'skipped', id: 1 });
    await serve(fake);
    await end;
    expect(got.map(({ index }) => index)).toEqual([0, 1, 2]);
  });

  it('lets the others be given back, and later ones go alone', async () => {
    const { fake, link, got, end } = await halfway(3, 2);
    link.emit({ t: 'given-back', id: 1 });
    expect(fake.pool.stats().tasks).toMatchObject({ running: 1, queued: 1 });
    await serve(fake);
    expect(runs(link).at(-1)).toMatchObject({ isBatch: false, value: [2], index: 2 });
    answer(link, 1, 1);
    await end;
    expect(got.map(({ index }) => index)).toEqual([0, 1, 2]);
    const { end: later } = mapped(fake, 3);
    await turn();
    expect(runs(link).filter(({ isBatch }) => isBatch)).toHaveLength(1);
    await serve(fake);
    await later;
  });

  it('is answered once, also when the words of a damaged worker told of more that had begun', async () => {
    const { fake, link, got, end } = await halfway(5, 4);
    fake.clock.advance(10);
    answer(link, 1, 1);
    link.emit({ t: 'skipped', id: 1 });
    await serve(fake);
    await end;
    expect(got.map(({ index }) => index)).toEqual(numbers(5));
    expect(lists(link).slice(1)).toEqual([[2], [3], [4]]);
    expect(fake.pool.stats().tasks).toMatchObject({ submitted: 5, succeeded: 5, running: 0, queued: 0 });
  });

  it('that calls the pool lets nothing wait behind it, now and later', async () => {
    const fake = await pooled(2);
    const { end } = mapped(fake, 5);
    await turn();
    const [link] = fake.links as [FakeLink];
    link.begun = 1;
    link.itemsBegun = 1;
    const options = { timeoutMs: undefined, priority: 0, retries: 0, retryOn: undefined, retryDelayMs: undefined };
    link.emit({ t: 'call', id: 1, call: 1, name: 'g', args: ['called'], options });
    const other = fake.links[1]!;
    other.becomeReady();
    expect(lists(other)[0]).toEqual(['called']);
    answer(other, runs(other)[0]!.id, 'answer');
    expect(link.sent.at(-1)).toMatchObject({ t: 'called', id: 1, call: 1 });
    answer(link, 1, 0);
    link.emit({ t: 'skipped', id: 1 });
    other.begun = runs(other)[0]!.id;
    await serve(fake);
    await end;
    const { end: later } = mapped(fake, 5);
    await turn();
    expect(runs(link).filter(({ isBatch }) => isBatch)).toHaveLength(1);
    await serve(fake);
    await later;
  });

  it('ends with the iteration when that is left', async () => {
    const fake = await pooled(1, { cancelGraceMs: 0 });
    const iteration = fake.pool.map('f', numbers(12));
    const first = iteration.next();
    await turn();
    const [link] = fake.links as [FakeLink];
    answer(link, 1, 'a');
    link.begun = 1;
    link.itemsBegun = 2;
    expect(await first).toEqual({ done: false, value: { index: 0, value: 'a' } });
    const left = iteration.return();
    await turn();
    expect(fake.pool.stats().tasks).toMatchObject({ submitted: 12, succeeded: 1, cancelled: 10, running: 1 });
    link.exit();
    await left;
    expect(fake.pool.stats().tasks).toMatchObject({ cancelled: 11, running: 0, queued: 0 });
  });

  it('ends with the pool when that is closed by who hears what the copies cost, but for the item that was answered', async () => {
    const fake = await pooled(1, { name: 'closed by a listener', cancelGraceMs: 0 });
    const { got, end } = mapped(fake, 12);
    await turn();
    const [link] = fake.links as [FakeLink];
    link.begun = 1;
    let closed: Promise<void> | undefined;
    const listener = (event: unknown) => {
      const { type, pool } = event as TaskEvent;
      if (type === 'cloning' && pool === 'closed by a listener') closed = fake.pool.close({ cancel: true });
    };
    subscribe('heddle:task', listener);
    const cost = { bytes: 2 ** 20, ms: 10 };
    for (let item = 0; item < 10; item++) {
      link.itemsBegun = (item % 5) + 1;
      if (item === 5) link.begun = 2;
      link.emit({ t: 'value', id: item < 5 ? 1 : 2, value: item, cost });
    }
    unsubscribe('heddle:task', listener);
    await turn();
    link.exit();
    await Promise.all([closed, end.catch(() => {})]);
    expect(got.filter((item) => 'value' in item)).toHaveLength(8);
    expect(got).toHaveLength(12);
    expect(fake.pool.stats().tasks).toMatchObject({ submitted: 12, succeeded: 8, cancelled: 4 });
  });

  it('ends with the pool when that is closed with cancel', async () => {
    const fake = await pooled(1, { cancelGraceMs: 0 });
    const { got, end } = mapped(fake, 12);
    await turn();
    const [link] = fake.links as [FakeLink];
    link.begun = 1;
    link.itemsBegun = 1;
    const closed = fake.pool.close({ cancel: true });
    link.exit();
    await Promise.all([closed, end.catch(() => {})]);
    expect(got.every((item) => 'error' in item && code(item.error) === 'HEDDLE_TASK_CANCELLED')).toBe(true);
    expect(got).toHaveLength(12);
  });

  it('sends none of its items any more when it is cancelled between two', async () => {
    const { fake, link, got, end } = await halfway(5, 1);
    const closed = fake.pool.close({ cancel: true });
    expect(runs(link)).toHaveLength(1);
    link.exit({ exitCode: 0, signal: null });
    await Promise.all([closed, end.catch(() => {})]);
    expect(got[0]).toEqual({ index: 0, value: 0 });
    expect(got.slice(1).map((item) => 'error' in item && code(item.error))).toEqual(
      Array(4).fill('HEDDLE_TASK_CANCELLED'),
    );
  });
});

describe('the iteration', () => {
  it('gives nothing more when its source aborts it, whatever is ready', async () => {
    const fake = await pooled(1, { cancelGraceMs: 0 });
    const controller = new AbortController();
    const source = numbers(100)[Symbol.iterator]() as IterableIterator<unknown>;
    let pulled = 0;
    const aborting = {
      [Symbol.iterator]: () => aborting,
      next() {
        if (++pulled > 40) controller.abort(new Error('enough'));
        return source.next();
      },
    };
    const iteration = fake.pool.map('f', aborting as never, { signal: controller.signal });
    const first = iteration.next();
    await turn();
    const [link] = fake.links as [FakeLink];
    answer(link, 1, ...numbers(5));
    answer(link, 2, ...numbers(5));
    await first;
    for (let item = 1; item < 5; item++) expect(await iteration.next()).toMatchObject({ value: { index: item } });
    expect(pulled).toBe(40);
    const aborted = iteration.next().catch((error: unknown) => error);
    await turn();
    link.exit();
    expect(await aborted).toEqual(new Error('enough'));
  });

  it('looks like what it stands for', async () => {
    const fake = await pooled();
    expect(Object.prototype.toString.call(fake.pool.map('f', []))).toBe('[object AsyncGenerator]');
  });
});
