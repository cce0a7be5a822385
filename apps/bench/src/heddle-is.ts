// How heddle compares with another contestant, as one number for every suite.
import { speedup, type Speedup } from '@heddle/measure';

/**
 * How many times better heddle is, with its 95 % interval: 2 is half the time or twice the rate. Undefined where a ratio means
 * nothing, as with no processor time at all.
 */
export function heddleIsTo(
  better: 'lower' | 'higher',
  heddle: readonly number[],
  other: readonly number[],
): Speedup | undefined {
  const isPositive = (samples: readonly number[]): boolean => samples.length > 0 && samples.every((one) => one > 0);
  if (!isPositive(heddle) || !isPositive(other)) return undefined;
  return better === 'lower' ? speedup(other, heddle) : speedup(heddle, other);
}
