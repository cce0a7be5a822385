import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, it, onTestFinished } from 'vitest';
import type { WorkerEvent } from '../../src/diagnostics/events.ts';
import type { Examination } from '../../src/errors/examination.ts';
import type { Examinee, Examiner } from '../../src/liveness/examiner.ts';
import { openFakePool, beginFakePool, type FakePool } from '../fake-pool.ts';
import { errorOf } from '../helpers.ts';

const SPINNING: Examination = {
  verdict: 'busy',
  workerStack: '    at spin (file:///tasks.js:12:3)',
  summary: 'it was busy at spin (file:///tasks.js:12:3)',
};

/** Answers when the test says so. */
class FakeExaminer implements Examiner {
  readonly begun: Examinee[] = [];
  readonly limits: unknown[] = [];
  gaveUp = 0;
  answer: (examination: Examination) => void = () => {};

  examine(examinee: Examinee, limits: unknown, done: (examination: Examination) => void): () => void {
    this.begun.push(examinee);
    this.limits.push(limits);
    this.answer = done;
    return () => void this.gaveUp++;
  }
}

async function open(options = {}): Promise<FakePool & { examiner: FakeExaminer }> {
  const examiner = new FakeExaminer();
  return { ...(await openFakePool({ workers: 1, cancelGraceMs: 100, ...options }, { examiner })), examiner };
}

function runFor({ pool }: FakePool, timeoutMs: number): Promise<unknown> {
  const outcome = pool.run('f', [], { timeoutMs });
  outcome.catch(() => {});
  return outcome;
}

it('begins in the second half of the grace and is told in the error', async () => {
  const { examiner, clock, links, ...fake } = await open();
  const outcome = runFor({ ...fake, clock, links }, 1_000);
  clock.advance(1_049);
  expect(examiner.begun).toEqual([]);
  clock.advance(1);
  expect(examiner.begun).toHaveLength(1);
  examiner.answer(SPINNING);
  clock.advance(49);
  expect(links[0]!.kills).toBe(0);
  clock.advance(1);
  expect(links[0]!.kills).toBe(1);
  links[0]!.exit();
  const error = await errorOf(outcome);
  expect(error).toMatchObject({
    code: 'HEDDLE_TASK_TIMEOUT',
    message: '"f" ran longer than its time-out of 1000 ms; it was busy at spin (file:///tasks.js:12:3)',
    verdict: 'busy',
    workerStack: SPINNING.workerStack,
  });
  expect(error.stack).toContain(error.message);
});

it('puts the end off until it is over', async () => {
  const fake = await open();
  const outcome = runFor(fake, 1_000);
  fake.clock.advance(1_500);
  expect(fake.links[0]!.kills).toBe(0);
  fake.examiner.answer(SPINNING);
  expect(fake.links[0]!.kills).toBe(1);
  fake.links[0]!.exit();
  expect(await errorOf(outcome)).toMatchObject({ verdict: 'busy' });
});

it('is given up when the task settles after all, and the next task is not told of it', async () => {
  const fake = await open();
  const first = runFor(fake, 1_000);
  fake.clock.advance(1_060);
  fake.links[0]!.reply('late');
  expect(fake.examiner.gaveUp).toBe(1);
  expect(await errorOf(first)).not.toHaveProperty('verdict');
  const second = runFor(fake, 1_000);
  fake.clock.advance(1_050);
  fake.links[0]!.exit({ signal: 'SIGSEGV' });
  expect(await errorOf(second)).not.toHaveProperty('verdict');
});

it('ends with the worker', async () => {
  const fake = await open({ cancelGraceMs: 0 });
  const outcome = runFor(fake, 1_000);
  fake.clock.advance(1_000);
  expect(fake.examiner.begun).toHaveLength(1);
  fake.links[0]!.exit();
  expect(await errorOf(outcome)).toMatchObject({ code: 'HEDDLE_TASK_TIMEOUT' });
  expect(fake.examiner.gaveUp).toBe(1);
  expect(fake.links[0]!.kills).toBe(0);
});

it('is told in the error of a worker that nothing ends', async () => {
  const fake = await open({ terminateTimeoutMs: 500 });
  const outcome = runFor(fake, 1_000);
  fake.clock.advance(1_050);
  fake.examiner.answer({
    verdict: 'blocked',
    workerStack: undefined,
    summary: 'it was blocked, no JavaScript stack: x',
  });
  fake.clock.advance(550);
  expect(await errorOf(outcome)).toMatchObject({
    code: 'HEDDLE_WORKER_STUCK',
    message: expect.stringContaining('; it was blocked, no JavaScript stack: x'),
    verdict: 'blocked',
    cause: { code: 'HEDDLE_TASK_TIMEOUT' },
  });
});

