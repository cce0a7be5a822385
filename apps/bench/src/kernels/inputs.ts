// Input data from seeds: the same in every contestant's process.

/** Uniform 32-bit words: a Weyl sequence through murmur3's finalizer. */
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

/** Uniform doubles in [0, 1). */
export function uniform(seed: number): () => number {
  const next = words(seed);
  return () => (next() + next() / 2 ** 32) / 2 ** 32;
}

export type DataArray = Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array;

/** Fills with uniform values: -0.5 to 0.5 for floats, the whole range for integers. */
export function fillUniform<T extends DataArray>(array: T, seed: number): T {
  if (array instanceof Float64Array || array instanceof Float32Array) {
    const next = uniform(seed);
    for (let i = 0; i < array.length; i++) array[i] = next() - 0.5;
  } else {
    const next = words(seed);
    for (let i = 0; i < array.length; i++) array[i] = next() >>> (array instanceof Uint8Array ? 24 : 0);
  }
  return array;
}

/** Elements by which the windows of a stock may be shifted. */
const SHIFT_MAX = 4_096;
/** Step between windows; no divisor of SHIFT_MAX, so that neighbours differ. */
const SHIFT_STEP = 61;

/** A stock of random values from which any number of different inputs of one length are taken as windows. */
export class Stock<T extends DataArray> {
  readonly #values: T;
  readonly #size: number;

  constructor(Type: new (length: number) => T, size: number, seed: number) {
    this.#values = fillUniform(new Type(size + SHIFT_MAX), seed);
    this.#size = size;
  }

  /** The values of input `index`. */
  window(index: number): T {
    const start = (index * SHIFT_STEP) % SHIFT_MAX;
    return this.#values.subarray(start, start + this.#size) as T;
  }
}
