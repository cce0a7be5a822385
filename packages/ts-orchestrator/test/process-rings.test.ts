// Worker processes with rings: when they get them, what stays right while they do, and what of it a worker can spoil.
import fs from 'node:fs';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { createPool, type Pool, type PoolOptions } from '@heddle/ts-orchestrator';
import type { UntypedModule } from '../src/task/module-types.ts';
import { loadOsServices } from '../src/task/os-services.ts';
import { HostRings, RINGS_AFTER_TASKS } from '../src/transport/process-rings.ts';
import { FakeClock } from './fake-clock.ts';
import { collect, errorOf } from './helpers.ts';

const isMissing = process.platform !== 'linux' || (await loadOsServices()) === undefined;

async function openPool(rings: string | undefined, options: PoolOptions): Promise<Pool<UntypedModule>> {
  vi.stubEnv('HEDDLE_RINGS', rings);
  const pool = await createPool(new URL('fixtures/ring-tasks.mjs', import.meta.url), {
    backend: 'processes',
    workers: 1,
    execArgv: [],
    ...options,
  });
  vi.unstubAllEnvs();
  return pool;
}

async function withPool(
  rings: string | undefined,
  options: PoolOptions,
  use: (pool: Pool<UntypedModule>) => Promise<void>,
): Promise<void> {
  const pool = await openPool(rings, options);
  try {
    await use(pool);
  } finally {
    await pool.close({ cancel: true });
  }
}
afterAll(() => vi.unstubAllEnvs());

/** Workers that write over what they share, one a seed. .ci/run has more of them: HEDDLE_SCRIBBLES. */
const SEEDS = Number(process.env['HEDDLE_SCRIBBLES'] ?? 6);
/** Most of a seed's time is spent waiting until one side looks, once a second, for what the memory does not show any more. */
const SCRIBBLED_POOLS = 6;

const wires = (pool: Pool<UntypedModule>) => pool.stats().workers.live.map(({ wire }) => wire);

/** Sends small tasks until every worker that there may be has rings. */
async function switchAll(pool: Pool<UntypedModule>): Promise<void> {
  const { max } = pool.stats().workers;
  while (wires(pool).filter((wire) => wire === 'ring').length < max)
    await Promise.all(Array.from({ length: 20 * max }, () => pool.run('noteSlowly', [-1, 0])));
}

