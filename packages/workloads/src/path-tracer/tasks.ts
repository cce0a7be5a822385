/** Task module: one band of rows, by value or into shared memory. */
import { CHANNELS } from './input.ts';
import type { Scene } from './scene.ts';
import { traceRows } from './trace.ts';
import type { Frame } from './trace.ts';

export interface Band {
  frame: Frame;
  rowStart: number;
  rowCount: number;
}

/** Light of the band's pixels, row by row. */
export function renderBand(scene: Scene, { frame, rowStart, rowCount }: Band): Float32Array {
  const out = new Float32Array(CHANNELS * rowCount * frame.width);
  traceRows(scene, frame, rowStart, rowCount, out);
  return out;
}

/** The same, written to the band's place in the shared picture. */
export function renderBandShared(scene: Scene, { frame, rowStart, rowCount }: Band, picture: Float32Array): void {
  const rowLength = CHANNELS * frame.width;
  traceRows(
    scene,
    frame,
    rowStart,
    rowCount,
    picture.subarray(rowStart * rowLength, (rowStart + rowCount) * rowLength),
  );
}
