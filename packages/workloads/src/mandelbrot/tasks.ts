/** Task module: one band of rows, by value or into shared memory. */
import { mandelbrotSync } from '@heddle/core-js/examples';
import type { Frame } from '../support/escape-check.ts';

export interface Band {
  frame: Frame;
  rowStart: number;
  rowCount: number;
}

/** Counts of the band's pixels, row by row. */
export function renderBand({ frame, rowStart, rowCount }: Band): Uint16Array {
  return mandelbrotSync({ ...frame, rowStart, rowCount });
}

/** The same, written to the band's place in the shared picture. */
export function renderBandShared({ frame, rowStart, rowCount }: Band, picture: Uint16Array): void {
  const out = picture.subarray(rowStart * frame.width, (rowStart + rowCount) * frame.width);
  mandelbrotSync({ ...frame, rowStart, rowCount, out });
}
