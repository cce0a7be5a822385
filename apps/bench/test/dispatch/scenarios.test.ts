// What a scenario asks and what it counts as wrong, with pools that run the tasks here.
import { describe, expect, it } from 'vitest';
import * as tasks from '../../src/dispatch/tasks.ts';
import type { Backend, PoolUnderTest, TaskName } from '../../src/dispatch/peers/pool-under-test.ts';
import { createScenario } from '../../src/dispatch/scenarios/create.ts';
import { Expectations, type Work } from '../../src/dispatch/scenarios/scenario.ts';

const TASKS = { ...tasks } as Record<TaskName, (argument: unknown) => unknown>;

/** Runs tasks here; values travel as between threads. */
const here: PoolUnderTest = {
  run: async (name, argument) => structuredClone(TASKS[name](structuredClone(argument))),
  bumpMoved: async (array) => tasks.bump(structuredClone(array, { transfer: [array.buffer as ArrayBuffer] })),
  close: async () => undefined,
};

async function play(work: Work, pool: PoolUnderTest, backend: Backend = 'threads') {
  const expect = new Expectations();
  const place = { backend, adapter: '', expect, open: async () => pool } as const;
  const scenario = await createScenario(place, work);
  const figures = await scenario.round();
  await scenario.close();
  return { figures, problem: expect.problem };
}

const WORKS: readonly (readonly [string[], Work])[] = [
  [['p50Us', 'p99Us'], { kind: 'awaited', calls: 3 }],
  [['perSecond'], { kind: 'flood', task: 'add', calls: 7, inFlight: 3 }],
  [['perSecond'], { kind: 'flood', task: 'rename', calls: 7, inFlight: 30 }],
  [['perSecond'], { kind: 'map', items: 9, itemsWithoutMap: 4, inFlight: 3 }],
  [['ms'], { kind: 'array', way: 'copied', bytes: 64, calls: 2 }],
  [['ms'], { kind: 'array', way: 'moved', bytes: 64, calls: 2 }],
  [['ms'], { kind: 'array', way: 'shared', bytes: 64, calls: 2 }],
  [['ms'], { kind: 'objects', count: 3, calls: 2 }],
  [['sharePercent'], { kind: 'busy', calls: 2, ms: 0.01 }],
  [['added0.01Us'], { kind: 'latency', calls: 2, lengthsMs: [0.01] }],
];

describe.each(WORKS)('%j of %j', (keys, work) => {
  it('gives its figures for right results', async () => {
    const { figures, problem } = await play(work, here);
    expect(problem).toBeUndefined();
    expect(Object.keys(figures)).toEqual(keys);
    for (const value of Object.values(figures)) expect(value).toBeGreaterThan(0);
  });

  it('notices wrong ones', async () => {
    const wrong = async (): Promise<unknown> => ({ tags: [] });
    const { problem } = await play(work, { ...here, run: wrong, bumpMoved: wrong });
    expect(problem).toMatch(/^\d of \d results are wrong: /);
  });
});

it('hands a map to a pool that has one', async () => {
  const asked: number[] = [];
  const pool: PoolUnderTest = {
    ...here,
    async map(_, items) {
      asked.push(items.length);
      return items.map((item) => item + 1);
    },
  };
  expect((await play({ kind: 'map', items: 9, itemsWithoutMap: 4, inFlight: 3 }, pool)).problem).toBeUndefined();
  expect(asked).toEqual([9]);
});

describe('an array', () => {
  const bytes = 64;
  it.each(['moved', 'shared'] as const)('that was copied, not %s', async (way) => {
    const copy = async (array: unknown): Promise<unknown> => tasks.bump(Float64Array.from(array as Float64Array));
    const pool: PoolUnderTest = { ...here, run: (_, argument) => copy(argument), bumpMoved: copy };
    const { problem } = await play({ kind: 'array', way, bytes, calls: 1 }, pool);
    expect(problem).toContain(`the array was copied, not ${way}`);
  });

  it('is copied by those who share nothing with processes, and by them alone', async () => {
    const work = { kind: 'array', way: 'shared', bytes, calls: 1 } as const;
    const copying: PoolUnderTest = {
      ...here,
      run: async (_, array) => tasks.bump(Float64Array.from(array as Float64Array)),
    };
    expect((await play(work, copying, 'processes')).problem).toBeUndefined();
    const sharing = { ...copying, sharedArray: (length: number) => new Float64Array(length) };
    expect((await play(work, sharing, 'processes')).problem).toContain('copied, not shared');
  });

  it.each([
    ['a Object came back', async (array: unknown) => ({ ...(array as object) })],
    ['7 of 8 elements came back', async (array: unknown) => tasks.bump((array as Float64Array).slice(1))],
    ['element 3 is 9', async (array: unknown) => tasks.bump((array as Float64Array).slice().fill(9, 3, 4))],
  ])('of which %s', async (sentence, run) => {
    const pool: PoolUnderTest = { ...here, run: (_, argument) => run(argument) };
    expect((await play({ kind: 'array', way: 'copied', bytes, calls: 1 }, pool)).problem).toContain(sentence);
  });
});
