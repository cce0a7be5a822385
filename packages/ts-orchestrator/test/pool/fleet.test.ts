import { describe, expect, it } from 'vitest';
import { openFakePool, turn, type FakeLink, type FakePool } from '../fake-pool.ts';

const run = (fake: FakePool, name = 'f') => {
  const outcome = fake.pool.run(name, []);
  outcome.catch(() => {});
  return outcome;
};
const states = (fake: FakePool) => fake.pool.stats().workers.live.map(({ id, state }) => `${id} ${state}`);
const stopped = (link: FakeLink) => {
  link.emit({ t: 'stopped', error: undefined });
  link.exit({ exitCode: 0, signal: null });
};

describe('recycling', () => {
  it('lets a worker finish its last task, and starts the next one meanwhile', async () => {
    const fake = await openFakePool({ workers: 2, recycleAfterTasks: 2 });
    const first = run(fake);
    fake.links[0]!.reply(1);
    expect(await first).toBe(1);
    expect(fake.links).toHaveLength(1);
    const second = run(fake);
    expect(states(fake)).toEqual(['1 retiring', '2 starting']);
    fake.links[1]!.becomeReady();
    fake.links[0]!.reply(2);
    expect(await second).toBe(2);
    expect(fake.links[0]!.sent.at(-1)).toEqual({ t: 'stop' });
    expect(states(fake)).toEqual(['1 draining', '2 ready']);
    const third = run(fake);
    fake.links[1]!.reply(3);
    expect(await third).toBe(3);
    stopped(fake.links[0]!);
    expect(fake.pool.stats().workers).toMatchObject({ recycled: 1, died: 0, killed: 0 });
  });

  it('starts the next one after it where there is no room', async () => {
    const fake = await openFakePool({ workers: 1, recycleAfterTasks: 1 });
    const first = run(fake);
    const second = run(fake);
    expect(fake.links).toHaveLength(1);
    fake.links[0]!.reply(1);
    expect(fake.links).toHaveLength(1);
    stopped(fake.links[0]!);
    fake.links[1]!.becomeReady();
    fake.links[1]!.reply(2);
    expect(await Promise.all([first, second])).toEqual([1, 2]);
  });

  it('starts none while another is free', async () => {
    const fake = await openFakePool({ workers: 3, recycleAfterTasks: 2 });
    const both = [run(fake), run(fake)];
    fake.links[1]!.becomeReady();
    fake.links[0]!.reply(1);
    fake.links[1]!.reply(2);
    await Promise.all(both);
    void run(fake);
    expect(states(fake)).toEqual(['1 ready', '2 retiring']);
  });

  it('replaces a worker that has grown, busy or not, once', async () => {
    const fake = await openFakePool({ workers: 2, recycleAfterGrowthMiB: 100 });
    expect(fake.links[0]!.order.growthMiB).toBe(100);
    const task = run(fake);
    fake.links[0]!.emit({ t: 'grown', growthMiB: 120 });
    fake.links[0]!.emit({ t: 'grown', growthMiB: 130 });
    expect(states(fake)).toEqual(['1 retiring', '2 starting']);
    fake.links[0]!.reply('done');
    expect(await task).toBe('done');
    fake.links[1]!.becomeReady();
    fake.links[1]!.emit({ t: 'grown', growthMiB: 120 });
    expect(states(fake)).toEqual(['1 draining', '2 draining']);
    expect(fake.pool.stats().workers.recycled).toBe(2);
  });

  it('gives back a task that a worker on its way out dies with', async () => {
    const fake = await openFakePool({ workers: 1, recycleAfterTasks: 1 });
    const task = run(fake);
    fake.links[0]!.exit();
    fake.links[1]!.becomeReady();
    fake.links[1]!.reply('elsewhere');
    expect(await task).toBe('elsewhere');
  });

  it('starts nothing while the pool is being closed', async () => {
    const fake = await openFakePool({ workers: 2, recycleAfterTasks: 1, spares: 1 });
    const task = run(fake);
    const links = fake.links.length;
    const closing = fake.pool.close();
    fake.links[0]!.reply(1);
    await task;
    await turn();
    expect(fake.links).toHaveLength(links);
    for (const link of fake.links) link.exit({ exitCode: 0, signal: null });
    await closing;
  });
});

