/** Task module: one band of rows, by value or into shared memory. */
import { pathTraceSync } from '@heddle/core-js/examples';
import { CHANNELS } from './input.ts';
import type { Frame } from './input.ts';
import type { PackedScene } from './scene.ts';

export interface Band extends Frame {
  rowStart: number;
  rowCount: number;
}

/** Light of the band's pixels, row by row. */
export function renderBand(scene: PackedScene, band: Band): Float32Array {
  return pathTraceSync({ ...scene, ...band });
}

/** The same, written to the band's place in the shared picture. */
export function renderBandShared(scene: PackedScene, band: Band, picture: Float32Array): void {
  const rowLength = CHANNELS * band.width;
  const out = picture.subarray(band.rowStart * rowLength, (band.rowStart + band.rowCount) * rowLength);
  pathTraceSync({ ...scene, ...band, out });
}
