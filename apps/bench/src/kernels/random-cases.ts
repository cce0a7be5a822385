// Random numbers. The plain loops draw from Math.random, which takes no seed: they are other numbers of the same
// distribution, and are checked to be that.
import { plainNormal, plainUniform } from './baselines/random.ts';
import {
  ALL,
  bytesOf,
  floatConstructorOf,
  LENGTHS,
  QUICK_LENGTHS,
  type FloatArray,
  type FloatTypeName,
} from './case-parts.ts';
import type { BenchCase, CaseWork } from './case-table.ts';

type Fill = (out: FloatArray, options: { seed: number; threads?: number }) => FloatArray;

interface Filling {
  out: FloatArray;
  seed: number;
}

/** Standard errors by which a sample's mean may lie beside the true one: fair numbers don't by chance. */
const ERRORS_MAX = 8;

function differsFrom(
  mean: number,
  variance: number,
  min: number,
  max: number,
): (output: FloatArray) => string | undefined {
  return (output) => {
    let sum = 0;
    for (const value of output) {
      if (!(value >= min && value < max)) return `${value} is not from ${min} to ${max}`;
      sum += value;
    }
    const error = Math.sqrt(variance / output.length);
    const found = sum / output.length;
    return Math.abs(found - mean) <= ERRORS_MAX * error ? undefined : `the mean ${found} is not near ${mean}`;
  };
}

function randomCase(
  kernel: 'randomUniform' | 'randomNormal',
  type: FloatTypeName,
  quickSizes: readonly number[],
): BenchCase {
  const isUniform = kernel === 'randomUniform';
  return {
    id: `${kernel} ${type}`,
    kernel,
    type,
    about: isUniform
      ? 'Fills an array with uniform random numbers from 0 to 1.'
      : 'Fills an array with normal random numbers.',
    sizes: LENGTHS,
    quickSizes,
    sizeLabel: 'elements',
    unit: 'ns/element',
    work: (size) => size,
    workTimed: isUniform ? 4_000_000 : 2_000_000,
    contestants: ALL,
    plainLabel: isUniform ? 'loop with Math.random' : 'polar method on Math.random',
    inexact: ['plain'],
    make(size): CaseWork<Filling, FloatArray> {
      const Type = floatConstructorOf(type);
      return {
        inputs(count) {
          const out = new Type(size);
          return Array.from({ length: count }, (_, seed) => ({ out, seed }));
        },
        call(core, threads) {
          const fill: Fill = core[`${kernel}Sync`];
          return ({ out, seed }) => fill(out, threads === undefined ? { seed } : { seed, threads });
        },
        plain: isUniform ? ({ out }) => plainUniform(out) : ({ out }) => plainNormal(out),
        bytes: bytesOf,
        // A float may be rounded up to 1.
        differs: isUniform ? differsFrom(0.5, 1 / 12, 0, 1 + Number.EPSILON) : differsFrom(0, 1, -Infinity, Infinity),
      };
    },
  };
}

export const RANDOM_CASES: readonly BenchCase[] = [
  randomCase('randomUniform', 'f64', QUICK_LENGTHS),
  randomCase('randomUniform', 'f32', []),
  randomCase('randomNormal', 'f64', QUICK_LENGTHS),
  randomCase('randomNormal', 'f32', []),
];
