/** Merging sorted runs in parts that need not know each other. Pure. */
import { splitRange } from '../support/split.ts';
import type { Range } from '../support/split.ts';

/** One share of merging two neighbouring runs: which elements of each go to which place. */
export interface MergePart {
  left: Range;
  right: Range;
  outStart: number;
}

/**
 * Where to cut two sorted runs so that the first `count` elements of their merge lie before the cuts; equal elements are
 * taken from the left. O(log n).
 */
function cutsAt(keys: Float64Array, left: Range, right: Range, count: number): [number, number] {
  let low = Math.max(0, count - right.count);
  let high = Math.min(count, left.count);
  while (low < high) {
    const fromLeft = (low + high) >>> 1;
    const fromRight = count - fromLeft;
    if (keys[left.start + fromLeft]! <= keys[right.start + fromRight - 1]!) low = fromLeft + 1;
    else high = fromLeft;
  }
  return [low, count - low];
}

/** Cuts the merge of two neighbouring runs into `parts` shares of equal output. */
export function splitMerge(keys: Float64Array, left: Range, right: Range, parts: number): MergePart[] {
  return splitRange(left.count + right.count, parts).map(({ start, count }) => {
    const [leftFrom, rightFrom] = cutsAt(keys, left, right, start);
    const [leftTo, rightTo] = cutsAt(keys, left, right, start + count);
    return {
      left: { start: left.start + leftFrom, count: leftTo - leftFrom },
      right: { start: right.start + rightFrom, count: rightTo - rightFrom },
      outStart: left.start + start,
    };
  });
}

/** Merges one share from `keys` into `out`, another array. */
export function mergePart(keys: Float64Array, out: Float64Array, { left, right, outStart }: MergePart): void {
  let l = left.start;
  let r = right.start;
  const leftEnd = l + left.count;
  const rightEnd = r + right.count;
  let at = outStart;
  while (l < leftEnd && r < rightEnd) out[at++] = keys[l]! <= keys[r]! ? keys[l++]! : keys[r++]!;
  if (l < leftEnd) out.set(keys.subarray(l, leftEnd), at);
  else out.set(keys.subarray(r, rightEnd), at);
}
