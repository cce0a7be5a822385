/**
 * How long to wait before the n-th try: exponential, with full jitter, so that what failed together doesn't come back together.
 */
import type { Random } from './random.ts';

/** Evenly between 0 and `baseMs` * 2^(n - 1), at most `maxMs` (or `baseMs`, where that is more); `n` from 1. */
export function backoffMs(baseMs: number, n: number, maxMs: number, random: Random): number {
  return random.next() * Math.min(baseMs * 2 ** (n - 1), Math.max(baseMs, maxMs));
}
