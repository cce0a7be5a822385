// Escape-time counts of the Mandelbrot set: the work of a renderer, many independent points with uneven cost.
import { allocate, checkArray, checkFinite, checkInteger, checkLength, checkObject, wrongRange } from '../arguments.ts';
import type { KernelArguments } from '../generated/kernel-table.ts';
import { callSync, freshAt, promised, startAsync, type KernelOptions, type SyncKernelOptions } from '../kernel-call.ts';

/** Which picture to compute, and which rows of it. */
export interface MandelbrotParameters {
  /** Width of the whole picture in pixels, 0 to 2^20. */
  width: number;
  /** Height of the whole picture in pixels, 0 to 2^20. */
  height: number;
  /** Real part of the picture's centre, finite. */
  centerX: number;
  /** Imaginary part of the picture's centre, finite; the imaginary axis points up. */
  centerY: number;
  /** Side of a pixel in the complex plane, finite and greater than 0. */
  pixelSize: number;
  /** Steps after which a point counts as inside, 1 to 65,535. */
  maxIter: number;
  /** First row to compute, 0 to height. Default 0. */
  rowStart?: number;
  /** Rows to compute, 0 to height - rowStart. Default: all from rowStart on. */
  rowCount?: number;
  /** Where the counts go, row by row: rowCount * width elements. Default: a new array. */
  out?: Uint16Array;
}

const KERNEL = 'mandelbrot';
const SIDE_MAX = 2 ** 20;
const ITERATIONS_MAX = 65_535;

/** All values of the call in the addon's order, `out` made if it wasn't given. */
function valuesOf(parameters: MandelbrotParameters, given: Uint16Array | undefined): KernelArguments['mandelbrot'] {
  checkObject(KERNEL, 'parameters', parameters);
  const width = checkInteger(KERNEL, 'width', parameters.width, 0, SIDE_MAX);
  const height = checkInteger(KERNEL, 'height', parameters.height, 0, SIDE_MAX);
  const centerX = checkFinite(KERNEL, 'centerX', parameters.centerX);
  const centerY = checkFinite(KERNEL, 'centerY', parameters.centerY);
  const pixelSize = checkFinite(KERNEL, 'pixelSize', parameters.pixelSize);
  if (!(pixelSize > 0)) throw wrongRange(KERNEL, 'pixelSize', 'be greater than 0', String(pixelSize));
  const maxIter = checkInteger(KERNEL, 'maxIter', parameters.maxIter, 1, ITERATIONS_MAX);
  const rowStart = checkInteger(KERNEL, 'rowStart', parameters.rowStart ?? 0, 0, height);
  const rowCount = checkInteger(KERNEL, 'rowCount', parameters.rowCount ?? height - rowStart, 0, height - rowStart);
  if (given !== undefined) {
    checkArray(KERNEL, 'out', given, ['Uint16Array']);
    checkLength(KERNEL, 'out', given, rowCount * width, 'rowCount x width');
  }
  const out = given ?? allocate(KERNEL, 'rowCount x width', Uint16Array, rowCount * width);
  return [out, width, height, centerX, centerY, pixelSize, maxIter, rowStart, rowCount];
}

/**
 * Counts, for each pixel, the steps of z = z*z + c from z = 0 until |z| exceeds 2, at most `maxIter`.
 *
 * Pixel centres are centerX + (column - width/2 + 0.5) * pixelSize and centerY - (row - height/2 + 0.5) * pixelSize.
 * Rows are absolute: any split of the picture into rows gives the same counts as the whole. Plain escape-time
 * algorithm, several points per vector, without shortcuts for the interior.
 * Off the event loop, on the pool. Memory rules and cancelling: {@link KernelOptions}.
 * Gives `out`. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`), NativeUnavailableError, the signal's reason.
 * Cost: O(rowCount * width * maxIter) time at worst; no allocation when `out` is given and shared or moved.
 */
export function mandelbrot(parameters: MandelbrotParameters, options?: KernelOptions): Promise<Uint16Array> {
  return promised(() => {
    const out = parameters?.out;
    const values = valuesOf(parameters, out);
    return startAsync(KERNEL, options, values, (_, given) => given[0] as Uint16Array, freshAt(0, out === undefined));
  });
}

/** {@link mandelbrot} on the calling thread and the pool; returns when it is done. */
export function mandelbrotSync(parameters: MandelbrotParameters, options?: SyncKernelOptions): Uint16Array {
  const values = valuesOf(parameters, parameters?.out);
  callSync(KERNEL, options, values);
  return values[0];
}
