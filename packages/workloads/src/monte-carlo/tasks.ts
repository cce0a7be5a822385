/** Task module: points inside the circle among some blocks of samples. */
import { monteCarloPiSync } from '@heddle/core-js/examples';

export interface Blocks {
  samples: number;
  seed: number;
  blockStart: number;
}

export function countInside(blocks: Blocks): number {
  return monteCarloPiSync(blocks).inside;
}
