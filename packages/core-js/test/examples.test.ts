// The examples' kernels against their definitions, and that any split gives the whole.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as core from '../src/examples/index.ts';
import { expectSameBits } from './support/bits.ts';
import * as naive from './support/naive.ts';
import { uniform } from './support/random.ts';

describe('mandelbrot', () => {
  const picture = fc.record({
    width: fc.integer({ min: 0, max: 40 }),
    height: fc.integer({ min: 0, max: 30 }),
    centerX: fc.oneof(fc.double({ min: -2, max: 1, noNaN: true }), fc.constantFrom(1e308, -0.75)),
    centerY: fc.oneof(fc.double({ min: -1, max: 1, noNaN: true }), fc.constantFrom(0, -1e308)),
    pixelSize: fc.constantFrom(0.1, 0.01, 1e-9, 1e300),
    maxIter: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constant(65_535)),
  });

  it('counts as defined, whole and row by row', () => {
    fc.assert(
      fc.property(picture, (parameters) => {
        const limited = {
          ...parameters,
          maxIter: parameters.width * parameters.height > 100 ? 200 : parameters.maxIter,
        };
        const expected = naive.mandelbrot(limited);
        expectSameBits(core.mandelbrotSync(limited), expected);
        const { width, height } = limited;
        const out = new Uint16Array(width * height);
        for (let row = 0; row < height; row++) {
          const part = { ...limited, rowStart: row, rowCount: 1, out: out.subarray(row * width, (row + 1) * width) };
          core.mandelbrotSync(part);
        }
        expectSameBits(out, expected, 'row by row');
      }),
    );
  });
});

describe('nbodyAccelerations', () => {
  const bodies = (n: number, seed: number): { positions: Float64Array; masses: Float64Array } => {
    const next = uniform(seed);
    return { positions: new Float64Array(3 * n).map(() => next() - 0.5), masses: new Float64Array(n).map(next) };
  };

  it('adds all pairs in the defined order, whole and in parts', () => {
    const size = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(511, 512, 513, 700));
    const softening = fc.constantFrom(0, 0.01, 1e-200);
    fc.assert(
      fc.property(size, fc.integer(), softening, fc.nat(), fc.nat(), (n, seed, softening, a, b) => {
        const system = { ...bodies(n, seed), softening };
        const expected = naive.nbodyAccelerations(system.positions, system.masses, softening);
        expectSameBits(core.nbodyAccelerationsSync(system), expected);
        expectSameBits(core.nbodyAccelerationsSync({ ...system, precision: 'fast' }), expected, 'fast');
        const bodyStart = a % (n + 1);
        const bodyCount = b % (n - bodyStart + 1);
        const part = core.nbodyAccelerationsSync({ ...system, bodyStart, bodyCount });
        expectSameBits(part, expected.subarray(3 * bodyStart, 3 * (bodyStart + bodyCount)), 'part');
      }),
      { numRuns: 40 },
    );
  });

  it('gives NaN for bodies in one place without softening', () => {
    const out = core.nbodyAccelerationsSync({
      positions: new Float64Array(6),
      masses: Float64Array.of(1, 1),
      softening: 0,
    });
    expect(out).toEqual(new Float64Array(6).fill(NaN));
  });
});

describe('monteCarloPi', () => {
  it('draws the defined samples', () => {
    const samples = fc.oneof(fc.integer({ min: 1, max: 400 }), fc.constantFrom(65_535, 65_536, 65_537));
    const seed = fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.constantFrom(0, 2 ** 32 - 1));
    const blockStart = fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40);
    fc.assert(
      fc.property(samples, seed, blockStart, (samples, seed, blockStart) => {
        const result = core.monteCarloPiSync({ samples, seed, blockStart });
        const inside = naive.monteCarloInside(samples, seed, blockStart);
        expect(result).toEqual({ inside, samples, pi: (4 * inside) / samples });
      }),
      { numRuns: 30 },
    );
  });

  it('adds up from parts, and comes near pi', () => {
    const samples = 20 * 65_536 + 123;
    const whole = core.monteCarloPiSync({ samples, seed: 7 });
    const first = core.monteCarloPiSync({ samples: 8 * 65_536, seed: 7 });
    const rest = core.monteCarloPiSync({ samples: samples - 8 * 65_536, seed: 7, blockStart: 8 });
    expect(first.inside + rest.inside).toBe(whole.inside);
    // Six standard deviations of a fair estimate.
    expect(Math.abs(whole.pi - Math.PI)).toBeLessThan((6 * 1.642) / Math.sqrt(samples));
  });
});
