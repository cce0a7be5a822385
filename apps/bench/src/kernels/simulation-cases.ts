// Simulations: random numbers in, an estimate out.
import { plainOptionPrice } from './baselines/random.ts';
import { ALL, bytesOfNumbers, WITHOUT_PLAIN } from './case-parts.ts';
import type { BenchCase, CaseWork } from './case-table.ts';

const monteCarloCase: BenchCase = {
  id: 'monteCarloPi u32',
  kernel: 'monteCarloPi',
  type: 'u32',
  about: 'Pi from random points, a stream of random numbers for every 65,536 of them.',
  sizes: [1_000, 10_000, 100_000, 1_000_000, 10_000_000],
  quickSizes: [1_000, 30_000, 3_000_000],
  sizeLabel: 'samples',
  unit: 'ns/sample',
  work: (samples) => samples,
  workTimed: 3_000_000,
  contestants: WITHOUT_PLAIN,
  inexact: [],
  make(samples): CaseWork<number, { inside: number }> {
    return {
      inputs: (count) => Array.from({ length: count }, (_, index) => index),
      call: (core, threads) => (seed) =>
        core.monteCarloPiSync({ samples, seed }, threads === undefined ? undefined : { threads }),
      bytes: ({ inside }) => bytesOfNumbers(inside),
    };
  },
};

const OPTION = { spot: 100, strike: 105, rate: 0.03, volatility: 0.2, years: 1 } as const;
/** By the formula of Black and Scholes. */
const OPTION_PRICE = 7.128_064_67;
/** Deviation of the discounted payoff of one path. */
const PAYOFF_DEVIATION = 12.5;
/** Standard errors by which an estimate may lie beside the price: fair numbers don't by chance. */
const ERRORS_MAX = 8;

const optionCase: BenchCase = {
  id: 'optionPrice f64',
  kernel: 'optionPrice',
  type: 'f64',
  about: 'A European call by simulation: one normal number and one exponential per path.',
  sizes: [1_000, 10_000, 100_000, 1_000_000, 10_000_000],
  quickSizes: [1_000, 30_000, 1_000_000],
  sizeLabel: 'paths',
  unit: 'ns/sample',
  work: (paths) => paths,
  workTimed: 1_000_000,
  contestants: ALL,
  plainLabel: 'polar method on Math.random, and Math.exp',
  inexact: ['plain'],
  make(paths): CaseWork<number, number> {
    const sums = new Float64Array(2 * Math.ceil(paths / 4096));
    const error = PAYOFF_DEVIATION / Math.sqrt(paths);
    return {
      inputs: (count) => Array.from({ length: count }, (_, index) => index),
      call: (core, threads) => (seed) =>
        core.optionPriceSync(
          { ...OPTION, kind: 'call', paths, seed, sums },
          threads === undefined ? undefined : { threads },
        ).price,
      plain: () => plainOptionPrice(OPTION, paths),
      bytes: (price) => bytesOfNumbers(price),
      differs: (price) =>
        Math.abs(price - OPTION_PRICE) <= ERRORS_MAX * error ? undefined : `${price} is not near ${OPTION_PRICE}`,
    };
  },
};

export const SIMULATION_CASES: readonly BenchCase[] = [monteCarloCase, optionCase];
