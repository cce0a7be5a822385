// Escape-time counts of the Mandelbrot set: the work of a renderer, many independent points with uneven cost.
import {
  allocate,
  checkArray,
  checkFinite,
  checkInteger,
  checkLength,
  checkObject,
  checkOptions,
  wrongRange,
  type KernelOptions,
  type SyncKernelOptions,
} from '../arguments.ts';
import { beginAsync } from '../async-form.ts';

/** Which picture to compute, and which rows of it. */
export interface MandelbrotParameters {
  /** Width of the whole picture in pixels, 0 to 2^20. */
  width: number;
  /** Height of the whole picture in pixels, 0 to 2^20. */
  height: number;
  /** Real part of the picture's centre. */
  centerX: number;
  /** Imaginary part of the picture's centre; the imaginary axis points up. */
  centerY: number;
  /** Side of a pixel in the complex plane. */
  pixelSize: number;
  /** Iterations after which a point counts as inside, 1 to 65,535. */
  maxIter: number;
  /** First row to compute, 0 to height. Default 0. */
  rowStart?: number;
  /** Rows to compute, 0 to height - rowStart. Default: all rows from rowStart on. */
  rowCount?: number;
  /** Where the counts go, row by row: rowCount * width elements. Default: a new array. */
  out?: Uint16Array;
}

const SIDE_MAX = 2 ** 20;
const ITERATIONS_MAX = 65_535;

type Picture = Required<MandelbrotParameters>;

function check(parameters: MandelbrotParameters): Omit<Picture, 'out'> & { out: Uint16Array | undefined } {
  const kernel = 'mandelbrot';
  checkObject(kernel, 'parameters', parameters);
  const width = checkInteger(kernel, 'width', parameters.width, 0, SIDE_MAX);
  const height = checkInteger(kernel, 'height', parameters.height, 0, SIDE_MAX);
  const centerX = checkFinite(kernel, 'centerX', parameters.centerX);
  const centerY = checkFinite(kernel, 'centerY', parameters.centerY);
  const pixelSize = checkFinite(kernel, 'pixelSize', parameters.pixelSize);
  const maxIter = checkInteger(kernel, 'maxIter', parameters.maxIter, 1, ITERATIONS_MAX);
  const rowStart = checkInteger(kernel, 'rowStart', parameters.rowStart ?? 0, 0, height);
  const rowCount = checkInteger(kernel, 'rowCount', parameters.rowCount ?? height - rowStart, 0, height - rowStart);
  if (!(pixelSize > 0)) throw wrongRange(kernel, 'pixelSize', 'be greater than 0', String(pixelSize));
  const { out } = parameters;
  if (out !== undefined) {
    checkArray(kernel, 'out', out, ['Uint16Array']);
    checkLength(kernel, 'out', out, rowCount * width, 'rowCount x width');
  }
  return { width, height, centerX, centerY, pixelSize, maxIter, rowStart, rowCount, out };
}

/**
 * Counts, for each pixel, the steps of z = z*z + c from z = 0 until |z| exceeds 2, at most `maxIter`.
 *
 * Pixel centres lie at centerX + (column - width/2 + 0.5) * pixelSize and centerY - (row - height/2 + 0.5) * pixelSize.
 * Any split of the picture into rows gives the same counts as the whole.
 * Returns `out`. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`). Runs on the calling thread.
 * Cost: O(width * rowCount * maxIter) time, no allocation when `out` is given.
 */
export function mandelbrotSync(parameters: MandelbrotParameters, options?: SyncKernelOptions): Uint16Array {
  const picture = check(parameters);
  checkOptions('mandelbrot', options);
  return render(picture);
}

/**
 * {@link mandelbrotSync} with a promise. The work runs on the calling thread and keeps it busy; `signal` is looked at
 * once, before the start.
 */
export async function mandelbrot(parameters: MandelbrotParameters, options?: KernelOptions): Promise<Uint16Array> {
  const picture = check(parameters);
  const { out } = beginAsync('mandelbrot', { out: picture.out }, options);
  return render({ ...picture, out });
}

function render(picture: ReturnType<typeof check>): Uint16Array {
  const { width, height, centerX, centerY, pixelSize, maxIter, rowStart, rowCount } = picture;
  const out = picture.out ?? allocate('mandelbrot', 'rowCount x width', Uint16Array, rowCount * width);
  for (let row = 0; row < rowCount; row++) {
    const cy = centerY - (rowStart + row - height / 2 + 0.5) * pixelSize;
    renderRow(out, row * width, width, centerX, cy, pixelSize, maxIter);
  }
  return out;
}

// Two neighbours advance together: each step of one point waits for the one before it, and the second point fills that
// wait (measured: 1.9 times as fast as one at a time; four at a time is no faster). Whoever is left after the other
// escaped finishes alone.
function renderRow(
  out: Uint16Array,
  outStart: number,
  width: number,
  centerX: number,
  cy: number,
  pixelSize: number,
  maxIter: number,
): void {
  for (let column = 0; column < width; column += 2) {
    const ca = centerX + (column - width / 2 + 0.5) * pixelSize;
    const cb = centerX + (column + 1 - width / 2 + 0.5) * pixelSize;
    let ax = 0;
    let ay = 0;
    let bx = 0;
    let by = 0;
    let n = 0;
    while (n < maxIter) {
      const axx = ax * ax;
      const ayy = ay * ay;
      const bxx = bx * bx;
      const byy = by * by;
      if (axx + ayy > 4 || bxx + byy > 4) break;
      ay = (ax + ax) * ay + cy;
      ax = axx - ayy + ca;
      by = (bx + bx) * by + cy;
      bx = bxx - byy + cb;
      n++;
    }
    let m = n;
    while (n < maxIter) {
      const axx = ax * ax;
      const ayy = ay * ay;
      if (axx + ayy > 4) break;
      ay = (ax + ax) * ay + cy;
      ax = axx - ayy + ca;
      n++;
    }
    out[outStart + column] = n;
    if (column + 1 === width) return;
    while (m < maxIter) {
      const bxx = bx * bx;
      const byy = by * by;
      if (bxx + byy > 4) break;
      by = (bx + bx) * by + cy;
      bx = bxx - byy + cb;
      m++;
    }
    out[outStart + column + 1] = m;
  }
}
