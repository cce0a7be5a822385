// Random words by blocks: a block has LANES generators xoshiro128++ (Blackman and Vigna, public domain), seeded from
// (seed, block, lane), so a block's words depend on nothing else. Each kernel has a stream of its own, so that two of
// them with one seed have nothing in common. The generators' steps stand in the kernels' loops, where their words stay
// in registers.

/** Generators of a block. */
export const LANES = 16;

/** States of the current block's lanes: word w of lane l at w * LANES + l. */
export const states = new Int32Array(4 * LANES);

export const PHI = 0x9e37_79b9;

/** Two constants that tell the streams of one seed apart. */
export interface Stream {
  readonly first: number;
  readonly second: number;
}

/** The finalizer of MurmurHash3 (Appleby). */
function mix(z: number): number {
  z ^= z >>> 16;
  z = Math.imul(z, 0x85eb_ca6b);
  z ^= z >>> 13;
  z = Math.imul(z, 0xc2b2_ae35);
  return z ^ (z >>> 16);
}

/** What all lanes of a block share. */
function stem(constant: number, seed: number, block: number): number {
  let h = mix((seed + constant) | 0);
  h = mix(h ^ ((block % 2 ** 32) | 0));
  return mix(((h + PHI) | 0) ^ Math.floor(block / 2 ** 32));
}

/** Sets the states of all lanes to those of a block. */
export function seedLanes(stream: Stream, seed: number, block: number): void {
  const first = (stem(stream.first, seed, block) + 0x7f4a_7c15) | 0;
  const second = (stem(stream.second, seed, block) + 0x7f4a_7c15) | 0;
  for (let lane = 0; lane < LANES; lane++) {
    const a = mix((first + Math.imul(lane, PHI)) | 0);
    const b = mix((second + Math.imul(lane, PHI)) | 0);
    const s0 = mix((a + PHI) | 0);
    const s1 = mix((a + 2 * PHI) | 0);
    const s2 = mix((b + PHI) | 0);
    const s3 = mix((b + 2 * PHI) | 0);
    // A generator whose state is all zero stays there.
    states[lane] = (s0 | s1 | s2 | s3) === 0 ? 1 : s0;
    states[LANES + lane] = s1;
    states[2 * LANES + lane] = s2;
    states[3 * LANES + lane] = s3;
  }
}
