/** Checks against the figures counted from the unsorted keys; the sorted ones must ascend and be the same, each as often. */
import type { VariantContext } from '../define-workload.ts';
import { digestOf } from '../support/digest.ts';
import type { CheckReport } from '../workload.ts';
import { fingerprintOf } from './expected.ts';
import type { Expected } from './expected.ts';
import { readExpected } from './input.ts';
import type { SortReduceSize } from './input.ts';
import type { Reduction } from './reduce.ts';

export async function check(result: Reduction, { size, dir }: VariantContext<SortReduceSize>): Promise<CheckReport> {
  const { sorted, distinct, repeated, histogram, mean } = result;
  const digest = digestOf(sorted, histogram, `${distinct} ${repeated} ${mean}`);
  const problem = findProblem(result, await readExpected(size, dir));
  return problem === undefined ? { digest } : { digest, problem };
}

function findProblem(result: Reduction, expected: Expected): string | undefined {
  const { sorted } = result;
  if (sorted.length !== expected.length) return `${sorted.length} keys came out of ${expected.length}`;
  for (let i = 1; i < sorted.length; i++) {
    if (!(sorted[i - 1]! <= sorted[i]!)) return `key ${i} is smaller than the one before it: the result is not sorted`;
  }
  if (fingerprintOf(sorted) !== expected.fingerprint) return 'the sorted keys are not those of the input';
  for (const name of ['distinct', 'repeated'] as const) {
    if (result[name] !== expected[name]) {
      return `${result[name]} keys were counted as ${name}; a hash table holds ${expected[name]}`;
    }
  }
  const bin = expected.histogram.findIndex((count, at) => result.histogram[at] !== count);
  if (bin >= 0) return `bin ${bin} has ${result.histogram[bin]} keys; divided there are ${expected.histogram[bin]}`;
  if (!(Math.abs(result.mean / expected.mean - 1) <= 1e-12)) {
    return `the mean is ${result.mean}; summed in whole numbers it is ${expected.mean}`;
  }
  return undefined;
}
