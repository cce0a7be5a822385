/**
 * What is true of the keys, counted by means that the variants don't use: a hash table of the keys met,
 * bins by division, a sum in whole numbers. Counted once, before the contestants, from the unsorted keys.
 */
export interface Expected {
  length: number;
  distinct: number;
  repeated: number;
  histogram: number[];
  mean: number;
  fingerprint: number;
}

export function countExpected(keys: Float64Array, range: { bins: number; max: number }): Expected {
  const { distinct, repeated } = countInTable(keys);
  const histogram = Array.from({ length: range.bins }, () => 0);
  const width = range.max / range.bins;
  for (const key of keys) histogram[Math.floor(key / width)]!++;
  const mean = exactMean(keys);
  return {
    length: keys.length,
    distinct,
    repeated,
    histogram,
    mean,
    fingerprint: fingerprintOf(keys),
  };
}

/**
 * A set of the keys met, with a mark on those met again: a hash table with open addressing, since a Set of a million
 * doubles, each an object of its own, takes twenty times as long.
 */
function countInTable(keys: Float64Array): { distinct: number; repeated: number } {
  const bits = Math.ceil(Math.log2(keys.length + 1)) + 1;
  const slots = new Float64Array(2 ** bits).fill(-1);
  const again = new Uint8Array(slots.length);
  let distinct = 0;
  let repeated = 0;
  for (const key of keys) {
    // Keys are hashes: their upper bits are as good a place as any.
    let slot = Math.floor(key / 2 ** (53 - bits));
    while (slots[slot] !== -1 && slots[slot] !== key) slot = (slot + 1) % slots.length;
    if (slots[slot] === -1) {
      slots[slot] = key;
      distinct++;
    } else if (again[slot] === 0) {
      again[slot] = 1;
      repeated++;
    }
  }
  return { distinct, repeated };
}

/** Whole numbers below 2^53 in two halves, whose sums stay exact for 2^26 keys; joined as a BigInt. */
function exactMean(keys: Float64Array): number {
  let high = 0;
  let low = 0;
  for (const key of keys) {
    const top = Math.floor(key / 2 ** 27);
    high += top;
    low += key - top * 2 ** 27;
  }
  const sum = (BigInt(high) << 27n) + BigInt(low);
  return Number((sum << 64n) / BigInt(keys.length)) / 2 ** 64;
}

/** Equal for equal keys in any order: the sum, modulo 2^32, of a mixed value per key. */
export function fingerprintOf(keys: Float64Array): number {
  let sum = 0;
  for (const key of keys) {
    const top = Math.floor(key / 2 ** 32);
    let z = Math.imul((key % 2 ** 32) ^ (top * 0x9e37), 0x7feb_352d);
    z = Math.imul(z ^ (z >>> 15) ^ top, 0x846c_a68b);
    sum = (sum + (z ^ (z >>> 16))) >>> 0;
  }
  return sum;
}
