/** A small seeded generator, so that a bootstrap interval of the same samples is the same on every run. */

/** Uniform 32-bit outputs of a Weyl sequence through a 32-bit finalizer (the murmur3 constants); period 2^32. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
}
