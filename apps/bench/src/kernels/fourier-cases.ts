// Fourier transforms against JavaScript: one of each length, and many short ones at a time.
import { plainTransform } from './baselines/fourier.ts';
import type { BenchCase, CaseWork } from './case-table.ts';
import { ALL, bytesOf, NATIVE } from './case-parts.ts';
import { Stock } from './inputs.ts';

/** A signal to transform in place, real parts and then imaginary parts in `data`, and what `data` is filled with. */
interface Signal {
  data: Float64Array;
  original: Float64Array;
  re: Float64Array;
  im: Float64Array;
}

/** What the cores promise for each result, in units of epsilon, levels and the result's size. */
const BOUND = 4;

function workOf(kernel: 'fftSync' | 'ifftSync', length: number, transforms: number): CaseWork<Signal, Float64Array> {
  const elements = length * transforms;
  const stock = new Stock(Float64Array, 2 * elements, elements);
  const bound = 2 * BOUND * Number.EPSILON * Math.log2(length);
  return {
    inputs: (count) =>
      Array.from({ length: count }, (_, index) => {
        const original = stock.window(index);
        const data = original.slice();
        return { data, original, re: data.subarray(0, elements), im: data.subarray(elements) };
      }),
    refill: (inputs) => inputs.forEach(({ data, original }) => data.set(original)),
    call:
      (core, threads) =>
      ({ data, re, im }) => {
        core[kernel](re, im, threads === undefined ? { transforms } : { transforms, threads });
        return data;
      },
    plain({ data, re, im }) {
      for (let start = 0; start < elements; start += length)
        plainTransform(re, im, start, length, kernel === 'ifftSync');
      return data;
    },
    bytes: bytesOf,
    differs(output, reference) {
      let [error, size] = [0, 0];
      reference.forEach((value, i) => {
        error += (output[i]! - value) ** 2;
        size += value ** 2;
      });
      const distance = Math.sqrt(error / size);
      return distance <= bound ? undefined : `the result is ${distance} of its size away, more than ${bound}`;
    },
  };
}

const shared = {
  unit: 'ns/element',
  contestants: ALL,
  plainLabel: 'radix-2 loops',
  inexact: ['plain', ...NATIVE],
} as const;

function transformCase(kernel: 'fft' | 'ifft', sizes: readonly number[], quickSizes: readonly number[]): BenchCase {
  return {
    ...shared,
    id: `${kernel} f64`,
    kernel,
    type: 'f64',
    about: `${kernel === 'fft' ? 'The' : 'The inverse'} Fourier transform of random complex numbers, in place; the copy is made outside of the time.`,
    sizes,
    quickSizes,
    sizeLabel: 'complex numbers',
    work: (length) => length,
    workTimed: 500_000,
    make: (length) => workOf(`${kernel}Sync`, length, 1),
  };
}

const BATCH_LENGTH = 1024;

const batchCase: BenchCase = {
  ...shared,
  id: 'fft f64 batch',
  kernel: 'fft',
  type: 'f64 batch',
  about: `Fourier transforms of ${BATCH_LENGTH} random complex numbers each, in place, in one call.`,
  sizes: [4, 16, 64, 256, 1024],
  quickSizes: [],
  sizeLabel: 'transforms',
  batchLength: BATCH_LENGTH,
  work: (transforms) => transforms * BATCH_LENGTH,
  workTimed: 500_000,
  make: (transforms) => workOf('fftSync', BATCH_LENGTH, transforms),
};

export const FOURIER_CASES: readonly BenchCase[] = [
  transformCase('fft', [16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576], [256, 4096, 65_536]),
  transformCase('ifft', [1024, 65_536, 1_048_576], []),
  batchCase,
];
