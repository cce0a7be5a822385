/** Task module: sort, merge and count one part, in shared memory or by value. */
import { sortSync } from '@heddle/core-js';
import { move } from '@heddle/ts-orchestrator/task';
import type { Range } from '../support/split.ts';
import { mergePart } from './merge.ts';
import type { MergePart } from './merge.ts';
import { reducePart } from './reduce.ts';
import type { PartReduction } from './reduce.ts';

export function sortShared(keys: Float64Array, { start, count }: Range): void {
  sortSync(keys.subarray(start, start + count));
}

export function mergeShared(keys: Float64Array, out: Float64Array, part: MergePart): void {
  mergePart(keys, out, part);
}

export function reduceShared(sorted: Float64Array, range: Range): PartReduction {
  return reducePart(sorted, range);
}

export function sortValues(keys: Float64Array): Float64Array {
  sortSync(keys);
  return move(keys, [keys.buffer as ArrayBuffer]);
}
