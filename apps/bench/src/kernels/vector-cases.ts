// minMax, dot and axpy: one pass over one or two arrays, bound by memory where these are long.
import { plainDot, plainMinMax } from './baselines/reductions.ts';
import {
  ALL,
  bytesOf,
  bytesOfNumbers,
  constructorOf,
  differsByRounding,
  floatConstructorOf,
  LENGTHS,
  QUICK_LENGTHS,
  readOnly,
  TYPES,
  WITHOUT_PLAIN,
  type FloatArray,
  type FloatTypeName,
  type NumberArray,
  type TypeName,
} from './case-parts.ts';
import type { BenchCase, CaseWork } from './case-table.ts';
import { Stock } from './inputs.ts';

function minMaxCase(type: TypeName, quickSizes: readonly number[]): BenchCase {
  return {
    id: `minMax ${type}`,
    kernel: 'minMax',
    type,
    about: 'The smallest and the largest of random numbers.',
    sizes: LENGTHS,
    quickSizes,
    sizeLabel: 'elements',
    unit: 'GB/s',
    work: (size) => size * TYPES[type].BYTES_PER_ELEMENT,
    workTimed: 64_000_000,
    contestants: ALL,
    plainLabel: 'loop with Math.min and Math.max',
    inexact: [],
    make(size): CaseWork<NumberArray, { min: number; max: number }> {
      return {
        inputs: readOnly(constructorOf(type), size),
        call: (core, threads) => (x) => core.minMaxSync(x, threads === undefined ? undefined : { threads }),
        plain: plainMinMax,
        bytes: ({ min, max }) => bytesOfNumbers(min, max),
      };
    },
  };
}

interface Pair {
  x: FloatArray;
  y: FloatArray;
}

function dotCase(type: FloatTypeName, quickSizes: readonly number[]): BenchCase {
  return {
    id: `dot ${type}`,
    kernel: 'dot',
    type,
    about: 'The dot product of two arrays of random numbers.',
    sizes: LENGTHS,
    quickSizes,
    sizeLabel: 'elements',
    unit: 'GB/s',
    work: (size) => 2 * size * TYPES[type].BYTES_PER_ELEMENT,
    workTimed: 64_000_000,
    contestants: ALL,
    plainLabel: 'loop with four partial sums',
    inexact: ['plain'],
    make(size): CaseWork<Pair, number> {
      const Type = floatConstructorOf(type);
      const [xs, ys] = [new Stock(Type, size, size), new Stock(Type, size, size + 1)];
      return {
        inputs: (count) => Array.from({ length: count }, (_, index) => ({ x: xs.window(index), y: ys.window(index) })),
        call:
          (core, threads) =>
          ({ x, y }) =>
            core.dotSync(x, y, threads === undefined ? undefined : { threads }),
        plain: ({ x, y }) => plainDot(x, y),
        bytes: (output) => bytesOfNumbers(output),
        differs: differsByRounding(size, size),
      };
    },
  };
}

const FACTOR = 0.1;

/** No plain loop: the twin is one. */
function axpyCase(type: FloatTypeName, quickSizes: readonly number[]): BenchCase {
  return {
    id: `axpy ${type}`,
    kernel: 'axpy',
    type,
    about: 'Adds a tenth of one array of random numbers to another, in place; each call adds to the last one’s result.',
    sizes: LENGTHS,
    quickSizes,
    sizeLabel: 'elements',
    unit: 'GB/s',
    work: (size) => 3 * size * TYPES[type].BYTES_PER_ELEMENT,
    workTimed: 96_000_000,
    contestants: WITHOUT_PLAIN,
    inexact: [],
    make(size): CaseWork<Pair, FloatArray> {
      const Type = floatConstructorOf(type);
      const [xs, ys] = [new Stock(Type, size, size), new Stock(Type, size, size + 1)];
      return {
        inputs(count) {
          const y = new Type(size);
          y.set(ys.window(0));
          return Array.from({ length: count }, (_, index) => ({ x: xs.window(index), y }));
        },
        refill: ([first]) => first?.y.set(ys.window(0)),
        call:
          (core, threads) =>
          ({ x, y }) =>
            core.axpySync(FACTOR, x, y, threads === undefined ? undefined : { threads }),
        bytes: bytesOf,
      };
    },
  };
}

export const VECTOR_CASES: readonly BenchCase[] = [
  minMaxCase('f64', QUICK_LENGTHS),
  minMaxCase('i32', []),
  dotCase('f64', QUICK_LENGTHS),
  dotCase('f32', []),
  axpyCase('f64', QUICK_LENGTHS),
  axpyCase('f32', []),
];