describe.skipIf(isMissing)('a worker process', () => {
  it('gets rings after some small tasks, and none before', () =>
    withPool(undefined, {}, async (pool) => {
      for (let task = 1; task < RINGS_AFTER_TASKS; task++) await pool.run('note', [task, 'x']);
      for (let task = 0; task < 2 * RINGS_AFTER_TASKS; task++) await pool.run('large', [10]).then(String);
      await pool.run('note', [0, 'x'.repeat(20_000)]);
      await switchAll(pool);
      expect(await pool.run('note', [1, { a: [1, 2.5, null] }])).toEqual({ a: [1, 2.5, null] });
    }));

  it('stays with its channel where tasks are few or large, where it loads no addon, and where that is asked for', async () => {
    await withPool(undefined, {}, async (pool) => {
      for (let task = 1; task < RINGS_AFTER_TASKS; task++) await pool.run('note', [task, 'x']);
      for (let task = 0; task < 2 * RINGS_AFTER_TASKS; task++) await pool.run('note', [task, new Uint8Array(9_000)]);
      expect(wires(pool)).toEqual(['channel']);
    });
    for (const [rings, options] of [
      ['off', {}],
      ['0', { execArgv: ['--no-addons'] }],
    ] as const)
      await withPool(rings, options, async (pool) => {
        for (let round = 0; round < 5; round++)
          expect(
            await Promise.all(Array.from({ length: 50 }, (_, task) => pool.run('note', [task, { task }]))),
          ).toEqual(Array.from({ length: 50 }, (_, task) => ({ task })));
        expect(wires(pool)).toEqual(['channel']);
      });
  });

  it('runs each task once and gives it its answer, while the wires change under tasks that are taken back', () =>
    withPool('1', { workers: 2 }, async (pool) => {
      const tasks = 3_000;
      const cancelled = new Set<number>();
      const outcomes = await Promise.allSettled(
        Array.from({ length: tasks }, (_, id) => {
          // Slow ones now and then: what was sent behind them is taken back, and goes elsewhere.
          if (id % 250 === 7) return pool.run('noteSlowly', [id, 30]);
          if (id % 11 !== 0) return pool.run('note', [id, id % 5 === 0 ? 'z'.repeat(6_000) : id]);
          const controller = new AbortController();
          const run = pool.run('note', [id, id], { signal: controller.signal });
          setTimeout(() => controller.abort(), id % 40);
          return run.catch((error: unknown) => {
            cancelled.add(id);
            throw error;
          });
        }),
      );
      for (const [id, outcome] of outcomes.entries()) {
        if (cancelled.has(id)) continue;
        expect(outcome).toEqual({
          status: 'fulfilled',
          value: id % 250 !== 7 && id % 11 !== 0 && id % 5 === 0 ? 'z'.repeat(6_000) : id,
        });
      }
      await switchAll(pool);
      const seen = new Map<number, number>();
      const lists = new Map<string, number[]>();
      while (lists.size < 2) {
        const both = await Promise.all([pool.run('noted', []), pool.run('noted', [])]);
        for (const list of both as number[][]) lists.set(list.slice(0, 3).join(), list);
      }
      for (const list of lists.values()) for (const id of list) seen.set(id, (seen.get(id) ?? 0) + 1);
      for (let id = 0; id < tasks; id++) {
        if (cancelled.has(id)) expect(seen.get(id) ?? 0).toBeLessThanOrEqual(1);
        else expect([id, seen.get(id)]).toEqual([id, 1]);
      }
    }));

  it('keeps items, progress and printed lines in order over both ways', () =>
    withPool('0', {}, async (pool) => {
      await switchAll(pool);
      const expected = Array.from({ length: 500 }, (_, item) => (item % 3 === 2 ? 'y'.repeat(5_000) : item));
      expect(await collect(pool.stream('count', [500, true]))).toEqual(expected);
      const lines: string[] = [];
      const write = vi.spyOn(process.stderr, 'write').mockImplementation((line) => {
        lines.push(String(line));
        return true;
      });
      for (let round = 0; round < 50; round++) {
        await pool.run('say', [`line ${round}`]);
        // Out before its result is.
        expect(lines.at(-1)).toContain(`line ${round}`);
        await pool.run('note', [round, round]);
      }
      write.mockRestore();
    }));

  it('loses one task when it is killed, and no answer that it had written', () =>
    withPool('0', { workers: 2 }, async (pool) => {
      for (let round = 0; round < 5; round++) {
        await switchAll(pool);
        const killer = 200 + 31 * round;
        const outcomes = await Promise.allSettled(
          Array.from({ length: 600 }, (_, id) =>
            id === killer ? pool.run('killSelf', []) : pool.run('note', [id, id]),
          ),
        );
        for (const [id, outcome] of outcomes.entries())
          expect(outcome).toMatchObject(
            id === killer
              ? { status: 'rejected', reason: { code: 'HEDDLE_WORKER_DIED' } }
              : { status: 'fulfilled', value: id },
          );
      }
    }));

  it('has given the items of a stream, up to any, that it yielded before it was killed', () =>
    withPool('0', {}, async (pool) => {
      await switchAll(pool);
      const got: unknown[] = [];
      const all = async () => {
        for await (const item of pool.stream('countAndDie', [10])) got.push(item);
      };
      const error = await errorOf(all());
      expect(error).toMatchObject({ code: 'HEDDLE_WORKER_DIED' });
      expect(got).toEqual(Array.from({ length: 10 }, (_, item) => item));
    }));

  it('leaves no descriptor in the host', async () => {
    const descriptors = (): string[] => fs.readdirSync('/proc/self/fd');
    const once = () =>
      withPool('0', { workers: 2 }, async (pool) => {
        await switchAll(pool);
        await errorOf(pool.run('killSelf', []));
        await switchAll(pool);
      });
    await once();
    const before = descriptors().length;
    for (let round = 0; round < 3; round++) await once();
    // Watches, and pipes of workers that were killed, are closed in later turns of the event loop.
    await vi.waitFor(() => expect(descriptors().length).toBeLessThanOrEqual(before), { timeout: 30_000 });
  });

  it('counts no memory of rings as shared arrays', () =>
    withPool('0', {}, async (pool) => {
      await switchAll(pool);
      expect(pool.stats().shared).toEqual({ segments: 0, bytes: 0 });
    }));

  it('that writes over the shared memory ends at most itself', async () => {
    let deaths = 0;
    let spared = 0;
    const scribble = async (pool: Pool<UntypedModule>, seed: number) => {
      await switchAll(pool);
      const outcomes = await Promise.allSettled([
        pool.run('scribble', [seed, 1_000]),
        ...Array.from({ length: 1_000 }, (_, id) => pool.run('note', [id, { id }])),
      ]);
      // A worker that replaces one that was spoilt may get the task before it gets rings.
      const [first] = outcomes;
      if (first!.status === 'fulfilled' && first.value === 0) spared++;
      for (const [place, outcome] of outcomes.entries()) {
        if (outcome.status === 'fulfilled') {
          if (place > 0) expect(outcome.value, `seed ${seed}`).toEqual({ id: place - 1 });
          continue;
        }
        const { code, causes } = outcome.reason as { code: string; causes?: Array<{ code: string }> };
        // It may also write that nothing had begun, and what has not begun goes to the next worker, where it does the same again.
        const codes = code === 'HEDDLE_TASK_QUARANTINED' ? causes!.map((cause) => cause.code) : [code];
        expect(new Set(codes), `seed ${seed}`).toEqual(new Set(['HEDDLE_WORKER_DIED']));
        deaths++;
      }
    };
    // Each death tells its stack.
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const pools: Array<Pool<UntypedModule>> = [];
    while (pools.length < SCRIBBLED_POOLS) pools.push(await openPool('0', { retries: 0 }));
    let seed = 0;
    try {
      await Promise.all(
        pools.map(async (pool) => {
          while (seed < SEEDS) await scribble(pool, ++seed);
          // Ends what is left of the last one.
          await errorOf(pool.run('killSelf', []));
          await switchAll(pool);
        }),
      );
    } finally {
      await Promise.all(pools.map((pool) => pool.close({ cancel: true })));
      write.mockRestore();
    }
    expect(deaths).toBeGreaterThan(SEEDS / 4);
    expect(spared).toBeLessThan(SEEDS / 2);
  }, 300_000);

  it('that writes over it lets every short item of a map have its one outcome', async () => {
    const rounds = Math.ceil(SEEDS / 6);
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    await withPool('0', { retries: 0 }, async (pool) => {
      for (let seed = 1; seed <= rounds; seed++) {
        await switchAll(pool);
        const source = Array.from({ length: 20_000 }, (_, item) => item);
        const got: number[] = [];
        for await (const { index, value, error } of pool.map('same', source, { onError: 'collect' })) {
          got.push(index);
          if (error === undefined) expect(value, `seed ${seed}`).toBe(index);
          else expect(error, `seed ${seed}`).toMatchObject({ code: 'HEDDLE_WORKER_DIED' });
          if (index === 2_000) void pool.run('scribble', [seed, 1_000]).catch(() => {});
        }
        expect(got, `seed ${seed}`).toEqual(source);
        await pool.drain();
        const { submitted, succeeded, failed } = pool.stats().tasks;
        expect(succeeded + failed, `seed ${seed}`).toBe(submitted);
        // Ends what is left of this one.
        await errorOf(pool.run('killSelf', []));
      }
    });
    write.mockRestore();
  }, 300_000);
});

