/** Task module: points inside the circle among some blocks of samples, and what an option pays on some blocks of paths. */
import { monteCarloPiSync, optionPriceSync } from '@heddle/core-js/examples';
import type { Part, Share } from './input.ts';

export function simulate({ pi, option }: Share): Part {
  return { inside: monteCarloPiSync(pi).inside, sums: optionPriceSync(option).sums };
}
