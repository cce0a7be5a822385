// Equality of results bit for bit; of NaN nothing but being NaN is compared.
import type { KernelArray } from '../../src/arguments.ts';

/** Fails, naming the first element, unless both hold the same bits. */
export function expectSameBits(actual: KernelArray, expected: KernelArray, what = 'result'): void {
  if (actual.constructor !== expected.constructor || actual.length !== expected.length) {
    throw new Error(`${what}: ${kindOf(actual)}, expected ${kindOf(expected)}`);
  }
  // What is equal byte for byte needs no look at each element.
  if (Buffer.compare(bytesOf(actual), bytesOf(expected)) === 0) return;
  for (let i = 0; i < expected.length; i++) {
    if (Object.is(actual[i], expected[i])) continue;
    throw new Error(
      `${what}: element ${i} of ${expected.length} is ${text(actual[i]!)}, expected ${text(expected[i]!)}`,
    );
  }
}

/** The same for one number. */
export function expectSameNumber(actual: number, expected: number, what: string): void {
  if (!Object.is(actual, expected)) throw new Error(`${what}: ${text(actual)}, expected ${text(expected)}`);
}

const bytesOf = (array: KernelArray): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
const kindOf = (array: KernelArray): string => `${array.constructor.name} of ${array.length}`;
const text = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));
