/** Task module: one band of rows by the native kernel. Apart from the others, so that only this kind loads the addon. */
import { pathTraceSync } from '@heddle/core-native/examples';
import type { PackedScene } from './scene.ts';
import type { Band } from './tasks.ts';

/** Light of the band's pixels, computed on `threads` threads of this process. */
export function renderBandNative(scene: PackedScene, band: Band, threads: number): Float32Array {
  return pathTraceSync({ ...scene, ...band }, { threads });
}
