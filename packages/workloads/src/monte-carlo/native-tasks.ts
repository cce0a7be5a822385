/** Task module: a share by the native kernels. Apart from the others, so that only this kind loads the addon. */
import { monteCarloPiSync, optionPriceSync } from '@heddle/core-native/examples';
import type { Part, Share } from './input.ts';

export function simulateNative({ pi, option }: Share, threads: number): Part {
  return { inside: monteCarloPiSync(pi, { threads }).inside, sums: optionPriceSync(option, { threads }).sums };
}
