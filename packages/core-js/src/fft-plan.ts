// What a Fourier transform of one length needs besides its data: how it is cut, and its roots of unity. Plans are made
// at the first use of a length, a power of two, and kept: all there can be together take some megabytes.
//
// From MATRIX_MIN points on the array is taken as a matrix of `height` rows and `width` columns, row by row (the four
// steps of Bailey, 1990): transforms down the columns, each element times w^(row * column), transforms along the rows.
// Both are done in tiles of neighbouring columns or rows that lie together in the second-level cache.

/** Points from which a transform is cut. */
export const MATRIX_MIN = 64;

/** How the columns of a tile are transformed: passes of radix 4 and, where the length needs one, a last of radix 2. */
export interface FftSteps {
  readonly points: number;
  /** Of each pass: w^q, w^2q, w^3q, w being the root of the pass's length; undefined for the last, where all are 1. */
  readonly passes: readonly (Float64Array | undefined)[];
  /** The row in which point k of the result lies after the last pass. */
  readonly position: Uint32Array;
}

export interface FftPlan {
  readonly length: number;
  readonly height: number;
  readonly width: number; // 1 below MATRIX_MIN
  readonly down: FftSteps;
  readonly across: FftSteps;
  /** w^m, w being the root of the length, is high[m >> lowBits] * low[m & lowMask]; real and imaginary parts in turn. */
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly lowBits: number;
}

// Pi in two parts: the first has 25 bits, so that its product with a whole number below 2^28 is exact.
const PI_HIGH = 0x3243f6a / 2 ** 24;
const PI_LOW = 0x1110b4611a6263 / 2 ** 77;

/**
 * Puts exp(-2 pi i k / 2^bits) to out[at], out[at + 1], each part to about half a unit in its last place: sine and cosine
 * of an angle of at most pi / 4, corrected by what the rounding of the angle left.
 */
function putRoot(k: number, bits: number, out: Float64Array, at: number): void {
  const circle = 2 ** Math.max(bits, 3);
  k = (k * 2 ** Math.max(3 - bits, 0)) % circle;
  const isUpper = k > circle / 2;
  if (isUpper) k = circle - k;
  const isLeft = k > circle / 4;
  if (isLeft) k = circle / 2 - k;
  const isSteep = k > circle / 8;
  if (isSteep) k = circle / 4 - k;
  const scaled = (2 * k) / circle;
  const most = scaled * PI_HIGH;
  const rest = scaled * PI_LOW;
  const angle = most + rest;
  const lost = rest - (angle - most);
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const [x, y] = [cosine - lost * sine, sine + lost * cosine];
  const [across, up] = isSteep ? [y, x] : [x, y];
  out[at] = isLeft ? -across : across;
  out[at + 1] = isUpper ? up : -up;
}

/** w^(q * j) for j = 1, 2, 3 and each q below a quarter of the length. */
function rootsOfPass(bits: number): Float64Array {
  const quarter = 2 ** (bits - 2);
  const roots = new Float64Array(6 * quarter);
  for (let q = 0; q < quarter; q++) {
    for (let j = 1; j <= 3; j++) putRoot(q * j, bits, roots, 6 * q + 2 * (j - 1));
  }
  return roots;
}

function makeSteps(bits: number): FftSteps {
  const points = 2 ** bits;
  const passes: (Float64Array | undefined)[] = [];
  for (let left = bits; left > 0; left -= 2) passes.push(left > 2 ? rootsOfPass(left) : undefined);
  const position = new Uint32Array(points);
  for (let k = 0; k < points; k++) {
    let [row, digits, block] = [0, k, points];
    while (block > 1) {
      const radix = Math.min(block, 4);
      block /= radix;
      row += (digits % radix) * block;
      digits = Math.floor(digits / radix);
    }
    position[k] = row;
  }
  return { points, passes, position };
}

const allSteps: FftSteps[] = [];
const allPlans: FftPlan[] = [];

function stepsOf(bits: number): FftSteps {
  return (allSteps[bits] ??= makeSteps(bits));
}

function makePlan(bits: number): FftPlan {
  const length = 2 ** bits;
  const acrossBits = length < MATRIX_MIN ? 0 : bits >> 1;
  const [down, across] = [stepsOf(bits - acrossBits), stepsOf(acrossBits)];
  const lowBits = acrossBits;
  const low = new Float64Array(2 * 2 ** lowBits);
  const high = new Float64Array(2 * 2 ** (bits - lowBits));
  for (let m = 0; m < low.length / 2; m++) putRoot(m, bits, low, 2 * m);
  for (let m = 0; m < high.length / 2; m++) putRoot(m * 2 ** lowBits, bits, high, 2 * m);
  return { length, height: down.points, width: across.points, down, across, high, low, lowBits };
}

/** The plan for a power of two of points. */
export function planOf(length: number): FftPlan {
  const bits = 31 - Math.clz32(length);
  return (allPlans[bits] ??= makePlan(bits));
}
