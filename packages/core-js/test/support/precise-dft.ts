// The Fourier transform in double-double arithmetic (about 106 bits), to test error bounds with: sums and products with
// their rounding errors kept (Knuth's two-sum, Dekker's two-product), roots of unity by halving the angle.

type Double2 = readonly [number, number];
interface Complex {
  readonly re: Double2;
  readonly im: Double2;
}

const ZERO: Double2 = [0, 0];
const ONE: Double2 = [1, 0];

const renormalized = (high: number, low: number): Double2 => {
  const sum = high + low;
  return [sum, low - (sum - high)];
};

function add(x: Double2, y: Double2): Double2 {
  const sum = x[0] + y[0];
  const part = sum - x[0];
  return renormalized(sum, x[0] - (sum - part) + (y[0] - part) + (x[1] + y[1]));
}

const negative = (x: Double2): Double2 => [-x[0], -x[1]];

function halves(x: number): Double2 {
  const scaled = x * (2 ** 27 + 1);
  const high = scaled - (scaled - x);
  return [high, x - high];
}

function multiply(x: Double2, y: Double2): Double2 {
  const product = x[0] * y[0];
  const [a, b] = halves(x[0]);
  const [c, d] = halves(y[0]);
  const lost = a * c - product + a * d + b * c + b * d;
  return renormalized(product, lost + (x[0] * y[1] + x[1] * y[0]));
}

function divide(x: Double2, y: Double2): Double2 {
  const quotient = x[0] / y[0];
  const rest = add(x, negative(multiply([quotient, 0], y)));
  return renormalized(quotient, rest[0] / y[0]);
}

function root(x: Double2): Double2 {
  if (x[0] === 0) return ZERO;
  const guess = Math.sqrt(x[0]);
  const rest = add(x, negative(multiply([guess, 0], [guess, 0])));
  return renormalized(guess, rest[0] / (2 * guess));
}

const plus = (a: Complex, b: Complex): Complex => ({ re: add(a.re, b.re), im: add(a.im, b.im) });
const minus = (a: Complex, b: Complex): Complex => ({
  re: add(a.re, negative(b.re)),
  im: add(a.im, negative(b.im)),
});
const times = (a: Complex, b: Complex): Complex => ({
  re: add(multiply(a.re, b.re), negative(multiply(a.im, b.im))),
  im: add(multiply(a.re, b.im), multiply(a.im, b.re)),
});

/** exp(-2 pi i k / length) for k below half the length, a power of two. */
function rootsOfUnity(length: number): Complex[] {
  let cosine: Double2 = negative(ONE); // of pi
  let sine: Double2 = ZERO;
  let roots: Complex[] = [{ re: ONE, im: ZERO }];
  for (let points = 4; points <= length; points *= 2) {
    const half = root(multiply(add(ONE, cosine), [0.5, 0]));
    sine = points === 4 ? ONE : divide(sine, multiply(half, [2, 0]));
    cosine = half;
    const first: Complex = { re: cosine, im: negative(sine) };
    roots = roots.flatMap((even) => [even, times(even, first)]);
  }
  return roots;
}

function transform(x: Complex[], roots: readonly Complex[]): Complex[] {
  const { length } = x;
  if (length === 1) return x;
  const even = transform(
    x.filter((_, i) => i % 2 === 0),
    roots,
  );
  const odd = transform(
    x.filter((_, i) => i % 2 === 1),
    roots,
  );
  const step = (2 * roots.length) / length;
  const turned = odd.map((value, k) => times(value, roots[k * step]!));
  return [...even.map((value, k) => plus(value, turned[k]!)), ...even.map((value, k) => minus(value, turned[k]!))];
}

/** How far `result` is from the exact transform of `signal`, as a part of its size, by Euclidean norms. */
export function transformError(signal: ComplexArrays, result: ComplexArrays): number {
  const x = Array.from(signal.re, (re, i): Complex => ({ re: [re, 0], im: [signal.im[i]!, 0] }));
  const exact = transform(x, rootsOfUnity(x.length));
  let error = 0;
  let size = 0;
  exact.forEach(({ re, im }, k) => {
    error += (result.re[k]! - re[0] - re[1]) ** 2 + (result.im[k]! - im[0] - im[1]) ** 2;
    size += re[0] ** 2 + im[0] ** 2;
  });
  return size === 0 ? Math.sqrt(error) : Math.sqrt(error / size);
}

interface ComplexArrays {
  re: Float64Array;
  im: Float64Array;
}
