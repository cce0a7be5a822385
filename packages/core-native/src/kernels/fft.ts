// Discrete Fourier transforms of complex numbers whose real and imaginary parts lie in two arrays. Two arrays, and not
// pairs in one, because real signals then need no packing (the second array is zeros), and because vectors can take
// neighbours of a kind: no instruction goes to telling the parts apart.
import { checkArray, checkInteger, checkLength, checkNoOverlap, checkObject, wrongRange } from '../arguments.ts';
import type { KernelArguments } from '../generated/kernel-table.ts';
import { callSync, promised, startAsync, type KernelOptions, type SyncKernelOptions } from '../kernel-call.ts';

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

function valuesOf(
  kernel: FftKernel,
  re: Float64Array,
  im: Float64Array,
  parameters: FftParameters | undefined,
): KernelArguments[FftKernel] {
  checkArray(kernel, 're', re, ['Float64Array']);
  checkArray(kernel, 'im', im, ['Float64Array']);
  if (parameters !== undefined) checkObject(kernel, 'options', parameters);
  const { transforms: given = 1 } = parameters ?? {};
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
  return [re, im, transforms];
}

function transform(
  kernel: FftKernel,
  re: Float64Array,
  im: Float64Array,
  options: (KernelOptions & FftParameters) | undefined,
): Promise<ComplexArrays> {
  return promised(() =>
    startAsync(kernel, options, valuesOf(kernel, re, im, options), (_, given) => ({ re: given[0], im: given[1] })),
  );
}

function transformSync(
  kernel: FftKernel,
  re: Float64Array,
  im: Float64Array,
  options: (SyncKernelOptions & FftParameters) | undefined,
): ComplexArrays {
  callSync(kernel, options, valuesOf(kernel, re, im, options));
  return { re, im };
}

/**
 * The discrete Fourier transform of re + i * im, in place: X[k] = sum of x[j] * exp(-2 pi i j k / n). With `transforms`
 * of so many pieces of the arrays, each by itself.
 *
 * The result differs from the exact transform X of n points by at most 4 * epsilon * log2(n) * |X|, |X| being its
 * Euclidean norm and epsilon 2^-52, unless numbers overflow or become subnormal. Every thread count gives the same bits;
 * instruction sets, and `@heddle/core-js`, differ within the bound.
 * Radix 8 down the columns and along the rows of a matrix (Bailey's four steps), so that long transforms go through
 * memory twice.
 * Off the event loop, on the pool. Memory rules and cancelling: {@link KernelOptions}; after an abort arrays over shared
 * memory hold anything.
 * Gives the two arrays, or the new views when they were moved. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`), Error
 * (`HEDDLE_MEMORY`), NativeUnavailableError, the signal's reason.
 * Cost: O(n log n) time; scratch memory of one transform's size, for many short ones per thread; a table for each
 * length that has been used, 0.2 MB for 2^20 points, which is kept; plain arrays that aren't moved are copied in and out.
 */
export function fft(
  re: Float64Array,
  im: Float64Array,
  options?: KernelOptions & FftParameters,
): Promise<ComplexArrays> {
  return transform('fft', re, im, options);
}

/** {@link fft} on the calling thread and the pool; returns when it is done. Takes any buffer, never copies. */
export function fftSync(
  re: Float64Array,
  im: Float64Array,
  options?: SyncKernelOptions & FftParameters,
): ComplexArrays {
  return transformSync('fft', re, im, options);
}

/**
 * The inverse of {@link fft}, in place: x[j] = 1 / n * sum of X[k] * exp(2 pi i j k / n). The same bound, rules and
 * errors.
 * Cost: that of {@link fft}, whose tables it uses.
 */
export function ifft(
  re: Float64Array,
  im: Float64Array,
  options?: KernelOptions & FftParameters,
): Promise<ComplexArrays> {
  return transform('ifft', re, im, options);
}

/** {@link ifft} on the calling thread and the pool; returns when it is done. Takes any buffer, never copies. */
export function ifftSync(
  re: Float64Array,
  im: Float64Array,
  options?: SyncKernelOptions & FftParameters,
): ComplexArrays {
  return transformSync('ifft', re, im, options);
}
