// The native Fourier transforms: within the bound, and with the same bits at every thread count and in every batch.
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ComplexArrays } from '../../src/index.ts';
import { expectSameBits } from '../support/bits.ts';
import { describeNative, javascript, THREADS } from '../support/cores.ts';
import { transformError } from '../support/precise-dft.ts';
import { uniform } from '../support/random.ts';

const BOUND = 4;

function signal(length: number, seed: number): ComplexArrays {
  const next = uniform(seed);
  const wide = (): number => (next() - 0.5) * 2 ** Math.floor(next() * 20);
  return { re: new Float64Array(length).map(wide), im: new Float64Array(length).map(wide) };
}

/** |a - b| / |b|, by Euclidean norms. */
function distance(a: ComplexArrays, b: ComplexArrays): number {
  let [error, size] = [0, 0];
  for (let k = 0; k < b.re.length; k++) {
    error += (a.re[k]! - b.re[k]!) ** 2 + (a.im[k]! - b.im[k]!) ** 2;
    size += b.re[k]! ** 2 + b.im[k]! ** 2;
  }
  return Math.sqrt(error / size);
}

describeNative('core-native transforms as core-js does', (native) => {
  it('within the error bound', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12 }), fc.integer(), (bits, seed) => {
        const x = signal(2 ** bits, seed);
        const bound = BOUND * Number.EPSILON * Math.max(1, bits);
        const { re, im } = native.fftSync(x.re.slice(), x.im.slice());
        expect(transformError(x, { re, im })).toBeLessThanOrEqual(bound);
        const back = native.ifftSync(re.slice(), im.slice());
        const turned = { re: back.im.map((v) => v * 2 ** bits), im: back.re.map((v) => v * 2 ** bits) };
        expect(transformError({ re: im, im: re }, turned)).toBeLessThanOrEqual(bound);
      }),
      { numRuns: 30 },
    );
  });

  it.each([13, 14, 15, 16, 17, 18])('within twice the bound of core-js, on all threads alike: 2^%i points', (bits) => {
    const x = signal(2 ** bits, bits);
    for (const kernel of ['fftSync', 'ifftSync'] as const) {
      const expected = javascript[kernel](x.re.slice(), x.im.slice());
      const one = native[kernel](x.re.slice(), x.im.slice(), { threads: 1 });
      expect(distance(one, expected)).toBeLessThanOrEqual(2 * BOUND * Number.EPSILON * bits);
      for (const threads of THREADS) {
        const { re, im } = native[kernel](x.re.slice(), x.im.slice(), { threads });
        expectSameBits(re, one.re, `re, ${threads} threads`);
        expectSameBits(im, one.im, `im, ${threads} threads`);
      }
    }
  });

  it('several as each alone, from any offset, and nothing beside them', () => {
    const shape = fc.record({
      bits: fc.integer({ min: 0, max: 11 }),
      count: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constant(70)),
      offset: fc.integer({ min: 0, max: 9 }),
      seed: fc.integer(),
    });
    fc.assert(
      fc.property(shape, ({ bits, count, offset, seed }) => {
        const length = 2 ** bits;
        const whole = signal(length * count + offset + 1, seed);
        const expected = { re: whole.re.slice(), im: whole.im.slice() };
        for (let from = offset; from < offset + count * length; from += length) {
          native.fftSync(expected.re.subarray(from, from + length), expected.im.subarray(from, from + length));
        }
        for (const threads of THREADS) {
          const [re, im] = [whole.re.slice(), whole.im.slice()];
          native.fftSync(re.subarray(offset, -1), im.subarray(offset, -1), { transforms: count, threads });
          expectSameBits(re, expected.re, `re, ${threads} threads`);
          expectSameBits(im, expected.im, `im, ${threads} threads`);
        }
      }),
      { numRuns: 60 },
    );
  });
});
