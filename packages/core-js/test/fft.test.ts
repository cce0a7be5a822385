// Fourier transforms against their definition and within their bound.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as core from '../src/index.ts';
import { expectSameBits } from './support/bits.ts';
import { transformError } from './support/precise-dft.ts';
import { uniform } from './support/random.ts';

/** What both packages promise, by epsilon and levels. */
const BOUND = 4;

function signal(length: number, seed: number): core.ComplexArrays {
  const next = uniform(seed);
  const wide = (): number => (next() - 0.5) * 2 ** Math.floor(next() * 20);
  return { re: new Float64Array(length).map(wide), im: new Float64Array(length).map(wide) };
}

const copyOf = ({ re, im }: core.ComplexArrays): core.ComplexArrays => ({ re: re.slice(), im: im.slice() });

it('the reference is the sum that defines the transform', () => {
  const { re, im } = signal(8, 1);
  const sum = { re: new Float64Array(8), im: new Float64Array(8) };
  for (let k = 0; k < 8; k++) {
    for (let j = 0; j < 8; j++) {
      const angle = (-2 * Math.PI * j * k) / 8;
      sum.re[k]! += re[j]! * Math.cos(angle) - im[j]! * Math.sin(angle);
      sum.im[k]! += re[j]! * Math.sin(angle) + im[j]! * Math.cos(angle);
    }
  }
  expect(transformError({ re, im }, sum)).toBeLessThan(1e-14);
  sum.re[3]! += 1e-3;
  expect(transformError({ re, im }, sum)).toBeGreaterThan(1e-14);
});

describe('fft and ifft', () => {
  it('stay within their error bound', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 13 }), fc.integer(), (bits, seed) => {
        const x = signal(2 ** bits, seed);
        const bound = BOUND * Number.EPSILON * Math.max(1, bits);
        const { re, im } = copyOf(x);
        const result = core.fftSync(re, im);
        expect(result.re).toBe(re);
        expect(result.im).toBe(im);
        expect(transformError(x, result)).toBeLessThanOrEqual(bound);
        const back = core.ifftSync(re.slice(), im.slice());
        // With the parts exchanged, and without the factor, the inverse is the transform.
        const turned = { re: back.im.map((v) => v * 2 ** bits), im: back.re.map((v) => v * 2 ** bits) };
        expect(transformError({ re: im, im: re }, turned)).toBeLessThanOrEqual(bound);
      }),
      { numRuns: 30 },
    );
  });

  it('take several transforms as each alone, and views in the middle of a buffer', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 0, max: 20 }),
        fc.integer(),
        (bits, count, seed) => {
          const length = 2 ** bits;
          const whole = signal(length * count + 2, seed);
          const parts = { re: whole.re.subarray(1, -1), im: whole.im.subarray(1, -1) };
          const expected = copyOf(whole);
          for (let t = 0; t < count; t++) {
            const [from, to] = [1 + t * length, 1 + (t + 1) * length];
            core.fftSync(expected.re.subarray(from, to), expected.im.subarray(from, to));
          }
          core.fftSync(parts.re, parts.im, { transforms: count });
          expectSameBits(whole.re, expected.re, 're');
          expectSameBits(whole.im, expected.im, 'im');
        },
      ),
      { numRuns: 60 },
    );
  });

  it('find a wave, and make it again', () => {
    const length = 4096;
    const re = Float64Array.from({ length }, (_, i) => Math.cos((2 * Math.PI * 5 * i) / length));
    const im = new Float64Array(length);
    const wave = re.slice();
    core.fftSync(re, im);
    const peaks = [...re.keys()].filter((k) => Math.abs(re[k]!) > 1e-9);
    expect(peaks).toEqual([5, length - 5]);
    expect(re[5]).toBeCloseTo(length / 2, 9);
    core.ifftSync(re, im);
    expect(Math.max(...re.map((v, i) => Math.abs(v - wave[i]!)))).toBeLessThan(1e-14);
  });

  it('give the arrays in the asynchronous form, moved ones as new views', async () => {
    const x = signal(64, 3);
    const expected = core.fftSync(...values(copyOf(x)));
    const plain = copyOf(x);
    const kept = await core.fft(plain.re, plain.im);
    expect(kept.re).toBe(plain.re);
    expectSameBits(kept.re, expected.re);
    const moved = await core.fft(x.re, x.im, { move: true });
    expect(x.re.length + x.im.length).toBe(0);
    expectSameBits(moved.im, expected.im);
  });
});

const values = ({ re, im }: core.ComplexArrays): [Float64Array, Float64Array] => [re, im];
