import { describe, expect, it } from 'vitest';
import { openFakePool, turn, type FakeLink, type FakePool } from '../fake-pool.ts';
import { errorOf } from '../helpers.ts';

const run = (fake: FakePool, name = 'f', options = {}) => {
  const outcome = fake.pool.run(name, [], options);
  outcome.catch(() => {});
  return outcome;
};
/** The task that the worker runs calls another. */
const callFrom = (link: FakeLink, call: number, name = 'g', options: object = {}, id = link.run.id) =>
  link.emit({
    t: 'call',
    id,
    call,
    name,
    args: [],
    options: {
      timeoutMs: undefined,
      priority: 0,
      retries: undefined,
      retryOn: undefined,
      retryDelayMs: undefined,
      ...options,
    },
  });
const answersTo = (link: FakeLink) => link.sent.filter(({ t }) => t === 'called');
const dieIn = (link: FakeLink) => {
  link.begun = link.run.id;
  link.exit();
};

describe('a task that waits for a call of its own', () => {
  it('leaves its place to the called, and to nobody else', async () => {
    const fake = await openFakePool({ workers: 1 });
    const [first] = fake.links;
    const caller = run(fake);
    const other = run(fake, 'f');
    callFrom(first!, 1);
    expect(fake.links).toHaveLength(2);
    const second = fake.links[1]!;
    second.becomeReady();
    expect(second.run.name).toBe('g');
    second.reply('of the called');
    expect(answersTo(first!)).toEqual([{ t: 'called', id: first!.run.id, call: 1, value: ['of the called'] }]);
    // The caller goes on, so one task runs, as many as may: the second worker stays free.
    expect(second.sent.filter(({ t }) => t === 'run')).toHaveLength(1);
    first!.reply('of the caller');
    expect(await caller).toBe('of the caller');
    fake.links.find((link) => link.run.name === 'f' && link.run.id === 2)!.reply('of the other');
    expect(await other).toBe('of the other');
    expect(fake.links).toHaveLength(2);
  });

  it('is served before all that was not called so deep', async () => {
    const fake = await openFakePool({ workers: 1 });
    void run(fake);
    for (let n = 0; n < 3; n++) void run(fake, 'f', { priority: 9 });
    callFrom(fake.links[0]!, 1, 'g', { priority: -9 });
    fake.links[1]!.becomeReady();
    expect(fake.links[1]!.run.name).toBe('g');
    callFrom(fake.links[1]!, 1, 'g');
    fake.links[2]!.becomeReady();
    expect(fake.links[2]!.run.name).toBe('g');
    expect(fake.pool.stats().tasks).toMatchObject({ running: 3, queued: 3 });
  });

  it('takes its place again while the called waits for another attempt', async () => {
    const fake = await openFakePool({ workers: 1 });
    void run(fake);
    callFrom(fake.links[0]!, 1, 'g', { retries: 1, retryDelayMs: 1_000 });
    void run(fake);
    fake.links[1]!.becomeReady();
    dieIn(fake.links[1]!);
    expect(fake.pool.stats().tasks).toMatchObject({ delayed: 1, running: 1, queued: 1 });
    // Nothing that was not called so deep is started meanwhile.
    expect(fake.links).toHaveLength(2);
    fake.clock.advance(1_000);
    expect(fake.links).toHaveLength(3);
    fake.links[2]!.becomeReady();
    expect(fake.links[2]!.run).toMatchObject({ name: 'g', attempt: 2 });
  });

  it('takes its calls along when it dies, and makes new ones when it runs again', async () => {
    const fake = await openFakePool({ workers: 1, cancelGraceMs: 0 });
    const caller = run(fake, 'f', { retries: 1, retryDelayMs: 0 });
    callFrom(fake.links[0]!, 1);
    callFrom(fake.links[0]!, 2);
    fake.links[1]!.becomeReady();
    dieIn(fake.links[0]!);
    // One of the calls waited, the other's worker is ended.
    expect(fake.links[1]!.kills).toBe(1);
    fake.links[1]!.exit();
    const next = fake.links.at(-1)!;
    next.becomeReady();
    expect(next.run).toMatchObject({ name: 'f', attempt: 2 });
    next.reply('done');
    expect(await caller).toBe('done');
    await fake.pool.drain();
    expect(fake.pool.stats().tasks).toMatchObject({ submitted: 3, cancelled: 2, succeeded: 1, queued: 0 });
  });

  it('is told when the pool has failed', async () => {
    const fake = await openFakePool({ workers: 1, restartLimit: { count: 0 } });
    const caller = run(fake);
    const [first] = fake.links;
    callFrom(first!, 1);
    fake.links[1]!.exit({ isSpawnFailure: true, cause: new Error('no memory'), signal: null });
    callFrom(first!, 2);
    const codes = answersTo(first!).map((answer) => JSON.stringify(answer));
    expect(codes).toHaveLength(2);
    for (const code of codes) expect(code).toContain('HEDDLE_POOL_FAILED');
    first!.reply('goes on');
    expect(await caller).toBe('goes on');
  });
});

