/**
 * Arithmetic of random generators over whole numbers from 0 to 2^32, for checks: by division and product instead of the 32-bit operations that
 * the generators themselves use, so that a check shares no code with what it checks.
 */

export const WORD = 2 ** 32;
/** 2^32 over the golden ratio. */
export const PHI = 0x9e37_79b9;

/** Modulo 2^32. */
export const wrap = (value: number): number => value % WORD;
/** Product modulo 2^32 by halves, so that no intermediate exceeds 2^53. */
const times = (a: number, b: number): number => wrap(wrap(Math.floor(a / 65_536) * b) * 65_536 + (a % 65_536) * b);
export const xor = (a: number, b: number): number => (a ^ b) >>> 0;
/** To the left, by 1 to 20 bits. */
export const rotate = (value: number, by: number): number => wrap(value * 2 ** by) + Math.floor(value / 2 ** (32 - by));

/** The finalizer of MurmurHash3 (Appleby). */
export function mix(value: number): number {
  let z = xor(value, Math.floor(value / 65_536));
  z = times(z, 0x85eb_ca6b);
  z = xor(z, Math.floor(z / 8192));
  z = times(z, 0xc2b2_ae35);
  return xor(z, Math.floor(z / 65_536));
}
