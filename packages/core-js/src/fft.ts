// Discrete Fourier transforms of complex numbers whose real and imaginary parts lie in two arrays: real signals then
// need no packing, the second array is zeros.
import {
  allocate,
  checkArray,
  checkInteger,
  checkLength,
  checkNoOverlap,
  checkObject,
  checkOptions,
  wrongRange,
  type KernelOptions,
  type SyncKernelOptions,
} from './arguments.ts';
import { beginAsync } from './async-form.ts';
import { MATRIX_MIN, planOf, type FftPlan } from './fft-plan.ts';
import { transformTile } from './fft-tile.ts';

/** Complex numbers: real and imaginary parts. */
export interface ComplexArrays {
  re: Float64Array;
  im: Float64Array;
}

/** How the arrays are divided. */
export interface FftParameters {
  /**
   * Transforms of equal length that lie one after the other in both arrays, 0 to 2^31 - 1. Each has a power of two of
   * elements, at most 2^30. Default 1.
   */
  transforms?: number;
}

type FftKernel = 'fft' | 'ifft';

const TRANSFORMS_MAX = 2 ** 31 - 1;
const LENGTH_MAX = 2 ** 30;

/**
 * The discrete Fourier transform of re + i * im, in place: X[k] = sum of x[j] * exp(-2 pi i j k / n). With `transforms`
 * of so many pieces of the arrays, each by itself. The result differs from the exact transform X of n points by at most
 * 4 * epsilon * log2(n) * |X|, |X| being its Euclidean norm and epsilon 2^-52, unless numbers overflow or become
 * subnormal.
 * Returns the two arrays. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`). Runs on the calling thread.
 * Cost: O(n log n) time, a second pair of arrays of one transform's size while it runs, and a table for each length that
 * has been used, which is kept.
 */
export function fftSync(
  re: Float64Array,
  im: Float64Array,
  options?: SyncKernelOptions & FftParameters,
): ComplexArrays {
  return transformSync('fft', re, im, options);
}

/** {@link fftSync} with a promise; the work runs on the calling thread and keeps it busy. */
export async function fft(
  re: Float64Array,
  im: Float64Array,
  options?: KernelOptions & FftParameters,
): Promise<ComplexArrays> {
  return transform('fft', re, im, options);
}

/**
 * The inverse of {@link fftSync}, in place: x[j] = 1 / n * sum of X[k] * exp(2 pi i j k / n). The same bound, errors and
 * cost.
 */
export function ifftSync(
  re: Float64Array,
  im: Float64Array,
  options?: SyncKernelOptions & FftParameters,
): ComplexArrays {
  return transformSync('ifft', re, im, options);
}

/** {@link ifftSync} with a promise; the work runs on the calling thread and keeps it busy. */
export async function ifft(
  re: Float64Array,
  im: Float64Array,
  options?: KernelOptions & FftParameters,
): Promise<ComplexArrays> {
  return transform('ifft', re, im, options);
}

function transformSync(
  kernel: FftKernel,
  re: Float64Array,
  im: Float64Array,
  options: (SyncKernelOptions & FftParameters) | undefined,
): ComplexArrays {
  const transforms = check(kernel, re, im, options);
  checkOptions(kernel, options);
  return compute(kernel, re, im, transforms);
}

async function transform(
  kernel: FftKernel,
  re: Float64Array,
  im: Float64Array,
  options: (KernelOptions & FftParameters) | undefined,
): Promise<ComplexArrays> {
  const transforms = check(kernel, re, im, options);
  const arrays = beginAsync(kernel, { re, im }, options);
  return compute(kernel, arrays.re, arrays.im, transforms);
}

/** The number of transforms. */
function check(kernel: FftKernel, re: Float64Array, im: Float64Array, options: FftParameters | undefined): number {
  checkArray(kernel, 're', re, ['Float64Array']);
  checkArray(kernel, 'im', im, ['Float64Array']);
  if (options !== undefined) checkObject(kernel, 'options', options);
  const { transforms: given = 1 } = options ?? {};
  const transforms = checkInteger(kernel, 'transforms', given, 0, TRANSFORMS_MAX);
  if (transforms === 0) {
    checkLength(kernel, 're', re, 0, 'no transforms');
  } else {
    const length = re.length / transforms;
    const isWhole = Number.isInteger(length) && length >= 1 && length <= LENGTH_MAX;
    if (!isWhole || (length & (length - 1)) !== 0) {
      const expected = 'have a power of two of elements per transform, at most 2^30';
      throw wrongRange(kernel, 're', expected, `${re.length} for ${transforms}`);
    }
  }
  checkLength(kernel, 'im', im, re.length, 'the length of re');
  checkNoOverlap(kernel, 'im', im, 're', re);
  return transforms;
}

/** The inverse is the transform with the parts exchanged on the way in and out, times 1 / n. */
function compute(kernel: FftKernel, re: Float64Array, im: Float64Array, transforms: number): ComplexArrays {
  const length = transforms === 0 ? 0 : re.length / transforms;
  if (length > 1) {
    const plan = planOf(length);
    const [first, second] = kernel === 'fft' ? [re, im] : [im, re];
    const scale = kernel === 'fft' ? 1 : 1 / length;
    if (length < MATRIX_MIN) transformShort(plan, first, second, transforms, scale);
    else transformLong(kernel, plan, first, second, transforms, scale);
  }
  return { re, im };
}

