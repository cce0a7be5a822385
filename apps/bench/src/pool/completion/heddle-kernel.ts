// The public call of @heddle/core-native: a kernel so small that the call is all there is.
import { isAvailable, sum, unavailableReason } from '@heddle/core-native';
import type { Calls } from './calls.ts';

/** More than what is summed on the calling thread, so that each call goes through the pool. */
const LENGTH = 4_096;

export function openSum(length: number): Calls {
  if (!isAvailable()) throw new Error(unavailableReason()!.split('\n', 1)[0]);
  // Shared: neither copied nor moved.
  const numbers = new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT)).fill(2);
  return { call: () => sum(numbers), answer: () => 2 * length };
}

export const open = (): Calls => openSum(LENGTH);