it('is told in the error of a start that takes too long', async () => {
  const examiner = new FakeExaminer();
  const fake = beginFakePool({ loadTimeoutMs: 1_000 }, { examiner });
  fake.links[0]!.emit({ t: 'spawned' });
  fake.clock.advance(1_000);
  examiner.answer(SPINNING);
  fake.links[0]!.exit();
  expect(await errorOf(fake.opened)).toMatchObject({
    code: 'HEDDLE_START_TIMEOUT',
    message: expect.stringContaining('(loadTimeoutMs); it was busy at spin'),
    workerStack: SPINNING.workerStack,
  });
});

it('asks for the stack of a process only when its entry runs', async () => {
  const examiner = new FakeExaminer();
  const fake = beginFakePool({ spawnTimeoutMs: 1_000 }, { examiner });
  fake.clock.advance(1_000);
  const seen: unknown[] = [];
  examiner.begun[0]!.readStack((reading) => seen.push(reading));
  expect(seen).toEqual([{ missing: 'its entry had not begun' }]);
});

it("is left out for a caller's own reason, which nobody may change", async () => {
  const fake = await open({ cancelGraceMs: 100 });
  const controller = new AbortController();
  const outcome = fake.pool.run('f', [], { signal: controller.signal });
  controller.abort('enough');
  fake.clock.advance(100);
  expect(fake.examiner.begun).toEqual([]);
  expect(fake.links[0]!.kills).toBe(1);
  fake.links[0]!.exit();
  expect(await errorOf(outcome)).toBe('enough');
});

it('gives up one that nothing waits for when an end does', async () => {
  const listen = () => {};
  subscribe('heddle:task', listen);
  onTestFinished(() => void unsubscribe('heddle:task', listen));
  const fake = await open({ stuckAfterMs: 500 });
  runFor(fake, 1_000).catch(() => {});
  fake.clock.advance(1_050);
  expect(fake.examiner.limits).toEqual([10_000, 750]);
  expect(fake.examiner.gaveUp).toBe(1);
});

function listenToWorkers(): unknown[] {
  const events: unknown[] = [];
  const listen = (event: unknown) => events.push(event);
  subscribe('heddle:worker', listen);
  onTestFinished(() => void unsubscribe('heddle:worker', listen));
  return events;
}

it('reaches whoever listens for ends of workers', async () => {
  const events = listenToWorkers();
  const fake = await open({ name: 'listened' });
  runFor(fake, 1_000).catch(() => {});
  fake.clock.advance(1_050);
  fake.examiner.answer(SPINNING);
  fake.clock.advance(50);
  fake.links[0]!.exit();
  const worker = { pool: 'listened', workerId: 1, pid: 1001, threadId: undefined };
  expect(events).toEqual([
    { ...worker, type: 'started' },
    { ...worker, type: 'ready', elapsedMs: 0 },
    { ...worker, type: 'killed', examination: SPINNING },
    { ...worker, type: 'stopped' },
  ]);
});

it('is not needed to tell of a death, a replacement, or a worker that stays', async () => {
  const events = listenToWorkers();
  const fake = await open({ recycleAfterTasks: 1, terminateTimeoutMs: 500, cancelGraceMs: 0 });
  runFor(fake, 1_000).catch(() => {});
  fake.links[0]!.exit({ signal: 'SIGSEGV' });
  fake.links[1]!.becomeReady();
  fake.clock.advance(1_000);
  fake.examiner.answer(SPINNING);
  fake.clock.advance(500);
  const told = (events as WorkerEvent[]).map(({ workerId, type }) => `${workerId} ${type}`);
  expect(told.slice(0, 4)).toEqual(['1 started', '1 ready', '1 recycled', '1 died']);
  expect(told.slice(4)).toEqual(['2 started', '2 ready', '2 recycled', '2 killed', '2 stuck']);
  expect(events[2]).toMatchObject({ workerId: 1, why: 'tasks', tasksGiven: 1 });
  expect(events[3]).toMatchObject({ workerId: 1, signal: 'SIGSEGV', error: { code: 'HEDDLE_WORKER_DIED' } });
  expect(events[8]).toMatchObject({ workerId: 2, examination: SPINNING });
});
