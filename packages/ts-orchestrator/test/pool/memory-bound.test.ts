// How many workers there are at most where memory is shorter than cores.
import type { Memory } from '@heddle/machine';
import { describe, expect, it } from 'vitest';
import { IDLE_TIMEOUT_MS, MEMORY_HOLDS_MS } from '../../src/clock/deadlines.ts';
import { MemoryBound, WORKER_MIB } from '../../src/pool/memory-bound.ts';
import { FakeClock } from '../fake-clock.ts';
import { openFakePool, turn, type FakeLink, type FakePool } from '../fake-pool.ts';

const MIB = 2 ** 20;
const SOURCE = '/sys/fs/cgroup/memory.max';
const memory = (limitMiB: number, takenMiB: number): Memory => ({
  totalBytes: 2 ** 34,
  limitBytes: limitMiB * MIB,
  availableBytes: (limitMiB - takenMiB) * MIB,
  source: SOURCE,
});

describe('the bound', () => {
  it('is what the limit leaves beside the others, by the most that a worker has taken', () => {
    const bound = new MemoryBound('processes', new FakeClock(), () => memory(256, 100));
    expect(bound.last).toBeUndefined();
    const fit = { workers: 4, limitMiB: 256, baseMiB: 60, workerMiB: 45, source: SOURCE };
    expect(bound.look(() => 40)).toEqual(fit);
    bound.tell(20);
    expect(bound.last).toEqual(fit);
    bound.tell(90);
    expect(bound.last).toEqual({ ...fit, workers: 2, workerMiB: 90 });
    bound.tell(Number.NaN);
    bound.tell(70);
    expect(bound.workerMiB).toBe(90);
    bound.tell(1_000);
    expect(bound.look(() => 40).workers).toBe(1);
  });

  it('reads again when the reading is old, or told to', () => {
    const clock = new FakeClock();
    let [reads, takenMiB] = [0, 100];
    const bound = new MemoryBound('threads', clock, () => (reads++, memory(256, takenMiB)));
    const baseMiB = () => bound.look(() => 0).baseMiB;
    expect(baseMiB()).toBe(100);
    takenMiB = 200;
    expect([baseMiB(), reads]).toEqual([100, 1]);
    clock.advance(MEMORY_HOLDS_MS);
    expect([baseMiB(), reads]).toEqual([200, 2]);
    takenMiB = 50;
    bound.renew();
    expect(bound.last!.baseMiB).toBe(200);
    expect([baseMiB(), reads]).toEqual([50, 3]);
  });
});

