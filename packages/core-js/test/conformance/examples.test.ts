// The examples' kernels of both packages, at every thread count and in parts.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OptionPriceParameters } from '../../src/examples/index.ts';
import { expectSameBits, expectSameNumber } from '../support/bits.ts';
import { describeNative, javascript, THREADS } from '../support/cores.ts';
import { preciseSum } from '../support/exact.ts';
import { uniform } from '../support/random.ts';
import { randomScene } from '../support/scenes.ts';

const FAST_BOUND = 1e-9;

function bodies(n: number, seed: number): { positions: Float64Array; masses: Float64Array } {
  const next = uniform(seed);
  return { positions: new Float64Array(3 * n).map(() => next() - 0.5), masses: new Float64Array(n).map(next) };
}

describeNative('core-native gives what core-js gives', (native) => {
  it('mandelbrot', () => {
    const picture = fc.record({
      width: fc.integer({ min: 0, max: 70 }),
      height: fc.integer({ min: 0, max: 40 }),
      centerX: fc.oneof(fc.double({ min: -2, max: 1, noNaN: true }), fc.constantFrom(1e308, -0.75, -0)),
      centerY: fc.oneof(fc.double({ min: -1, max: 1, noNaN: true }), fc.constantFrom(0, -1e308)),
      pixelSize: fc.constantFrom(0.1, 0.01, 1e-9, 1e-17, 1e300, 5e-324),
      maxIter: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constantFrom(1, 2, 1000)),
      from: fc.nat(),
      count: fc.nat(),
    });
    fc.assert(
      fc.property(picture, ({ from, count, ...parameters }) => {
        const rowStart = from % (parameters.height + 1);
        const part = { ...parameters, rowStart, rowCount: count % (parameters.height - rowStart + 1) };
        for (const rows of [parameters, part]) {
          const expected = javascript.mandelbrotSync(rows);
          for (const threads of THREADS) {
            expectSameBits(native.mandelbrotSync(rows, { threads }), expected, `${threads} threads`);
          }
        }
      }),
    );
  });

  it('mandelbrot with as many iterations as there can be', () => {
    const deep = { width: 5, height: 3, centerX: -0.1, centerY: 0, pixelSize: 0.01, maxIter: 65_535 };
    expectSameBits(native.mandelbrotSync(deep), javascript.mandelbrotSync(deep));
  });

  describe('nbodyAccelerations', () => {
    const size = fc.oneof(fc.integer({ min: 0, max: 70 }), fc.constantFrom(511, 513, 1025));
    const softening = fc.constantFrom(0, 0.01, 1e-200);

    it('exact: the same bits', () => {
      fc.assert(
        fc.property(size, fc.integer(), softening, fc.nat(), fc.nat(), (n, seed, softening, from, count) => {
          const bodyStart = from % (n + 1);
          const part = { bodyStart, bodyCount: count % (n - bodyStart + 1) };
          for (const range of [{}, part]) {
            const system = { ...bodies(n, seed), softening, ...range };
            const expected = javascript.nbodyAccelerationsSync(system);
            for (const threads of THREADS) {
              expectSameBits(native.nbodyAccelerationsSync(system, { threads }), expected, `${threads} threads`);
            }
          }
        }),
        { numRuns: 40 },
      );
    });

    it('exact: the same for bodies in one place, far away and without mass', () => {
      const positions = Float64Array.of(0, 0, 0, 0, 0, 0, 1e200, 0, -0, 1e-200, 1, 1, 1e308, -1e308, 1);
      const masses = Float64Array.of(1, 2, 0, 5e-324, 1e308);
      for (const softening of [0, 0.5, 1e-300]) {
        const system = { positions, masses, softening };
        expectSameBits(native.nbodyAccelerationsSync(system), javascript.nbodyAccelerationsSync(system));
      }
    });

    it('fast: within its error bound, with the same bits at every thread count and in parts', () => {
      fc.assert(
        fc.property(size, fc.integer(), fc.constantFrom(0, 1e-3, 0.1), fc.nat(), (n, seed, softening, from) => {
          const system = { ...bodies(n, seed), softening, precision: 'fast' as const };
          const one = native.nbodyAccelerationsSync(system, { threads: 1 });
          for (const threads of THREADS) {
            expectSameBits(native.nbodyAccelerationsSync(system, { threads }), one, `${threads} threads`);
          }
          const bodyStart = from % (n + 1);
          expectSameBits(native.nbodyAccelerationsSync({ ...system, bodyStart }), one.subarray(3 * bodyStart), 'part');
          for (let i = 0; i < n; i += Math.max(1, Math.floor(n / 20))) expectWithinBound(system, one, i);
        }),
        { numRuns: 40 },
      );
    });
  });

  it('monteCarloPi', () => {
    const samples = fc.oneof(
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 1, max: 300_000 }),
      fc.constantFrom(65_535, 65_536, 65_537, 8 * 65_536, LARGE_SAMPLES),
    );
    const seed = fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.constantFrom(0, 2 ** 32 - 1));
    const blockStart = fc.constantFrom(0, 1, 12_345, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40);
    fc.assert(
      fc.property(samples, seed, blockStart, (samples, seed, blockStart) => {
        const expected = javascript.monteCarloPiSync({ samples, seed, blockStart });
        for (const threads of THREADS) {
          expect(native.monteCarloPiSync({ samples, seed, blockStart }, { threads })).toEqual(expected);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('optionPrice', () => {
    const option = fc.record({
      kind: fc.constantFrom('call' as const, 'put' as const),
      spot: fc.constantFrom(100, 1e15, 5e-324),
      strike: fc.constantFrom(100, 0, 1e15, 90),
      rate: fc.constantFrom(0, 0.05, -1, 1),
      volatility: fc.constantFrom(0.2, 0, 10, 1e-9),
      years: fc.constantFrom(1, 0, 100, 1 / 365),
      dates: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(1, 127, 129)),
      paths: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.constantFrom(4095, 4096, 4097, 20_000)),
      seed: fc.constantFrom(0, 7, 2 ** 32 - 1),
      blockStart: fc.constantFrom(0, 12_345, 2 ** 32, 2 ** 40),
    });
    const check = (parameters: OptionPriceParameters): void => {
      const expected = javascript.optionPriceSync(parameters);
      for (const threads of THREADS) {
        const { price, standardError, sums } = native.optionPriceSync(parameters, { threads });
        expectSameBits(sums, expected.sums, `sums, ${threads} threads`);
        expectSameNumber(price, expected.price, `price, ${threads} threads`);
        expectSameNumber(standardError, expected.standardError, `standard error, ${threads} threads`);
      }
    };
    fc.assert(fc.property(option, check), { numRuns: 100 });
    // More than eight chunks for the threads.
    check({ kind: 'call', spot: 99, strike: 101, rate: 0.02, volatility: 0.3, years: 2, paths: 1_000_001, seed: 3 });
  });

  it('pathTrace', () => {
    const picture = fc.record({
      width: fc.integer({ min: 0, max: 40 }),
      height: fc.integer({ min: 0, max: 30 }),
      samples: fc.integer({ min: 1, max: 9 }),
      seed: fc.constantFrom(0, 1, 2 ** 32 - 1),
      spheres: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(7, 8, 9, 100)),
      scene: fc.integer(),
      from: fc.nat(),
      count: fc.nat(),
    });
    fc.assert(
      fc.property(picture, ({ spheres, scene, from, count, ...frame }) => {
        const whole = { ...randomScene(spheres, scene), ...frame };
        const rowStart = from % (frame.height + 1);
        const part = { ...whole, rowStart, rowCount: count % (frame.height - rowStart + 1) };
        for (const rows of [whole, part]) {
          const expected = javascript.pathTraceSync(rows);
          for (const threads of THREADS) {
            expectSameBits(native.pathTraceSync(rows, { threads }), expected, `${threads} threads`);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('pathTrace of numbers that overflow', () => {
    const frame = { width: 9, height: 7, samples: 3, seed: 1 };
    const { spheres, view } = randomScene(12, 1);
    for (const [at, value] of [
      [3, 1e200],
      [0, -1e300],
      [5, 1e308],
      [8 + 9 * 2, 1e-320],
      [8 + 9 * 2, 0],
    ] as const) {
      const scene = { ...frame, view, spheres: spheres.with(at, value) };
      expectSameBits(native.pathTraceSync(scene), javascript.pathTraceSync(scene), `${value} as element ${at}`);
    }
    const far = { ...frame, spheres, view: view.with(0, 1e200) };
    expectSameBits(native.pathTraceSync(far), javascript.pathTraceSync(far), 'from afar');
  });
});

const LARGE_SAMPLES = 5_000_001;

interface System {
  positions: Float64Array;
  masses: Float64Array;
  softening: number;
}

/** Each component of body i against its terms summed without loss: at most FAST_BOUND of the sum of their sizes. */
function expectWithinBound({ positions, masses, softening }: System, out: Float64Array, i: number): void {
  const terms: [number[], number[], number[]] = [[], [], []];
  for (let j = 0; j < masses.length; j++) {
    if (j === i) continue;
    const d = [0, 1, 2].map((axis) => positions[3 * j + axis]! - positions[3 * i + axis]!);
    const d2 = d[0]! * d[0]! + d[1]! * d[1]! + d[2]! * d[2]! + softening * softening;
    for (const axis of [0, 1, 2] as const) terms[axis].push((d[axis]! * masses[j]!) / (d2 * Math.sqrt(d2)));
  }
  for (const axis of [0, 1, 2] as const) {
    const size = preciseSum(terms[axis].map(Math.abs));
    expect(Math.abs(out[3 * i + axis]! - preciseSum(terms[axis]))).toBeLessThanOrEqual(FAST_BOUND * size);
  }
}
