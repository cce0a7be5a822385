// Large values there and back. Each call is timed alone; inputs are made, and results looked at, in between.
import { quantile } from '@heddle/measure';
import type { PoolUnderTest } from '../peers/pool-under-test.ts';
import type { Item } from '../tasks.ts';
import type { Figures, Place, Scenario, WorkOf } from './scenario.ts';

async function medianMs(calls: number, timed: (i: number) => Promise<number>): Promise<Figures> {
  const timesMs = new Float64Array(calls);
  for (let i = 0; i < calls; i++) timesMs[i] = await timed(i);
  return { ms: quantile(timesMs.sort(), 0.5) };
}

/** What is wrong with an array that was filled with its indices, both ends then bumped; undefined when it is right. */
function arrayProblem(value: unknown, length: number): string | undefined {
  if (!(value instanceof Float64Array))
    return `a ${(value as object | undefined)?.constructor?.name ?? typeof value} came back`;
  if (value.length !== length) return `${value.length} of ${length} elements came back`;
  for (let i = 0; i < length; i++) {
    const right = i === 0 || i === length - 1 ? i + 1 : i;
    if (value[i] !== right) return `element ${i} is ${value[i]}, not ${right}`;
  }
  return undefined;
}

const SENDERS = {
  copied: (pool: PoolUnderTest, array: Float64Array) => pool.run('bump', array),
  moved: (pool: PoolUnderTest, array: Float64Array) => pool.bumpMoved!(array),
  shared: (pool: PoolUnderTest, array: Float64Array) => pool.run('bump', array),
};

export async function array({ backend, expect, open }: Place, work: WorkOf<'array'>): Promise<Scenario> {
  const { bytes, calls } = work;
  const pool = await open('large');
  const canShare = backend !== 'processes' || pool.sharedArray !== undefined;
  const way = work.way === 'shared' && !canShare ? 'copied' : work.way;
  const length = bytes / Float64Array.BYTES_PER_ELEMENT;
  const shared = (): Float64Array => pool.sharedArray?.(length) ?? new Float64Array(new SharedArrayBuffer(bytes));
  // One array for all calls where it stays here.
  const kept = way === 'moved' ? undefined : way === 'shared' ? shared() : new Float64Array(length);
  const fill = (target: Float64Array): Float64Array => {
    for (let i = 0; i < length; i++) target[i] = i;
    return target;
  };
  return {
    round: () =>
      medianMs(calls, async () => {
        const sent = fill(kept ?? new Float64Array(length));
        const startMs = performance.now();
        const value = await SENDERS[way](pool, sent);
        const elapsedMs = performance.now() - startMs;
        const isReallyMoved = way !== 'moved' || sent.length === 0;
        const isReallyShared = way !== 'shared' || sent[0] === 1;
        const problem =
          arrayProblem(value, length) ??
          (isReallyMoved && isReallyShared ? undefined : `the array was copied, not ${way}`);
        expect.that(problem === undefined, () => problem!);
        return elapsedMs;
      }),
    close: () => pool.close(),
  };
}

export async function objects({ expect, open }: Place, { count, calls }: WorkOf<'objects'>): Promise<Scenario> {
  const pool = await open('large');
  // About 190 bytes each as JSON.
  const items = Array.from({ length: count }, (_, i): Item => ({
    id: i,
    name: `item number ${i}, which has a name of some length`,
    tags: ['red', 'round', `tag-${i % 100}`, 'a longer tag with blanks in it', 'and one more for good measure'],
    isNew: i % 2 === 0,
  }));
  const right = JSON.stringify(items.map((item) => ({ ...item, name: `${item.name}!` })));
  return {
    round: () =>
      medianMs(calls, async () => {
        const startMs = performance.now();
        const value = await pool.run('renameAll', items);
        const elapsedMs = performance.now() - startMs;
        expect.that(JSON.stringify(value) === right, () => 'the objects that came back differ');
        return elapsedMs;
      }),
    close: () => pool.close(),
  };
}
