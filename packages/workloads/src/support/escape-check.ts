/**
 * Checks sample pixels of a picture of the Mandelbrot set against 128-bit fixed point.
 * Rows are sampled evenly because a picture is put together from bands: a lost or swapped band hits a sample.
 */
import { escapeRange } from './escape-time.ts';

/** Where a picture lies, in the kernels' terms. */
export interface Frame {
  width: number;
  height: number;
  centerX: number;
  centerY: number;
  pixelSize: number;
  maxIter: number;
}

/** One sentence about the first wrong sample, or undefined. */
export function findPictureProblem(counts: Uint16Array, frame: Frame, samples: number): string | undefined {
  const { width, height, maxIter } = frame;
  if (counts.length !== width * height) return `the result has ${counts.length} pixels instead of ${width * height}`;
  for (let sample = 0; sample < samples; sample++) {
    const row = Math.floor(((sample + 0.5) * height) / samples);
    const column = spread(sample, width);
    const { cx, cy, cError } = pointOf(frame, row, column);
    const { least, most } = escapeRange(cx, cy, maxIter, cError);
    const count = counts[row * width + column]!;
    if (count < least || count > most) {
      const expected = least === most ? `${least}` : `${least} to ${most}`;
      return `pixel ${column} of row ${row} has ${count} iterations; fixed-point arithmetic gives ${expected}`;
    }
  }
  return undefined;
}

/** The pixel's centre measured from the frame's corner (the kernels measure from its centre), and their distance in doubles. */
function pointOf({ width, height, centerX, centerY, pixelSize }: Frame, row: number, column: number) {
  const left = centerX - (width * pixelSize) / 2;
  const top = centerY + (height * pixelSize) / 2;
  return {
    cx: left + pixelSize * column + pixelSize / 2,
    cy: top - pixelSize * row - pixelSize / 2,
    cError: 16 * Number.EPSILON,
  };
}

/** Columns spread evenly by the golden ratio, the same in every run. */
function spread(sample: number, width: number): number {
  return Math.floor(((sample * 0.6180339887498949) % 1) * width);
}
