import { describe, expect, it } from 'vitest';
import { WORD_SLOTS } from '../../src/transport/worker-words.ts';
import { itemsPerBatch, mayGoAhead, tasksPerTarget } from '../../src/pool/send-ahead.ts';
import { openFakePool, turn, type FakeLink, type FakePool } from '../fake-pool.ts';

it.each([
  [undefined, 1, 0, 0, false],
  [10, 1, 1, 10, true],
  [10, 1, 2, 20, false],
  [0.1, 1, 9, 0.8, true],
  [0.1, 1, 10, 1, false],
  [0.1, 5, 2, 0.5, true],
  [0.1, 5, 2, 0.6, false],
])('a task of %s ms times %i goes ahead to %i of %s ms together: %s', (ms, size, tasks, heldMs, expected) => {
  expect(mayGoAhead(ms, size, tasks, heldMs)).toBe(expected);
});

it('makes batches of half a millisecond, of 256 items at most', () => {
  expect([undefined, 40, 0.5, 0.25, 0.01, 0.001].map(itemsPerBatch)).toEqual([1, 1, 1, 2, 50, 256]);
});

it('counts how many take a millisecond', () => {
  expect([undefined, 40, 1, 0.4, 0.01, 0.001].map(tasksPerTarget)).toEqual([1, 1, 1, 2, 100, WORD_SLOTS]);
});

/** A pool whose first worker has told that `f` takes so long. */
async function pooled(ms: number, options: Parameters<typeof openFakePool>[0] = {}): Promise<[FakePool, FakeLink]> {
  const fake = await openFakePool({ workers: 1, ...options }, { canGoAhead: true });
  fake.links[0]!.emit({ t: 'run-time', name: 'f', ms });
  return [fake, fake.links[0]!];
}

const run = (fake: FakePool, label: unknown, options: object = {}, name = 'f'): Promise<unknown> => {
  const promise = fake.pool.run(name, [label], options);
  promise.catch(() => {});
  return promise;
};

/** What the worker was sent and was not taken back again. */
const inWorker = (link: FakeLink): unknown[] =>
  link.sent.flatMap((message) =>
    message.t === 'run' && !link.revoked.includes(message.id) ? (message.value as unknown[]) : [],
  );

const answer = (link: FakeLink, id: number): void => link.emit({ t: 'value', id, value: id });

