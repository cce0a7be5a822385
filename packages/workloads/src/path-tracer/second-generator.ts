/** For the check: the published xoshiro128++ over whole numbers reduced modulo 2^32, seeded as the kernel says. */
import { mix, PHI, rotate, WORD, wrap, xor } from '../support/whole-numbers.ts';

/** The numbers of a pixel, each from 0 to 1. */
export function generatorOf(seed: number, pixel: number): () => number {
  const stem = mix(xor(mix(wrap(seed + PHI)), pixel));
  let state = [1, 2, 3, 4].map((step) => mix(wrap(stem + step * PHI)));
  if (state.every((word) => word === 0)) state = [1, 0, 0, 0];
  return () => {
    const [s0, s1, s2, s3] = state as [number, number, number, number];
    const output = wrap(rotate(wrap(s0 + s3), 7) + s0);
    const x2 = xor(s2, s0);
    const x3 = xor(s3, s1);
    state = [xor(s0, x3), xor(s1, x2), xor(x2, wrap(s1 * 512)), rotate(x3, 11)];
    return output / WORD;
  };
}
