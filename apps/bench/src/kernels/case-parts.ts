// What the tables of cases share: who takes part, sizes, types, and inputs that calls only read.
import type { ContestantKind } from './contestants.ts';
import { Stock, type DataArray } from './inputs.ts';

export const ALL: readonly ContestantKind[] = ['plain', 'twin', 'native-1', 'native-all'];
export const WITHOUT_PLAIN: readonly ContestantKind[] = ['twin', 'native-1', 'native-all'];
export const NATIVE: readonly ContestantKind[] = ['native-1', 'native-all'];

export const LENGTHS = [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];
export const QUICK_LENGTHS = [1_000, 30_000, 1_000_000];

export const FLOATS = { f64: Float64Array, f32: Float32Array } as const;
const INTEGERS = { i32: Int32Array, u32: Uint32Array } as const;
export const TYPES = { ...FLOATS, ...INTEGERS } as const;
export type FloatTypeName = keyof typeof FLOATS;
export type TypeName = keyof typeof TYPES;
export type NumberArray = Float64Array | Float32Array | Int32Array | Uint32Array;
export type FloatArray = Float64Array | Float32Array;

export const bytesOf = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
export const bytesOfNumbers = (...values: number[]): Uint8Array => bytesOf(Float64Array.from(values));
export const constructorOf = (type: TypeName): new (length: number) => NumberArray => TYPES[type];
export const floatConstructorOf = (type: FloatTypeName): new (length: number) => FloatArray => FLOATS[type];

/** Arrays that calls only read, taken from one stock. */
export function readOnly<T extends DataArray>(Type: new (length: number) => T, size: number): (count: number) => T[] {
  const stock = new Stock(Type, size, size);
  return (count) => Array.from({ length: count }, (_, index) => stock.window(index));
}

/** Relative difference of reductions that add in another order: rounding, growing with the number of additions. */
export function differsByRounding(
  size: number,
  scale: number,
): (value: number, reference: number) => string | undefined {
  const bound = Number.EPSILON * size * scale;
  return (value, reference) =>
    Math.abs(value - reference) <= bound ? undefined : `${value} is not within ${bound} of ${reference}`;
}
