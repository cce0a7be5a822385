// The distance of one pair of vectors, in the order that is part of the numeric contract: lane l adds the terms whose
// place modulo LANES is l, in ascending order, starting from +0; then the lanes are halved (lane l += lane l + w for w =
// LANES / 2, … 1). Doubles have 8 lanes, floats 16, and floats are rounded to single precision after every operation.
//
// Lanes are local variables, eight at a time, so that V8 keeps them in registers; the last terms, less than a line, and
// the halving go through an array of the module.

const DOUBLE_LANES = 8;
const FLOAT_LANES = 16;
const doubles = new Float64Array(DOUBLE_LANES);
const floats = new Float32Array(FLOAT_LANES);

const { fround } = Math;

function halveDoubles(): number {
  const first = doubles[0]! + doubles[4]! + (doubles[2]! + doubles[6]!);
  const second = doubles[1]! + doubles[5]! + (doubles[3]! + doubles[7]!);
  return first + second;
}

function halveFloats(): number {
  for (let width = FLOAT_LANES / 2; width >= 1; width /= 2) {
    for (let lane = 0; lane < width; lane++) floats[lane] = floats[lane]! + floats[lane + width]!;
  }
  return floats[0]!;
}

export function squaredL2OfDoubles(
  x: Float64Array,
  xStart: number,
  y: Float64Array,
  yStart: number,
  dimension: number,
): number {
  const whole = dimension - (dimension % DOUBLE_LANES);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let e = 0;
  let f = 0;
  let g = 0;
  let h = 0;
  for (let i = 0; i < whole; i += DOUBLE_LANES) {
    const p = xStart + i;
    const q = yStart + i;
    const da = x[p]! - y[q]!;
    const db = x[p + 1]! - y[q + 1]!;
    const dc = x[p + 2]! - y[q + 2]!;
    const dd = x[p + 3]! - y[q + 3]!;
    const de = x[p + 4]! - y[q + 4]!;
    const df = x[p + 5]! - y[q + 5]!;
    const dg = x[p + 6]! - y[q + 6]!;
    const dh = x[p + 7]! - y[q + 7]!;
    a += da * da;
    b += db * db;
    c += dc * dc;
    d += dd * dd;
    e += de * de;
    f += df * df;
    g += dg * dg;
    h += dh * dh;
  }
  keepDoubles(a, b, c, d, e, f, g, h);
  for (let i = whole; i < dimension; i++) {
    const difference = x[xStart + i]! - y[yStart + i]!;
    doubles[i - whole]! += difference * difference;
  }
  return halveDoubles();
}

export function dotOfDoubles(
  x: Float64Array,
  xStart: number,
  y: Float64Array,
  yStart: number,
  dimension: number,
): number {
  const whole = dimension - (dimension % DOUBLE_LANES);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let e = 0;
  let f = 0;
  let g = 0;
  let h = 0;
  for (let i = 0; i < whole; i += DOUBLE_LANES) {
    const p = xStart + i;
    const q = yStart + i;
    a += x[p]! * y[q]!;
    b += x[p + 1]! * y[q + 1]!;
    c += x[p + 2]! * y[q + 2]!;
    d += x[p + 3]! * y[q + 3]!;
    e += x[p + 4]! * y[q + 4]!;
    f += x[p + 5]! * y[q + 5]!;
    g += x[p + 6]! * y[q + 6]!;
    h += x[p + 7]! * y[q + 7]!;
  }
  keepDoubles(a, b, c, d, e, f, g, h);
  for (let i = whole; i < dimension; i++) doubles[i - whole]! += x[xStart + i]! * y[yStart + i]!;
  return halveDoubles();
}

function keepDoubles(a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number): void {
  doubles[0] = a;
  doubles[1] = b;
  doubles[2] = c;
  doubles[3] = d;
  doubles[4] = e;
  doubles[5] = f;
  doubles[6] = g;
  doubles[7] = h;
}

export function squaredL2OfFloats(
  x: Float32Array,
  xStart: number,
  y: Float32Array,
  yStart: number,
  dimension: number,
): number {
  const whole = dimension - (dimension % FLOAT_LANES);
  for (let half = 0; half < FLOAT_LANES; half += FLOAT_LANES / 2) {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    let e = 0;
    let f = 0;
    let g = 0;
    let h = 0;
    for (let i = half; i < whole; i += FLOAT_LANES) {
      const p = xStart + i;
      const q = yStart + i;
      const da = fround(x[p]! - y[q]!);
      const db = fround(x[p + 1]! - y[q + 1]!);
      const dc = fround(x[p + 2]! - y[q + 2]!);
      const dd = fround(x[p + 3]! - y[q + 3]!);
      const de = fround(x[p + 4]! - y[q + 4]!);
      const df = fround(x[p + 5]! - y[q + 5]!);
      const dg = fround(x[p + 6]! - y[q + 6]!);
      const dh = fround(x[p + 7]! - y[q + 7]!);
      a = fround(a + fround(da * da));
      b = fround(b + fround(db * db));
      c = fround(c + fround(dc * dc));
      d = fround(d + fround(dd * dd));
      e = fround(e + fround(de * de));
      f = fround(f + fround(df * df));
      g = fround(g + fround(dg * dg));
      h = fround(h + fround(dh * dh));
    }
    keepFloats(half, a, b, c, d, e, f, g, h);
  }
  for (let i = whole; i < dimension; i++) {
    const difference = fround(x[xStart + i]! - y[yStart + i]!);
    floats[i - whole] = floats[i - whole]! + fround(difference * difference);
  }
  return halveFloats();
}

export function dotOfFloats(
  x: Float32Array,
  xStart: number,
  y: Float32Array,
  yStart: number,
  dimension: number,
): number {
  const whole = dimension - (dimension % FLOAT_LANES);
  for (let half = 0; half < FLOAT_LANES; half += FLOAT_LANES / 2) {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    let e = 0;
    let f = 0;
    let g = 0;
    let h = 0;
    for (let i = half; i < whole; i += FLOAT_LANES) {
      const p = xStart + i;
      const q = yStart + i;
      a = fround(a + fround(x[p]! * y[q]!));
      b = fround(b + fround(x[p + 1]! * y[q + 1]!));
      c = fround(c + fround(x[p + 2]! * y[q + 2]!));
      d = fround(d + fround(x[p + 3]! * y[q + 3]!));
      e = fround(e + fround(x[p + 4]! * y[q + 4]!));
      f = fround(f + fround(x[p + 5]! * y[q + 5]!));
      g = fround(g + fround(x[p + 6]! * y[q + 6]!));
      h = fround(h + fround(x[p + 7]! * y[q + 7]!));
    }
    keepFloats(half, a, b, c, d, e, f, g, h);
  }
  for (let i = whole; i < dimension; i++) {
    floats[i - whole] = floats[i - whole]! + fround(x[xStart + i]! * y[yStart + i]!);
  }
  return halveFloats();
}

function keepFloats(
  at: number,
  a: number,
  b: number,
  c: number,
  d: number,
  e: number,
  f: number,
  g: number,
  h: number,
): void {
  floats[at] = a;
  floats[at + 1] = b;
  floats[at + 2] = c;
  floats[at + 3] = d;
  floats[at + 4] = e;
  floats[at + 5] = f;
  floats[at + 6] = g;
  floats[at + 7] = h;
}
