import {
  checkArray,
  checkFinite,
  checkInteger,
  checkLength,
  checkNoOverlap,
  checkObject,
  NUMERIC_TYPES,
  wrongRange,
  wrongType,
  type NumericArray,
} from '../arguments.ts';
import type { KernelArguments } from '../generated/kernel-table.ts';
import { callSync, freshAt, promised, startAsync, type KernelOptions, type SyncKernelOptions } from '../kernel-call.ts';

/** How to count. For a Uint8Array leave out `bins`, `min` and `max`: every value has its own bin. */
export interface HistogramParameters {
  /** Number of bins, 1 to 2^20. Required for all types but Uint8Array. */
  bins?: number;
  /** Lower end of the first bin, finite. Required for all types but Uint8Array. */
  min?: number;
  /** Upper end of the last bin, finite, greater than `min`. Required for all types but Uint8Array. */
  max?: number;
  /** Where the counts go: one element per bin, no byte shared with `x`. Overwritten. Default: a new array. */
  out?: Uint32Array;
}

const KERNEL = 'histogram';
const BINS_MAX = 2 ** 20;
const BYTE_BINS = 256;
const LENGTH_MAX = 2 ** 32 - 1;

function rangeOf(parameters: HistogramParameters): { bins: number; min: number; max: number } {
  const bins = checkInteger(KERNEL, 'bins', parameters.bins, 1, BINS_MAX);
  const min = checkFinite(KERNEL, 'min', parameters.min);
  const max = checkFinite(KERNEL, 'max', parameters.max);
  if (!(max > min)) throw wrongRange(KERNEL, 'max', `be greater than min (${min})`, String(max));
  if (!Number.isFinite(max - min) || !Number.isFinite(bins / (max - min))) {
    const expected = 'be so far from min that max - min and bins / (max - min) are finite';
    throw wrongRange(KERNEL, 'max', expected, `min ${min}, max ${max}`);
  }
  return { bins, min, max };
}

function byteRange(parameters: HistogramParameters): { bins: number; min: number; max: number } {
  for (const name of ['bins', 'min', 'max'] as const) {
    if (parameters[name] !== undefined) throw wrongType(KERNEL, name, 'left out for a Uint8Array', parameters[name]);
  }
  return { bins: BYTE_BINS, min: 0, max: 0 };
}

function valuesOf(
  x: Uint8Array | NumericArray,
  parameters: HistogramParameters = {},
  given: Uint32Array | undefined,
): KernelArguments['histogram'] {
  const type = checkArray(KERNEL, 'x', x, ['Uint8Array', ...NUMERIC_TYPES]);
  checkObject(KERNEL, 'options', parameters);
  if (x.length > LENGTH_MAX) throw wrongRange(KERNEL, 'x', `have at most ${LENGTH_MAX} elements`, String(x.length));
  const { bins, min, max } = type === 'Uint8Array' ? byteRange(parameters) : rangeOf(parameters);
  const out = given === undefined ? new Uint32Array(bins) : given;
  if (given !== undefined) {
    checkArray(KERNEL, 'out', out, ['Uint32Array']);
    checkLength(KERNEL, 'out', out, bins, 'the number of bins');
    checkNoOverlap(KERNEL, 'out', out, 'x', x);
  }
  return [x, out, min, max];
}

/**
 * Counts the elements of `x` per bin. A Uint8Array is counted by value into 256 bins. Other types go to the bin
 * floor((v - min) * (bins / (max - min))), the upper end included in the last bin; values outside min..max and NaN are
 * not counted. Up to 2^32 - 1 elements, so that no count overflows.
 *
 * Each thread counts into a table of its own; the tables are added at the end.
 * Off the event loop, on the pool. Memory rules and cancelling: {@link KernelOptions}.
 * Gives `out`, or the new view when it was moved. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`), Error
 * (`HEDDLE_MEMORY`), NativeUnavailableError, the signal's reason.
 * Cost: O(n + bins * threads) time; a plain array that isn't moved is copied first.
 */
export function histogram(
  x: Uint8Array | NumericArray,
  options?: KernelOptions & HistogramParameters,
): Promise<Uint32Array> {
  return promised(() => {
    const out = options?.out;
    const values = valuesOf(x, options, out);
    return startAsync(KERNEL, options, values, (_, given) => given[1] as Uint32Array, freshAt(1, out === undefined));
  });
}

/** {@link histogram} on the calling thread and the pool; returns when it is done. Takes any buffer, never copies. */
export function histogramSync(
  x: Uint8Array | NumericArray,
  options?: SyncKernelOptions & HistogramParameters,
): Uint32Array {
  const values = valuesOf(x, options, options?.out);
  callSync(KERNEL, options, values);
  return values[1];
}
