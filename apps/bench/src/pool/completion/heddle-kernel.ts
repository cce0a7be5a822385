// The public call of @heddle/core-native: a kernel so small that the call is all there is.
import { isAvailable, sum, unavailableReason } from '@heddle/core-native';
import type { Calls } from './calls.ts';

const LENGTH = 8;

export function open(): Calls {
  if (!isAvailable()) throw new Error(unavailableReason()!.split('\n', 1)[0]);
  // Shared: neither copied nor moved.
  const numbers = new Float64Array(new SharedArrayBuffer(LENGTH * Float64Array.BYTES_PER_ELEMENT)).fill(2);
  return { call: () => sum(numbers), answer: () => 2 * LENGTH };
}
