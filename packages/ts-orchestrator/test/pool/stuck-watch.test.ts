import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, it, onTestFinished } from 'vitest';
import type { TaskEvent } from '../../src/diagnostics/events.ts';
import type { Examination } from '../../src/errors/examination.ts';
import type { Examiner } from '../../src/liveness/examiner.ts';
import { openFakePool, type FakePool } from '../fake-pool.ts';

const SPINNING: Examination = { verdict: 'busy', workerStack: undefined, summary: 'it was busy' };
const atOnce: Examiner = {
  examine(_examinee, _limits, done) {
    done(SPINNING);
    return () => {};
  },
};

let pools = 0;

/** A pool of its own name, and what it tells of its tasks. */
async function listen(options = {}): Promise<{ fake: FakePool; events: TaskEvent[]; stuck: () => TaskEvent[] }> {
  const name = `pool ${++pools}`;
  const events: TaskEvent[] = [];
  const take = (event: unknown) => {
    if ((event as TaskEvent).pool === name) events.push(event as TaskEvent);
  };
  subscribe('heddle:task', take);
  onTestFinished(() => void unsubscribe('heddle:task', take));
  const fake = await openFakePool({ workers: 1, name, stuckAfterMs: 1_000, ...options }, { examiner: atOnce });
  return { fake, events, stuck: () => events.filter(({ type }) => type === 'stuck') };
}

const run = (fake: FakePool) => {
  const outcome = fake.pool.run('f', []);
  outcome.catch(() => {});
  return outcome;
};

it('tells the life of a task', async () => {
  const { fake, events } = await listen({ workers: 1 });
  const first = run(fake);
  const second = fake.pool.run('g', []);
  fake.links[0]!.exit();
  fake.links[1]!.becomeReady();
  fake.links[1]!.reply('a');
  fake.links[1]!.emit({ t: 'error', id: fake.links[1]!.run.id, error: { kind: 'value', value: 'b' } as never });
  await Promise.allSettled([first, second]);
  const f = { pool: fake.pool.stats().name, task: 1, name: 'f', attempt: 1 };
  const g = { ...f, task: 2, name: 'g' };
  expect(events).toEqual([
    { ...f, type: 'submitted' },
    { ...f, type: 'started', workerId: 1 },
    { ...g, type: 'submitted' },
    { ...f, type: 'resent', error: expect.objectContaining({ code: 'HEDDLE_WORKER_DIED' }) },
    { ...f, type: 'started', workerId: 2 },
    { ...f, type: 'settled', ok: true, error: undefined },
    { ...g, type: 'started', workerId: 2 },
    { ...g, type: 'settled', ok: false, error: expect.anything() },
  ]);
});

it('tells a long task once, and ends nothing', async () => {
  const { fake, stuck } = await listen();
  const outcome = run(fake);
  fake.clock.advance(999);
  expect(stuck()).toEqual([]);
  fake.clock.advance(100_000);
  expect(stuck()).toEqual([
    {
      pool: fake.pool.stats().name,
      task: 1,
      name: 'f',
      attempt: 1,
      type: 'stuck',
      workerId: 1,
      elapsedMs: 1_000,
      examination: SPINNING,
    },
  ]);
  expect(fake.clock.pending).toBe(0);
  fake.links[0]!.reply('after all');
  expect(await outcome).toBe('after all');
});

it('has one timer for all tasks, set for the oldest', async () => {
  const { fake, stuck } = await listen({ workers: 2, idleTimeoutMs: Infinity });
  const first = run(fake);
  fake.clock.advance(400);
  fake.links[0]!.reply(1);
  await first;
  void run(fake);
  fake.clock.advance(300);
  void run(fake);
  fake.links[1]!.becomeReady();
  expect(fake.clock.pending).toBe(1);
  fake.clock.advance(699);
  expect(stuck()).toEqual([]);
  fake.clock.advance(1);
  expect(stuck()).toMatchObject([{ task: 2, elapsedMs: 1_000 }]);
  fake.clock.advance(300);
  expect(stuck()).toMatchObject([{ task: 2 }, { task: 3, elapsedMs: 1_000 }]);
  expect(fake.clock.pending).toBe(0);
});

it('takes no stream for stuck that waits for its consumer', async () => {
  const { fake, stuck } = await listen();
  const stream = fake.pool.stream('f', [], {});
  const first = stream.next();
  const link = fake.links[0]!;
  let sent = 0;
  const useCredit = () => {
    const more = link.sent.reduce((sum, message) => sum + (message.t === 'credit' ? message.items : 0), 0);
    while (sent < link.run.credit + more) link.emit({ t: 'item', id: link.run.id, value: sent++ });
  };
  useCredit();
  await first;
  useCredit();
  fake.clock.advance(5_000);
  expect(stuck()).toEqual([]);
  link.emit({ t: 'end', id: link.run.id });
});

it('costs nothing while nobody listens', async () => {
  const fake = await openFakePool({ workers: 1, stuckAfterMs: 1_000, idleTimeoutMs: Infinity });
  void run(fake);
  expect(fake.clock.pending).toBe(0);
});