describe('a pool of four cores', () => {
  /** Its first worker is ready; `reads`: how often memory was looked at. */
  async function open(read: () => Memory, options = {}) {
    let reads = 0;
    const readMemory = () => (reads++, read());
    const fake = await openFakePool({ workers: 4, ...options }, { readMemory });
    return { ...fake, reads: () => reads };
  }
  const run = (fake: FakePool, times: number) => {
    for (let n = 0; n < times; n++) fake.pool.run('f', []).catch(() => {});
  };
  const tell = (link: FakeLink, nowMiB: number, peakMiB = nowMiB) =>
    link.emit({ t: 'memory', memory: { nowMiB, peakMiB } });
  const workersOf = ({ pool }: FakePool) => {
    const { max, maxFrom, live } = pool.stats().workers;
    return { max, maxFrom, live: live.length };
  };

  it('looks at memory before a second worker, not before the first', async () => {
    const fake = await open(() => memory(1_024, 100));
    expect(fake.reads()).toBe(0);
    expect(fake.links[0]!.order.isMemoryTold).toBe(true);
    expect(workersOf(fake)).toEqual({ max: 4, maxFrom: 'cores', live: 1 });
    expect(fake.pool.stats().workers.memory).toBeUndefined();
    run(fake, 1);
    expect(fake.reads()).toBe(0);
    run(fake, 5);
    expect(fake.reads()).toBe(1);
    expect(workersOf(fake)).toEqual({ max: 4, maxFrom: 'cores', live: 4 });
  });

  it('starts as many as fit, and says why', async () => {
    const fake = await open(() => memory(256, 156));
    run(fake, 8);
    expect(workersOf(fake)).toEqual({ max: 2, maxFrom: 'memory', live: 2 });
    expect(fake.pool.explain().workers).toEqual([
      {
        backend: 'processes',
        max: 2,
        sentence: `At most 2 workers, because of 256 MiB (${SOURCE}) all others take 156, and a worker up to ${WORKER_MIB.processes}.`,
      },
    ]);
  });

  it('starts the first whatever there is', async () => {
    const fake = await open(() => memory(256, 256));
    run(fake, 8);
    expect(workersOf(fake)).toEqual({ max: 1, maxFrom: 'memory', live: 1 });
    fake.links[0]!.reply(1);
    await turn();
    expect(fake.pool.stats().tasks).toMatchObject({ succeeded: 1, running: 1, queued: 6 });
  });

  it('starts more when a worker has told that what it took is its own', async () => {
    let takenMiB = 140 + 60;
    const fake = await open(() => memory(256, takenMiB));
    tell(fake.links[0]!, 60);
    run(fake, 8);
    expect(workersOf(fake)).toMatchObject({ max: 1, live: 1 });
    takenMiB = 100 + 60;
    fake.clock.advance(MEMORY_HOLDS_MS);
    run(fake, 1);
    expect(workersOf(fake)).toMatchObject({ max: 2, live: 2 });
    // What it has taken so far was nobody's when memory was read.
    takenMiB = 50 + 60 + 20;
    fake.links[1]!.emit({ t: 'spawned' });
    fake.links[1]!.emit({ t: 'loaded', tasks: ['f', 'g'] });
    expect(workersOf(fake)).toMatchObject({ max: 2, live: 2 });
    fake.links[1]!.emit({ t: 'ready', memory: { nowMiB: 20, peakMiB: 20 } });
    expect(workersOf(fake)).toMatchObject({ max: 3, live: 3 });
  });

  it('starts no more once workers have taken much, and lets go the idle ones that are too many', async () => {
    const fake = await open(() => memory(1_024, 200), { idleTimeoutMs: Infinity });
    run(fake, 4);
    for (const link of fake.links.slice(1)) link.becomeReady();
    expect(workersOf(fake)).toMatchObject({ max: 4, live: 4 });
    tell(fake.links[0]!, 400, 500);
    expect(workersOf(fake)).toMatchObject({ max: 1, maxFrom: 'memory', live: 4 });
    for (const link of fake.links) link.reply(1);
    await turn();
    fake.clock.advance(IDLE_TIMEOUT_MS);
    for (const link of fake.links.filter(({ sent }) => sent.at(-1)!.t === 'stop')) {
      link.emit({ t: 'stopped', error: undefined });
      link.exit({ exitCode: 0, signal: null });
    }
    expect(workersOf(fake)).toMatchObject({ max: 1, live: 1 });
    run(fake, 8);
    expect(workersOf(fake)).toMatchObject({ live: 1 });
  });

  it('keeps room for spares', async () => {
    const fake = await open(() => memory(256, 76), { spares: 2 });
    run(fake, 8);
    expect(workersOf(fake)).toMatchObject({ max: 2, maxFrom: 'memory' });
  });

  it('starts workers beyond that for calls of tasks, which all else waits for', async () => {
    const fake = await open(() => memory(256, 256));
    run(fake, 1);
    const { id } = fake.links[0]!.run;
    const options = {
      timeoutMs: undefined,
      priority: 0,
      retries: undefined,
      retryOn: undefined,
      retryDelayMs: undefined,
    };
    fake.links[0]!.emit({ t: 'call', id, call: 1, name: 'g', args: [], options });
    expect(fake.links).toHaveLength(2);
    fake.links[1]!.becomeReady();
    fake.links[1]!.reply(1);
    expect(fake.links[0]!.sent.at(-1)).toMatchObject({ t: 'called', call: 1 });
  });

  it('is as large as its options say, where they do', async () => {
    const fake = await openFakePool({ workers: 4 });
    run(fake, 8);
    expect(fake.links[0]!.order.isMemoryTold).toBe(false);
    expect(workersOf(fake)).toEqual({ max: 4, maxFrom: 'options', live: 4 });
    expect(fake.pool.explain().workers[0]!.sentence).toBe('At most 4 workers, because the options say so.');
  });
});