it('a call waits in a worker behind calls of the same caller only', async () => {
  const fake = await openFakePool({ workers: 2 }, { canGoAhead: true });
  fake.links[0]!.emit({ t: 'run-time', name: 'g', ms: 0.01 });
  void run(fake);
  void run(fake);
  fake.links[1]!.becomeReady();
  const [first, second] = fake.links;
  callFrom(first!, 1);
  callFrom(first!, 2);
  // It was sent one of these ahead, which is taken back now.
  callFrom(second!, 3, 'g', {}, 1);
  fake.links[2]!.becomeReady();
  const runsIn = (link: FakeLink) => link.sent.filter(({ t }) => t === 'run').length;
  expect(runsIn(fake.links[2]!)).toBe(2);
  // The third would run in the place of the first caller when that has its answers.
  fake.links[3]!.becomeReady();
  expect(runsIn(fake.links[3]!)).toBe(1);
  fake.links[3]!.reply('of the third');
  expect(answersTo(second!)).toHaveLength(1);
});

it('workers that only such waiting needed go when they are idle, even where others stay', async () => {
  const fake = await openFakePool({ workers: 1, idleTimeoutMs: Infinity });
  const caller = run(fake);
  callFrom(fake.links[0]!, 1);
  fake.links[1]!.becomeReady();
  fake.links[1]!.reply(1);
  fake.links[0]!.reply(2);
  await caller;
  fake.clock.advance(30_000);
  expect(fake.links.map(({ sent }) => sent.at(-1)!.t)).toContain('stop');
  fake.links.find(({ sent }) => sent.at(-1)!.t === 'stop')!.exit({ exitCode: 0, signal: null });
  fake.clock.advance(1_000_000);
  expect(fake.pool.stats().workers.live).toHaveLength(1);
});

it('a task that was told to stop calls nothing any more', async () => {
  const fake = await openFakePool({ workers: 1 });
  const controller = new AbortController();
  const caller = run(fake, 'f', { signal: controller.signal });
  callFrom(fake.links[0]!, 1);
  controller.abort('enough');
  expect(fake.pool.stats().tasks).toMatchObject({ queued: 0, cancelled: 1 });
  callFrom(fake.links[0]!, 2);
  expect(fake.pool.stats().tasks).toMatchObject({ queued: 0, running: 1 });
  expect(answersTo(fake.links[0]!)).toEqual([]);
  fake.links[0]!.reply('too late');
  expect(await errorOf(caller)).toBe('enough');
  await turn();
});

it('calls that are open are bounded', async () => {
  const fake = await openFakePool({ workers: 1 });
  void run(fake);
  for (let call = 1; call <= 10_001; call++) callFrom(fake.links[0]!, call);
  expect(fake.pool.stats().tasks.queued).toBe(10_000);
  expect(JSON.stringify(answersTo(fake.links[0]!))).toContain('HEDDLE_NESTED_LIMIT');
});
