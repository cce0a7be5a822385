// One job: all calls of a workload, made in its way, until the last result is there.
import type { AdvisorWorkload } from './workloads.ts';

/** What a job uses of a pool, whatever tasks that has. */
export interface JobPool {
  run(name: string, args: readonly unknown[]): Promise<unknown>;
  map(name: string, source: Iterable<unknown>): AsyncIterable<{ readonly value: unknown }>;
}

/** A number that depends on every result and not on where it was computed. */
export async function runJob(
  pool: JobPool,
  { mode, task }: AdvisorWorkload,
  items: readonly unknown[],
): Promise<number> {
  let sum = 0;
  const add = (result: unknown): void => void (sum = (sum + weigh(result)) | 0);
  switch (mode) {
    case 'map':
      for await (const { value } of pool.map(task, items)) add(value);
      break;
    case 'stream':
      for await (const { value } of pool.map(task, items.values())) add(value);
      break;
    case 'burst':
      for (const result of await Promise.all(items.map((item) => pool.run(task, [item])))) add(result);
      break;
    case 'serial':
      for (const item of items) add(await pool.run(task, [item]));
      break;
  }
  return sum;
}

function weigh(result: unknown): number {
  if (typeof result === 'number') return result | 0;
  if (typeof result === 'string') return result.length;
  const list = result as ReadonlyArray<{ readonly name: string; readonly price: number }>;
  return list.length + list[0]!.name.length + list.at(-1)!.price;
}
