// The option's price against its definition and against closed forms, and the exponential against exact arithmetic.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exponential } from '../src/examples/exponential.ts';
import { optionPriceSync, type OptionPriceParameters } from '../src/examples/index.ts';
import { expectSameBits } from './support/bits.ts';
import * as naive from './support/naive-option.ts';
import { isExponential } from './support/precise-exponential.ts';
import { expectNear } from './support/statistics.ts';

describe('the exponential', () => {
  it('is within 2^-52 of the true value', () => {
    const edges = [0, -0, 1, -1, 709, -708, 708.9999999999999, Math.LN2 / 2, -Math.LN2 / 2, 5e-324, 1e-17, 2 ** -53];
    for (const x of edges) expect(isExponential(exponential(x), x), String(x)).toBe(true);
    const wide = fc.double({ min: -708, max: 709, noNaN: true });
    const near = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.oneof(wide, near), (x) => isExponential(exponential(x), x)),
      { numRuns: 20_000 },
    );
  });

  it('would be seen where it is off by a little more', () => {
    for (const x of [0, 1, -3, 100]) {
      expect(isExponential(Math.exp(x) * (1 + 2 ** -50), x)).toBe(false);
      expect(isExponential(Math.exp(x) * (1 - 2 ** -50), x)).toBe(false);
    }
  });

  it('stays at its bounds beyond them', () => {
    expect(exponential(1e308)).toBe(exponential(709));
    expect(exponential(-Infinity)).toBe(exponential(-708));
    expect(exponential(0)).toBe(1);
  });
});

const OPTION: OptionPriceParameters = {
  kind: 'call',
  spot: 100,
  strike: 105,
  rate: 0.03,
  volatility: 0.25,
  years: 1.5,
  paths: 1 << 18,
  seed: 20_260_101,
};

describe('optionPrice', () => {
  it('adds up the defined payoffs', () => {
    const option = fc.record({
      kind: fc.constantFrom('call' as const, 'put' as const),
      strike: fc.constantFrom(100, 0, 130),
      volatility: fc.constantFrom(0.2, 0, 3),
      dates: fc.constantFrom(1, 2, 5),
      paths: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.constantFrom(4095, 4097)),
      seed: fc.constantFrom(0, 1, 2 ** 32 - 1),
      blockStart: fc.constantFrom(0, 2 ** 32 - 1, 2 ** 40),
    });
    fc.assert(
      fc.property(option, (parameters) => {
        const all = { ...OPTION, ...parameters };
        const { price, standardError, sums } = optionPriceSync(all);
        const expected = naive.optionSums(all);
        expectSameBits(sums, expected);
        let [total, squares] = [0, 0];
        for (let at = 0; at < expected.length; at += 2) {
          total += expected[at]!;
          squares += expected[at + 1]!;
        }
        const mean = total / all.paths;
        const discount = naive.exponential(-(all.rate * all.years));
        expect(price).toBe(discount * mean);
        expect(standardError).toBe(discount * Math.sqrt(Math.max(0, squares / all.paths - mean * mean) / all.paths));
      }),
      { numRuns: 40 },
    );
  });

  it('puts the sums where it is told to, and parts make the whole', () => {
    const whole = new Float64Array(2 * 5);
    const paths = 4 * 4096 + 10;
    expect(optionPriceSync({ ...OPTION, paths, sums: whole }).sums).toBe(whole);
    const parts = new Float64Array(whole.length);
    optionPriceSync({ ...OPTION, paths: 3 * 4096, sums: parts.subarray(0, 6) });
    optionPriceSync({ ...OPTION, paths: 4096 + 10, blockStart: 3, sums: parts.subarray(6) });
    expectSameBits(parts, whole);
  });

  it.each(['call', 'put'] as const)('of a European %s comes near the closed form', (kind) => {
    for (const [strike, volatility, years] of [
      [105, 0.25, 1.5],
      [96, 0.1, 0.25],
      [140, 0.6, 3],
    ] as const) {
      const option = { ...OPTION, kind, strike, volatility, years };
      const { price, standardError } = optionPriceSync(option);
      expectNear(price, naive.blackScholes(option), standardError);
    }
  });

  it('says how far it may be off: of many seeds, as many are within one standard error as chance has it', () => {
    const runs = 1000;
    const expected = naive.blackScholes(OPTION);
    let within = 0;
    for (let seed = 0; seed < runs; seed++) {
      const { price, standardError } = optionPriceSync({ ...OPTION, paths: 4096, seed });
      if (Math.abs(price - expected) <= standardError) within++;
    }
    expectNear(within / runs, 0.682_689_5, Math.sqrt((0.6827 * 0.3173) / runs));
  });

  it('on an average keeps the parity of call and put, whose difference is known without chance', () => {
    const asian = { ...OPTION, dates: 12 };
    const [call, put] = (['call', 'put'] as const).map((kind) => optionPriceSync({ ...asian, kind }));
    const discount = Math.exp(-OPTION.rate * OPTION.years);
    let average = 0;
    for (let date = 1; date <= 12; date++) average += (100 * Math.exp((OPTION.rate * OPTION.years * date) / 12)) / 12;
    // Of the same paths, so their difference is that of the average from the strike.
    const error = discount * 100 * 0.25 * Math.sqrt(1.5 / 3 / OPTION.paths) * 1.5;
    expectNear(call!.price - put!.price, discount * (average - OPTION.strike), error);
    expect(call!.price).toBeLessThan(naive.blackScholes(OPTION));
  });

  it('without chance is what the option pays at the end, discounted', () => {
    for (const [kind, expected] of [
      ['call', Math.exp(0.1) * 100 - 90],
      ['put', 0],
    ] as const) {
      const option = { ...OPTION, kind, strike: 90, rate: 0.05, volatility: 0, years: 2, paths: 10_000 };
      const { price, standardError } = optionPriceSync(option);
      expect(price).toBeCloseTo(expected * Math.exp(-0.1), 10);
      // What rounding leaves of the difference of two sums.
      expect(standardError).toBeLessThan(1e-8);
    }
    expect(optionPriceSync({ ...OPTION, years: 0, strike: 90, paths: 100 }).price).toBe(10);
  });
});
