// Inputs that fast-check chooses: a type, a length at the edges of lanes and blocks, and values from a seed and a palette.
import * as fc from 'fast-check';
import type { NumericArray } from '../../src/index.ts';
import { uniform, words } from './random.ts';

/** Around nothing, the 64 lanes of a sum, two of them, and blocks of 4,096. */
export const LENGTHS = [0, 1, 2, 3, 17, 63, 64, 65, 127, 128, 129, 1023, 1025, 4095, 4096, 4097, 8191, 8192, 8193];

export const NUMERIC_TYPES = [Float64Array, Float32Array, Int32Array, Uint32Array] as const;
export type NumericType = (typeof NUMERIC_TYPES)[number];

/** Where the values come from: any bits at all, few values many times, well-behaved numbers, or almost sorted ones. */
const KINDS = ['bits', 'palette', 'uniform', 'wide', 'ascending'] as const;
type Kind = (typeof KINDS)[number];

/** How to make an array: small enough to read in a failure's report. */
export interface Recipe {
  type: string;
  length: number;
  kind: Kind;
  seed: number;
  palette: number[];
}

const value = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, 1, -1, Infinity, -Infinity, NaN, 5e-324, -5e-324, Number.MAX_VALUE, 2 ** 31, -(2 ** 31)),
  fc.integer({ min: -3, max: 3 }),
  fc.integer(),
);

/** Arrays of one type, as recipes; `make` turns one into an array. */
export function recipes(Type: NumericType, lengths: readonly number[] = LENGTHS): fc.Arbitrary<Recipe> {
  return fc.record({
    type: fc.constant(Type.name),
    length: fc.oneof(fc.constantFrom(...lengths), fc.integer({ min: 0, max: 300 })),
    kind: fc.constantFrom(...KINDS),
    seed: fc.integer(),
    palette: fc.array(value, { minLength: 1, maxLength: 12 }),
  });
}

const MAKERS: Record<string, new (length: number) => NumericArray> = {
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
};

export function make(recipe: Recipe): NumericArray {
  const x = new MAKERS[recipe.type]!(recipe.length);
  const next = uniform(recipe.seed);
  const isInteger = x instanceof Int32Array || x instanceof Uint32Array;
  switch (recipe.kind) {
    case 'bits': {
      const bits = new Uint32Array(x.buffer);
      const word = words(recipe.seed);
      for (let i = 0; i < bits.length; i++) bits[i] = word();
      break;
    }
    case 'palette':
      for (let i = 0; i < x.length; i++) x[i] = recipe.palette[Math.floor(next() * recipe.palette.length)]!;
      break;
    case 'uniform':
      for (let i = 0; i < x.length; i++) x[i] = isInteger ? (next() - 0.5) * 2 ** 32 : next() - 0.5;
      break;
    case 'wide':
      for (let i = 0; i < x.length; i++) x[i] = (next() - 0.5) * 2 ** Math.floor(next() * (isInteger ? 31 : 60) - 20);
      break;
    case 'ascending':
      for (let i = 0; i < x.length; i++) x[i] = next() < 0.02 ? next() * 1000 : i - x.length / 2;
      break;
  }
  return x;
}
