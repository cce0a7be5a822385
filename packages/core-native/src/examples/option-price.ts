// The price of an option by simulation: a random number, an exponential and two additions per path and date, no data.
import {
  allocate,
  checkArray,
  checkFinite,
  checkInteger,
  checkLength,
  checkObject,
  wrongRange,
  wrongType,
} from '../arguments.ts';
import type { KernelArguments, KernelResults } from '../generated/kernel-table.ts';
import { callSync, freshAt, promised, startAsync, type KernelOptions, type SyncKernelOptions } from '../kernel-call.ts';

/** The option, the market, and how many paths of which streams. */
export interface OptionPriceParameters {
  /** 'call' pays what the average value is above the strike, 'put' what it is below. */
  kind: 'call' | 'put';
  /** Value of the asset today, greater than 0, at most 1e15. */
  spot: number;
  /** Strike, 0 to 1e15, in the unit of `spot`. */
  strike: number;
  /** Interest without risk per year, compounded continuously, -1 to 1: 0.05 is 5 %. */
  rate: number;
  /** Deviation of the logarithm of the value after one year, 0 to 10: 0.2 is 20 %. */
  volatility: number;
  /** Time until the option pays, 0 to 100 years. */
  years: number;
  /**
   * Dates whose values are averaged, 1 to 1,024, at equal distances, the last one at the end. Default 1: a European option
   * on the value at the end; with more, an Asian option on the arithmetic average.
   */
  dates?: number;
  /** Number of paths, 1 to 2^32. They are those of blocks blockStart, blockStart + 1, … of 4,096 each. */
  paths: number;
  /** Seed of all streams, 0 to 2^32 - 1. */
  seed: number;
  /** First block, 0 to 2^40. A run may be split at multiples of 4,096 paths. Default 0. */
  blockStart?: number;
  /** Where the blocks' sums go: two elements per block. Default: a new array. */
  sums?: Float64Array;
}

/** What {@link optionPrice} gives. */
export interface OptionPriceResult {
  /** Estimate of the price: the mean payoff, discounted. */
  price: number;
  /** Standard error of the estimate, from the spread of the payoffs. */
  standardError: number;
  /** For each block the sum of its payoffs and the sum of their squares, neither discounted. */
  sums: Float64Array;
}

const KERNEL = 'optionPrice';
const PATHS_MAX = 2 ** 32;
const SEED_MAX = 2 ** 32 - 1;
const BLOCK_START_MAX = 2 ** 40;
const VALUE_MAX = 1e15;
const VOLATILITY_MAX = 10;
const YEARS_MAX = 100;
const DATES_MAX = 1024;
const BLOCK_PATHS = 4096;

function checkRange(argument: string, value: unknown, min: number, max: number): number {
  const number = checkFinite(KERNEL, argument, value);
  if (number >= min && number <= max) return number;
  throw wrongRange(KERNEL, argument, `be a number from ${min} to ${max}`, String(number));
}

function isPut(kind: unknown): number {
  if (kind === 'call') return 0;
  if (kind === 'put') return 1;
  if (typeof kind !== 'string') throw wrongType(KERNEL, 'kind', `'call' or 'put'`, kind);
  throw wrongRange(KERNEL, 'kind', `be 'call' or 'put'`, `'${kind.slice(0, 40)}'`);
}

/** All values of the call in the addon's order, `sums` made if it wasn't given. */
function valuesOf(parameters: OptionPriceParameters, given: Float64Array | undefined): KernelArguments['optionPrice'] {
  checkObject(KERNEL, 'parameters', parameters);
  const put = isPut(parameters.kind);
  const spot = checkRange('spot', parameters.spot, 0, VALUE_MAX);
  if (spot === 0) throw wrongRange(KERNEL, 'spot', 'be greater than 0', '0');
  const strike = checkRange('strike', parameters.strike, 0, VALUE_MAX);
  const rate = checkRange('rate', parameters.rate, -1, 1);
  const volatility = checkRange('volatility', parameters.volatility, 0, VOLATILITY_MAX);
  const years = checkRange('years', parameters.years, 0, YEARS_MAX);
  const dates = checkInteger(KERNEL, 'dates', parameters.dates ?? 1, 1, DATES_MAX);
  const paths = checkInteger(KERNEL, 'paths', parameters.paths, 1, PATHS_MAX);
  const seed = checkInteger(KERNEL, 'seed', parameters.seed, 0, SEED_MAX);
  const blockStart = checkInteger(KERNEL, 'blockStart', parameters.blockStart ?? 0, 0, BLOCK_START_MAX);
  const length = 2 * Math.ceil(paths / BLOCK_PATHS);
  if (given !== undefined) {
    checkArray(KERNEL, 'sums', given, ['Float64Array']);
    checkLength(KERNEL, 'sums', given, length, '2 x the number of blocks of paths');
  }
  const sums = given ?? allocate(KERNEL, 'sums', Float64Array, length);
  return [sums, paths, seed, blockStart, put, spot, strike, rate, volatility, years, dates];
}

function resultOf(
  [price, standardError]: KernelResults['optionPrice'],
  [sums]: KernelArguments['optionPrice'],
): OptionPriceResult {
  return { price, standardError, sums };
}

/**
 * Estimates what an option is worth from `paths` paths of geometric Brownian motion, whose values at the dates are drawn
 * without error of discretisation. The true price lies within one `standardError` of `price` in about 68 of 100 seeds,
 * within three in 997 of 1,000, if thousands of paths pay; four times the paths halve the error.
 *
 * Each block of 4,096 paths has 16 generators (xoshiro128++) of its own, seeded from (seed, block, lane), normal numbers as
 * in {@link randomNormal}, an exponential of its own (within 2^-52), and a place of its own for its two sums, which are
 * added in the order of the blocks: the same seed gives the same bits for every thread count and instruction set and in
 * `@heddle/core-js`, and the sums of parts that were split at blocks are those of the whole.
 * Not for cryptography. Off the event loop, on the pool. Memory rules and cancelling: {@link KernelOptions}.
 * Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`), NativeUnavailableError, the signal's reason.
 * Cost: O(paths * dates) time; 16 bytes per 4,096 paths when `sums` isn't given.
 */
export function optionPrice(parameters: OptionPriceParameters, options?: KernelOptions): Promise<OptionPriceResult> {
  return promised(() => {
    const sums = parameters?.sums;
    const values = valuesOf(parameters, sums);
    return startAsync(KERNEL, options, values, resultOf, freshAt(0, sums === undefined));
  });
}

/** {@link optionPrice} on the calling thread and the pool; returns when it is done. */
export function optionPriceSync(parameters: OptionPriceParameters, options?: SyncKernelOptions): OptionPriceResult {
  const values = valuesOf(parameters, parameters?.sums);
  return resultOf(callSync(KERNEL, options, values), values);
}
