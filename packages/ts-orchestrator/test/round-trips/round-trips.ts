/**
 * Random values to a worker and back, compared with what structured clone makes of them, bit for bit: types, prototypes, holes, the
 * order of properties, shared parts and cycles.
 */
import * as fc from 'fast-check';
import { differenceOf } from '../../../codec/test/difference.ts';
import { anyValue, largeValue } from '../../../codec/test/values.ts';

/** What is asked of a pool. */
export interface Returns {
  run(name: 'same', args: readonly [unknown]): Promise<unknown>;
}

export interface RoundTrips {
  readonly values: number;
  /** Those that came back as something else, or not at all. */
  readonly failed: number;
}

/** Values that are on their way at the same time, made from one seed. */
const VALUES_PER_SEED = 250;
/** One of so many is large. */
const LARGE_EVERY = 100;
/** Failures printed in full. */
const SHOWN_MAX = 3;

/** Sends `count` values, made from the seeds from `first` on. */
export async function roundTrips(
  pool: Returns,
  count: number,
  first: number,
  write: (line: string) => void,
): Promise<RoundTrips> {
  let values = 0;
  let failed = 0;
  for (let seed = first; values < count; seed++) {
    const numRuns = Math.min(VALUES_PER_SEED, count - values);
    const sent = fc.sample(anyValue, { seed, numRuns });
    const large = fc.sample(largeValue, { seed, numRuns: Math.ceil(numRuns / LARGE_EVERY) });
    for (const [index, value] of large.entries()) sent[index * LARGE_EVERY] = value;
    const answers = await Promise.allSettled(sent.map((value) => pool.run('same', [value])));
    for (const [index, answer] of answers.entries()) {
      const difference =
        answer.status === 'rejected' ? String(answer.reason) : differenceOf(answer.value, structuredClone(sent[index]));
      if (difference === undefined) continue;
      if (++failed <= SHOWN_MAX) write(`seed ${seed}, value ${index}: ${difference}\n${fc.stringify(sent[index])}`);
    }
    values += numRuns;
  }
  return { values, failed };
}
