// Exact arithmetic on doubles, as whole multiples of 2^-1074 (and of 2^-2148 for products), to test error bounds with.

const view = new DataView(new ArrayBuffer(8));

/** A finite double in units of 2^-1074. */
export function exact(value: number): bigint {
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = (bits >> 52n) & 0x7ffn;
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  const magnitude = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n);
  return bits >> 63n === 1n ? -magnitude : magnitude;
}

const abs = (value: bigint): bigint => (value < 0n ? -value : value);

/** Whether |value - sum(a[i] * b[i])| <= bound * sum(|a[i] * b[i]|), decided without rounding. `bound` >= 2^-60. */
export function isWithin(value: number, pairs: Iterable<readonly [number, number]>, bound: number): boolean {
  let sum = 0n;
  let size = 0n;
  for (const [a, b] of pairs) {
    const product = exact(a) * exact(b);
    sum += product;
    size += abs(product);
  }
  const unit = 1n << 60n;
  const error = abs(exact(value) * (1n << 1074n) - sum);
  return error * unit <= BigInt(Math.floor(bound * Number(unit))) * size;
}

/** The sum of terms with the rounding errors kept beside it (Neumaier): accurate to about 2^-106 of the terms' size. */
export function preciseSum(terms: Iterable<number>): number {
  let sum = 0;
  let lost = 0;
  for (const term of terms) {
    const next = sum + term;
    lost += Math.abs(sum) >= Math.abs(term) ? sum - next + term : term - next + sum;
    sum = next;
  }
  return sum + lost;
}
