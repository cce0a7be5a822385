/** For the check: the published xoshiro128++ over whole numbers reduced modulo 2^32, and how a block's lanes are seeded. */
import { mix, PHI, rotate, WORD, wrap, xor } from '../support/whole-numbers.ts';

export const LANES = 16;

type State = readonly [number, number, number, number];

function chain(constant: number, seed: number, block: number, lane: number): number {
  let h = mix(wrap(seed + constant));
  h = mix(xor(h, wrap(block)));
  h = mix(xor(wrap(h + PHI), Math.floor(block / WORD)));
  return mix(wrap(h + wrap(lane * PHI) + 0x7f4a_7c15));
}

/** The lanes of a block, in the stream that the two constants name. */
export function statesOf(first: number, second: number, seed: number, block: number): State[] {
  return Array.from({ length: LANES }, (_, lane) => {
    const a = chain(first, seed, block, lane);
    const b = chain(second, seed, block, lane);
    const state: State = [mix(wrap(a + PHI)), mix(wrap(a + 2 * PHI)), mix(wrap(b + PHI)), mix(wrap(b + 2 * PHI))];
    return state.every((word) => word === 0) ? [1, 0, 0, 0] : state;
  });
}

/** The words of one lane, one after the other. */
export function wordsOf(from: State): () => number {
  let state = from;
  return () => {
    const [s0, s1, s2, s3] = state;
    const x2 = xor(s2, s0);
    const x3 = xor(s3, s1);
    state = [xor(s0, x3), xor(s1, x2), xor(x2, wrap(s1 * 512)), rotate(x3, 11)];
    return wrap(rotate(wrap(s0 + s3), 7) + s0);
  };
}
