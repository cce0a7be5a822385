// The random numbers of both packages, bit for bit, at 1 to 8 threads and in parts.
import * as fc from 'fast-check';
import { it } from 'vitest';
import type { FloatArray, RandomParameters } from '../../src/index.ts';
import { expectSameBits } from '../support/bits.ts';
import { describeNative, javascript } from '../support/cores.ts';

const THREADS = [1, 2, 3, 4, 5, 6, 7, 8];
/** More than eight chunks for the threads, and a rest. */
const LARGE = 600_001;

type Fill = (out: Float64Array, options: RandomParameters) => Float64Array;

const TYPES = [
  ['Float64Array', Float64Array],
  ['Float32Array', Float32Array],
] as const;

const length = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.constantFrom(4095, 4096, 4097, 8191, 8193, 65_537, LARGE));
const seed = fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.constantFrom(0, 2 ** 32 - 1));
const blockStart = fc.constantFrom(0, 1, 12_345, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40);
const RUNS = { numRuns: 50 };

describeNative('core-native gives what core-js gives', (native) => {
  it.each(TYPES)('randomUniform of %s', (_, Type) => {
    fc.assert(
      fc.property(length, seed, blockStart, (length, seed, blockStart) => {
        const make = (): FloatArray => new Type(length).fill(7);
        const expected = javascript.randomUniformSync(make(), { seed, blockStart });
        for (const threads of THREADS) {
          const numbers = native.randomUniformSync(make(), { seed, blockStart, threads });
          expectSameBits(numbers, expected, `${threads} threads`);
        }
      }),
      RUNS,
    );
  });

  it.each(TYPES)('randomNormal of %s', (_, Type) => {
    const mean = fc.constantFrom(0, -0, 1, -1e300, 0.1);
    const deviation = fc.constantFrom(1, 0, 0.1, 5e-324, 1e308);
    fc.assert(
      fc.property(length, seed, blockStart, mean, deviation, (length, seed, blockStart, mean, deviation) => {
        const make = (): FloatArray => new Type(length).fill(7);
        const options = { seed, blockStart, mean, deviation };
        const expected = javascript.randomNormalSync(make(), options);
        for (const threads of THREADS) {
          expectSameBits(native.randomNormalSync(make(), { ...options, threads }), expected, `${threads} threads`);
        }
      }),
      RUNS,
    );
  });

  it.each(['randomUniformSync', 'randomNormalSync'] as const)('%s of a long run of doubles', (name) => {
    const [expected, actual] = [javascript, native].map((core) => {
      const fill: Fill = core[name];
      return fill(new Float64Array(2 ** 22), { seed: 99 });
    });
    expectSameBits(actual!, expected!);
  });
});