it.skipIf(isMissing)(
  'a worker that is silent is asked as long as an item of a batch is not answered, and no longer',
  async () => {
    const clock = new FakeClock();
    const posted: string[] = [];
    let descriptors = 0;
    const rings = new HostRings({
      mailbox: { readFrom() {}, writeTo() {}, stopReading() {}, rouse: () => posted.push('rouse') },
      line: { sendSegment: () => descriptors++, sendCounter: () => descriptors++ } as never,
      words: { switchTo() {} } as never,
      clock,
      afterTasks: 0,
      post: ({ t }) => posted.push(t),
      onDamage() {},
    });
    await vi.waitFor(() => expect(posted).toEqual(['rings']));
    rings.onMessage({ t: 'rings-ready' }, 1);
    // One of before the rings were there, and a batch of three.
    rings.onTask(2, true, 3);
    rings.onAnswer(1, false);
    rings.onAnswer(2, false);
    rings.onAnswer(2, false);
    clock.advance(2_000);
    expect(posted).toEqual(['rings', 'ring-tasks', 'rouse', 'rings-look']);
    rings.onMessage({ t: 'rings-looked' }, 2);
    rings.onAnswer(2, false);
    rings.onTask(3, true, 3);
    rings.onAnswer(3, true);
    clock.advance(10_000);
    expect(posted).toHaveLength(4);
    rings.close();
  },
);
