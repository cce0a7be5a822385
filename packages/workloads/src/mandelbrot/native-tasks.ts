/** Task module: one band of rows by the native kernel. Apart from the others, so that only this kind loads the addon. */
import { mandelbrotSync } from '@heddle/core-native/examples';
import type { Band } from './tasks.ts';

/** Counts of the band's pixels, computed on `threads` threads of this process. */
export function renderBandNative({ frame, rowStart, rowCount }: Band, threads: number): Uint16Array {
  return mandelbrotSync({ ...frame, rowStart, rowCount }, { threads });
}
