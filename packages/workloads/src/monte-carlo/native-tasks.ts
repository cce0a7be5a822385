/** Task module: some blocks by the native kernel. Apart from the others, so that only this kind loads the addon. */
import { monteCarloPiSync } from '@heddle/core-native/examples';
import type { Blocks } from './tasks.ts';

export function countInsideNative(blocks: Blocks, threads: number): number {
  return monteCarloPiSync(blocks, { threads }).inside;
}