describe('a worker', () => {
  it('is sent nothing ahead that nobody knows', async () => {
    const [fake, link] = await pooled(0.1);
    for (const label of [1, 2, 3]) void run(fake, label, {}, 'g');
    expect(inWorker(link)).toEqual([1]);
    expect(fake.pool.stats().tasks).toMatchObject({ running: 1, queued: 2 });
  });

  it('is sent about a millisecond of work, and more as it answers', async () => {
    const [fake, link] = await pooled(0.25);
    for (let label = 1; label <= 8; label++) void run(fake, label);
    expect(inWorker(link)).toEqual([1, 2, 3, 4]);
    expect(fake.pool.stats().tasks).toMatchObject({ running: 1, queued: 7 });
    answer(link, 1);
    expect(inWorker(link)).toEqual([1, 2, 3, 4, 5]);
  });

  it('is sent no large argument ahead', async () => {
    const fake = await openFakePool({ workers: 1 });
    fake.links[0]!.emit({ t: 'run-time', name: 'f', ms: 0.1 });
    for (const label of [1, 2]) void run(fake, label);
    expect(inWorker(fake.links[0]!)).toEqual([1]);
  });

  it('that is idle takes half of what another has', async () => {
    const [fake, link] = await pooled(0.1, { workers: 2 });
    for (let label = 1; label <= 7; label++) void run(fake, label);
    expect(inWorker(link)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    fake.links[1]!.becomeReady();
    expect(inWorker(link)).toEqual([1, 2, 3, 4]);
    expect(inWorker(fake.links[1]!)).toEqual([5, 6, 7]);
  });

  it('that is idle takes from the next where all of the fullest begins just now', async () => {
    const [fake, link] = await pooled(0.1, { workers: 3 });
    for (let label = 1; label <= 7; label++) void run(fake, label);
    fake.links[1]!.becomeReady();
    link.begun = 4;
    fake.links[2]!.becomeReady();
    expect(inWorker(link)).toEqual([1, 2, 3, 4]);
    expect(inWorker(fake.links[1]!)).toEqual([5, 6]);
    expect(inWorker(fake.links[2]!)).toEqual([7]);
  });

  it('that is slow keeps only what it runs, and gets nothing more before it has answered', async () => {
    const [fake, link] = await pooled(0.1);
    for (const label of [1, 2, 3]) void run(fake, label);
    fake.clock.advance(9);
    expect(inWorker(link)).toEqual([1, 2, 3]);
    fake.clock.advance(1);
    expect(inWorker(link)).toEqual([1]);
    void run(fake, 4);
    expect(inWorker(link)).toEqual([1]);
    answer(link, 1);
    expect(inWorker(link)).toEqual([1, 2, 3, 4]);
  });

  it('that has begun a task has begun those before it, whatever of them has been heard', async () => {
    const [fake, link] = await pooled(0.1);
    const controller = new AbortController();
    for (const label of [1, 2]) void run(fake, label);
    void run(fake, 3, { signal: controller.signal });
    void run(fake, 4);
    link.begun = 3;
    controller.abort();
    expect(fake.pool.stats().tasks).toMatchObject({ running: 3, queued: 1 });
  });

  it('that has grown gives back what it has not begun', async () => {
    const [fake, link] = await pooled(0.1, { recycleAfterGrowthMiB: 10 });
    for (const label of [1, 2]) void run(fake, label);
    link.emit({ t: 'grown', growthMiB: 11 });
    expect(inWorker(link)).toEqual([1]);
    expect(fake.pool.stats().tasks).toMatchObject({ running: 1, queued: 1 });
  });
});

describe('a task that was sent ahead', () => {
  it('settles at once when it is cancelled', async () => {
    const [fake, link] = await pooled(0.1);
    void run(fake, 1);
    const controller = new AbortController();
    const second = run(fake, 2, { signal: controller.signal });
    controller.abort('enough');
    await expect(second).rejects.toBe('enough');
    expect(link.sent.some(({ t }) => t === 'cancel')).toBe(false);
    expect(inWorker(link)).toEqual([1]);
  });

  it('is cancelled as one that runs when it has begun', async () => {
    const [fake, link] = await pooled(0.1);
    void run(fake, 1);
    const controller = new AbortController();
    const second = run(fake, 2, { signal: controller.signal });
    link.begun = 2;
    controller.abort('enough');
    expect(link.sent.at(-1)).toMatchObject({ t: 'cancel', id: 2 });
    answer(link, 1);
    link.emit({ t: 'skipped', id: 2 });
    await expect(second).rejects.toBe('enough');
  });

  it('goes to another worker when its own dies before it begins, and is never sent ahead again', async () => {
    const [fake, link] = await pooled(0.1);
    const first = run(fake, 1);
    const second = run(fake, 2);
    link.begun = 1;
    link.exit();
    await expect(first).rejects.toMatchObject({ code: 'HEDDLE_WORKER_DIED', hasBegun: true });
    const other = fake.links[1]!;
    other.becomeReady();
    expect(inWorker(other)).toEqual([2]);
    other.reply('two');
    expect(await second).toBe('two');
  });

  it('has its time-out from when it begins', async () => {
    const [fake, link] = await pooled(0.1);
    link.begun = 1;
    void run(fake, 1);
    const second = run(fake, 2, { timeoutMs: 5 });
    fake.clock.advance(9);
    answer(link, 1);
    fake.clock.advance(7);
    link.begun = 2;
    expect(link.sent.some(({ t }) => t === 'cancel')).toBe(false);
    fake.clock.advance(5);
    expect(link.sent.at(-1)).toMatchObject({ t: 'cancel', id: 2 });
    link.emit({ t: 'error', id: 2, error: { kind: 'value', value: 'stopped' } });
    await expect(second).rejects.toMatchObject({ code: 'HEDDLE_TASK_TIMEOUT' });
  });

  it('makes room for one of a higher priority', async () => {
    const [fake, link] = await pooled(0.4);
    for (const label of [1, 2]) void run(fake, label);
    void run(fake, 3, { priority: 1 });
    expect(inWorker(link)).toEqual([1, 3]);
    answer(link, 1);
    expect(inWorker(link)).toEqual([1, 3, 2]);
  });

  it('never waits behind one that waits for its calls', async () => {
    const [fake, link] = await pooled(0.1);
    void run(fake, 1);
    void run(fake, 2);
    const options = {
      timeoutMs: undefined,
      priority: 0,
      retries: undefined,
      retryOn: undefined,
      retryDelayMs: undefined,
    };
    link.emit({ t: 'call', id: 1, call: 1, name: 'f', args: [3], options });
    expect(inWorker(link)).toEqual([1]);
    fake.links[1]!.becomeReady();
    // Nor behind the call, whose caller may make another one.
    expect(inWorker(fake.links[1]!)).toEqual([3]);
    answer(fake.links[1]!, 1);
    expect(inWorker(link)).toEqual([1]);
    answer(link, 1);
    expect(inWorker(link)).toEqual([1, 2]);
  });

  it('runs again where the worker left it out without having been asked to', async () => {
    const [fake, link] = await pooled(0.1);
    void run(fake, 1);
    const second = run(fake, 2);
    answer(link, 1);
    link.emit({ t: 'skipped', id: 2 });
    answer(link, 3);
    expect(await second).toBe(3);
  });
});

it('maps take turns', async () => {
  const [fake, link] = await pooled(2);
  const took: unknown[] = [];
  const consume = async (label: string) => {
    for await (const item of fake.pool.map('f', [`${label}1`, `${label}2`, `${label}3`])) took.push(item);
  };
  const both = Promise.all([consume('a'), consume('b')]);
  for (let id = 1; id <= 6; id++) {
    await turn();
    answer(link, id);
  }
  await both;
  expect(took).toHaveLength(6);
  expect(inWorker(link)).toEqual(['a1', 'a2', 'b1', 'b2', 'a3', 'b3']);
});