/** Elements of the tile of this module; where a column is too long for it, a call makes its own. */
const TILE = 16_384;
const LANES_MAX = 16;
const LANES_MIN = 8;
const tileRe = new Float64Array(TILE);
const tileIm = new Float64Array(TILE);
/** Elements of one transform up to which the scratch memory of this module is used. */
const SCRATCH = 4096;
const scratchRe = new Float64Array(SCRATCH);
const scratchIm = new Float64Array(SCRATCH);

/** Less than MATRIX_MIN points: some transforms at a time, a lane each. */
function transformShort(plan: FftPlan, re: Float64Array, im: Float64Array, transforms: number, scale: number): void {
  const { length, down } = plan;
  for (let first = 0; first < transforms; first += LANES_MIN) {
    const lanes = Math.min(LANES_MIN, transforms - first);
    const start = first * length;
    for (let i = 0; i < length; i++) {
      for (let lane = 0; lane < lanes; lane++) {
        tileRe[i * lanes + lane] = re[start + lane * length + i]!;
        tileIm[i * lanes + lane] = im[start + lane * length + i]!;
      }
    }
    transformTile(tileRe, tileIm, lanes, down);
    for (let k = 0; k < length; k++) {
      const row = down.position[k]! * lanes;
      for (let lane = 0; lane < lanes; lane++) {
        re[start + lane * length + k] = tileRe[row + lane]! * scale;
        im[start + lane * length + k] = tileIm[row + lane]! * scale;
      }
    }
  }
}

interface Memory {
  readonly tileRe: Float64Array;
  readonly tileIm: Float64Array;
  /** The matrix after the first step, transposed. */
  readonly re: Float64Array;
  readonly im: Float64Array;
}

function transformLong(
  kernel: FftKernel,
  plan: FftPlan,
  re: Float64Array,
  im: Float64Array,
  transforms: number,
  scale: number,
): void {
  const { length, height } = plan;
  const make = (elements: number): Float64Array => allocate(kernel, 're', Float64Array, elements);
  const isTall = height * LANES_MIN > TILE;
  const isLarge = length > SCRATCH;
  const memory: Memory = {
    tileRe: isTall ? make(height * LANES_MIN) : tileRe,
    tileIm: isTall ? make(height * LANES_MIN) : tileIm,
    re: isLarge ? make(length) : scratchRe,
    im: isLarge ? make(length) : scratchIm,
  };
  for (let t = 0; t < transforms; t++) {
    goDown(plan, re, im, t * length, memory);
    goAcross(plan, re, im, t * length, memory, scale);
  }
}

function lanesOf(points: number, others: number): number {
  return Math.min(others, points * LANES_MAX <= TILE ? LANES_MAX : LANES_MIN);
}

/** Transforms the columns, multiplies by the roots between the steps, and leaves the matrix transposed in the memory. */
function goDown(plan: FftPlan, re: Float64Array, im: Float64Array, start: number, memory: Memory): void {
  const { height, width, down } = plan;
  const lanes = lanesOf(height, width);
  for (let column = 0; column < width; column += lanes) {
    for (let row = 0; row < height; row++) {
      const from = start + row * width + column;
      for (let lane = 0; lane < lanes; lane++) {
        memory.tileRe[row * lanes + lane] = re[from + lane]!;
        memory.tileIm[row * lanes + lane] = im[from + lane]!;
      }
    }
    transformTile(memory.tileRe, memory.tileIm, lanes, down);
    for (let lane = 0; lane < lanes; lane++) turnColumn(plan, memory, lane, lanes, column + lane);
  }
}

function turnColumn(plan: FftPlan, memory: Memory, lane: number, lanes: number, column: number): void {
  const { height, down, high, low, lowBits } = plan;
  const { tileRe, tileIm, re, im } = memory;
  const { position } = down;
  const lowMask = 2 ** lowBits - 1;
  const to = column * height;
  for (let k = 0; k < height; k++) {
    const m = k * column;
    const h = 2 * (m >>> lowBits);
    const l = 2 * (m & lowMask);
    const rootRe = high[h]! * low[l]! - high[h + 1]! * low[l + 1]!;
    const rootIm = high[h]! * low[l + 1]! + high[h + 1]! * low[l]!;
    const from = position[k]! * lanes + lane;
    const valueRe = tileRe[from]!;
    const valueIm = tileIm[from]!;
    re[to + k] = valueRe * rootRe - valueIm * rootIm;
    im[to + k] = valueRe * rootIm + valueIm * rootRe;
  }
}

/** Transforms the rows, which lie in the memory as columns, into the result. */
function goAcross(
  plan: FftPlan,
  re: Float64Array,
  im: Float64Array,
  start: number,
  memory: Memory,
  scale: number,
): void {
  const { height, width, across } = plan;
  const { tileRe, tileIm } = memory;
  const lanes = lanesOf(width, height);
  for (let first = 0; first < height; first += lanes) {
    for (let row = 0; row < width; row++) {
      const from = row * height + first;
      for (let lane = 0; lane < lanes; lane++) {
        tileRe[row * lanes + lane] = memory.re[from + lane]!;
        tileIm[row * lanes + lane] = memory.im[from + lane]!;
      }
    }
    transformTile(tileRe, tileIm, lanes, across);
    for (let k = 0; k < width; k++) {
      const row = across.position[k]! * lanes;
      const to = start + k * height + first;
      for (let lane = 0; lane < lanes; lane++) {
        re[to + lane] = tileRe[row + lane]! * scale;
        im[to + lane] = tileIm[row + lane]! * scale;
      }
    }
  }
}