describe('spares', () => {
  it('are started once there is a pool, on top of the workers', async () => {
    const fake = await openFakePool({ workers: 1, spares: 2 });
    expect(fake.links).toHaveLength(3);
    for (const link of fake.links.slice(1)) link.becomeReady();
    const tasks = [run(fake), run(fake)];
    expect(fake.links.map((link) => link.sent.filter(({ t }) => t === 'run').length)).toEqual([1, 0, 0]);
    expect(fake.pool.stats().workers).toMatchObject({ max: 1, spares: 2, live: { length: 3 } });
    fake.links[0]!.reply(1);
    fake.links[0]!.reply(2);
    expect(await Promise.all(tasks)).toEqual([1, 2]);
  });

  it('take over from a dead worker at once, and are replaced', async () => {
    const fake = await openFakePool({ workers: 1, spares: 1 });
    fake.links[1]!.becomeReady();
    const dead = run(fake);
    const waiting = run(fake);
    fake.links[0]!.begun = fake.links[0]!.run.id;
    fake.links[0]!.exit();
    expect(fake.links[1]!.run.name).toBe('f');
    expect(fake.links).toHaveLength(3);
    expect(fake.pool.stats().workers.spares).toBe(0);
    fake.links[1]!.reply('spared');
    expect(await waiting).toBe('spared');
    await expect(dead).rejects.toMatchObject({ code: 'HEDDLE_WORKER_DIED' });
    fake.links[2]!.becomeReady();
    expect(fake.pool.stats().workers.spares).toBe(1);
  });

  it('serve when work grows, a starting one as well', async () => {
    const fake = await openFakePool({ workers: 3, spares: 1 });
    fake.links[1]!.becomeReady();
    const tasks = [run(fake), run(fake)];
    expect(fake.links[1]!.run.name).toBe('f');
    // The third task takes the new spare over, which is still starting, and yet another is started.
    expect(fake.links).toHaveLength(3);
    tasks.push(run(fake));
    expect(fake.links).toHaveLength(4);
    fake.links[2]!.becomeReady();
    for (const link of fake.links.slice(0, 3)) link.reply(link.order.workerId);
    expect(await Promise.all(tasks)).toEqual([1, 2, 3]);
  });

  it('never make the pool larger than its workers and them', async () => {
    const fake = await openFakePool({ workers: 2, spares: 1 });
    for (let n = 0; n < 20; n++) void run(fake);
    for (let n = 0; n < fake.links.length; n++) fake.links[n]!.becomeReady();
    expect(fake.links).toHaveLength(3);
    expect(fake.pool.stats().workers.spares).toBe(1);
  });

  it('end with the pool', async () => {
    const fake = await openFakePool({ workers: 1, spares: 1 });
    fake.links[1]!.becomeReady();
    const closing = fake.pool.close();
    await turn();
    for (const link of fake.links) stopped(link);
    await closing;
    expect(fake.pool.stats()).toMatchObject({ state: 'closed', workers: { spares: 0, live: [] } });
    expect(fake.clock.pending).toBe(0);
  });

  it('are let go when the pool fails', async () => {
    const fake = await openFakePool({ workers: 2, spares: 1, restartLimit: { count: 1, windowMs: 60_000 } });
    fake.links[1]!.becomeReady();
    // The first takes the one task, the second the other, and two spares in a row can't be started.
    void run(fake);
    void run(fake);
    for (const link of [2, 3]) {
      fake.links[link]!.exit({ isSpawnFailure: true, cause: new Error('EAGAIN'), signal: null });
      fake.clock.advance(10_000);
    }
    expect(fake.pool.stats().state).toBe('failed');
    expect(fake.links).toHaveLength(4);
    fake.links[0]!.reply(1);
    expect(states(fake)).toEqual(['1 draining', '2 busy']);
  });
});
