// The plainest fast loops for sums: eight partial sums, which leaves the order of additions to the loop and lets the
// processor work on eight at a time.

export function plainSum(x: ArrayLike<number>): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let e = 0;
  let f = 0;
  let g = 0;
  let h = 0;
  const even = x.length - (x.length % 8);
  for (let i = 0; i < even; i += 8) {
    a += x[i]!;
    b += x[i + 1]!;
    c += x[i + 2]!;
    d += x[i + 3]!;
    e += x[i + 4]!;
    f += x[i + 5]!;
    g += x[i + 6]!;
    h += x[i + 7]!;
  }
  for (let i = even; i < x.length; i++) a += x[i]!;
  return a + b + (c + d) + (e + f + (g + h));
}

export function plainMeanVariance(x: ArrayLike<number>): { mean: number; variance: number } {
  const mean = plainSum(x) / x.length;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const even = x.length - (x.length % 4);
  for (let i = 0; i < even; i += 4) {
    const first = x[i]! - mean;
    const second = x[i + 1]! - mean;
    const third = x[i + 2]! - mean;
    const fourth = x[i + 3]! - mean;
    a += first * first;
    b += second * second;
    c += third * third;
    d += fourth * fourth;
  }
  for (let i = even; i < x.length; i++) a += (x[i]! - mean) ** 2;
  return { mean, variance: (a + b + (c + d)) / x.length };
}

export function plainDot(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const even = x.length - (x.length % 4);
  for (let i = 0; i < even; i += 4) {
    a += x[i]! * y[i]!;
    b += x[i + 1]! * y[i + 1]!;
    c += x[i + 2]! * y[i + 2]!;
    d += x[i + 3]! * y[i + 3]!;
  }
  for (let i = even; i < x.length; i++) a += x[i]! * y[i]!;
  return a + b + (c + d);
}

export function plainMinMax(x: ArrayLike<number>): { min: number; max: number } {
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < x.length; i++) {
    min = Math.min(min, x[i]!);
    max = Math.max(max, x[i]!);
  }
  return { min, max };
}
