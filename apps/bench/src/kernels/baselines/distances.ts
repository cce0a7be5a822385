// A loop over all pairs with four partial sums, in doubles whatever the arrays hold: V8 has no faster arithmetic in
// single precision.

type Distance = (x: FloatArray, xStart: number, y: FloatArray, yStart: number, dimension: number) => number;
type FloatArray = Float64Array | Float32Array;

export const plainSquaredL2: Distance = (x, xStart, y, yStart, dimension) => {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const even = dimension - (dimension % 4);
  for (let i = 0; i < even; i += 4) {
    const first = x[xStart + i]! - y[yStart + i]!;
    const second = x[xStart + i + 1]! - y[yStart + i + 1]!;
    const third = x[xStart + i + 2]! - y[yStart + i + 2]!;
    const fourth = x[xStart + i + 3]! - y[yStart + i + 3]!;
    a += first * first;
    b += second * second;
    c += third * third;
    d += fourth * fourth;
  }
  for (let i = even; i < dimension; i++) {
    const difference = x[xStart + i]! - y[yStart + i]!;
    a += difference * difference;
  }
  return a + b + (c + d);
};

export const plainDot: Distance = (x, xStart, y, yStart, dimension) => {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const even = dimension - (dimension % 4);
  for (let i = 0; i < even; i += 4) {
    a += x[xStart + i]! * y[yStart + i]!;
    b += x[xStart + i + 1]! * y[yStart + i + 1]!;
    c += x[xStart + i + 2]! * y[yStart + i + 2]!;
    d += x[xStart + i + 3]! * y[yStart + i + 3]!;
  }
  for (let i = even; i < dimension; i++) a += x[xStart + i]! * y[yStart + i]!;
  return a + b + (c + d);
};

export function plainDistances<T extends FloatArray>(
  queries: T,
  rows: T,
  dimension: number,
  out: T,
  distance: Distance,
): T {
  const rowCount = rows.length / dimension;
  for (let row = 0; row < rowCount; row++) {
    for (let query = 0; query * dimension < queries.length; query++) {
      out[query * rowCount + row] = distance(queries, query * dimension, rows, row * dimension, dimension);
    }
  }
  return out;
}
