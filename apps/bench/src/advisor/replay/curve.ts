// What calls cost by how many there were before: straight lines between what was recorded. Pure.
import type { CallsSoFar } from '../record/recording.ts';

type Sum = 'ms' | 'callerMs';

/** Of the first so many calls; beyond what was recorded they go on as the last ones did. */
function upTo(soFar: readonly CallsSoFar[], calls: number, sum: Sum): number {
  let before = { calls: 0, value: 0 };
  for (const [index, point] of soFar.entries()) {
    const value = Math.max(before.value, point[sum]);
    if (calls <= point.calls || index === soFar.length - 1) {
      const slope = (value - before.value) / (point.calls - before.calls);
      return before.value + slope * (calls - before.calls);
    }
    before = { calls: point.calls, value };
  }
  return 0;
}

/** The mean of `calls` calls after the first `seen`, which may be parts of a call. `calls` above 0. */
export function meanMs(soFar: readonly CallsSoFar[], seen: number, calls: number, sum: Sum): number {
  return (upTo(soFar, seen + calls, sum) - upTo(soFar, seen, sum)) / calls;
}

/** Of the last calls that were recorded. */
export function compiled(soFar: readonly CallsSoFar[], sum: Sum): number {
  const last = soFar.at(-1)!.calls;
  return meanMs(soFar, last, last, sum);
}
