// Seeded numbers for long inputs, where fast-check's own values would take too long: fast-check picks the seed.

/** Uniform 32-bit words from a seed (mulberry32's successor state, mixed by murmur3's finalizer). */
export function words(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e37_79b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85eb_ca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2_ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
}

/** Uniform doubles in [0, 1) from a seed. */
export function uniform(seed: number): () => number {
  const next = words(seed);
  return () => next() / 2 ** 32;
}
