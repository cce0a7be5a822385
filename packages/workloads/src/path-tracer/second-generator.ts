/** For the check: the published xoshiro128++ over whole numbers reduced modulo 2^32, seeded as trace.ts says. */
import { SEED } from './trace.ts';

const WORD = 2 ** 32;
const PHI = 0x9e37_79b9;

const wrap = (value: number): number => value % WORD;
/** Product modulo 2^32 by halves, so that no intermediate exceeds 2^53. */
const times = (a: number, b: number): number => wrap(wrap(Math.floor(a / 65_536) * b) * 65_536 + (a % 65_536) * b);
const xor = (a: number, b: number): number => (a ^ b) >>> 0;
const rotate = (value: number, by: number): number => wrap(value * 2 ** by) + Math.floor(value / 2 ** (32 - by));

function mix(value: number): number {
  let z = xor(value, Math.floor(value / 65_536));
  z = times(z, 0x85eb_ca6b);
  z = xor(z, Math.floor(z / 8192));
  z = times(z, 0xc2b2_ae35);
  return xor(z, Math.floor(z / 65_536));
}

/** The numbers of a pixel, each from 0 to 1. */
export function generatorOf(pixel: number): () => number {
  const stem = mix(xor(mix(wrap(SEED + PHI)), pixel));
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
