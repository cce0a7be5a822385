// exp in fixed-point arithmetic of 160 bits behind the point, to test an error bound with.
import { exact } from './exact.ts';

const BITS = 160n;
const ONE = 1n << BITS;

/** log 2, by the series of 1 / (n * 2^n). */
const LOG_2 = Array.from({ length: 170 }, (_, at) => ONE / (BigInt(at + 1) << BigInt(at + 1))).reduce((a, b) => a + b);

/** Whether |value - exp(x)| <= 2^-52 * exp(x), decided without rounding that matters; x from -708 to 709. */
export function isExponential(value: number, x: number): boolean {
  const point = exact(x) >> (1074n - BITS);
  let k = point / LOG_2;
  if (k * LOG_2 > point) k--;
  const rest = point - k * LOG_2;
  let sum = 0n;
  for (let term = ONE, n = 1n; term !== 0n; term = (term * rest) / (ONE * n), n++) sum += term;
  // Both in units of 2^-(1074 + 160).
  const expected = sum << (k + 1074n);
  const found = exact(value) << BITS;
  const error = found > expected ? found - expected : expected - found;
  return error << 52n <= expected;
}
