/**
 * Checks both estimates against the truth (pi, and the formula of Black and Scholes) by the spread that chance allows, and
 * single blocks sample by sample, with a generator of its own: the published xoshiro128++ over whole numbers reduced modulo
 * 2^32, points compared as fractions, normal numbers and exponentials by the language's functions.
 */
import type { VariantContext } from '../define-workload.ts';
import { digestOf } from '../support/digest.ts';
import type { CheckReport } from '../workload.ts';
import { BLOCK_PATHS, BLOCK_SAMPLES, OPTION, PATH_BLOCKS, SEED } from './input.ts';
import type { MonteCarloSize, Simulated } from './input.ts';
import { LANES, statesOf, wordsOf } from './second-generator.ts';

/** Chance puts one right result in 500 million farther away than this. */
const SIGMAS = 6;
/** Of a block's sum: both round in an order of their own. */
const TOLERANCE = 1e-10;

export async function check(found: Simulated, { size }: VariantContext<MonteCarloSize>): Promise<CheckReport> {
  const digest = digestOf(`${found.firstInside} ${found.inside} ${found.samples}`, found.sums);
  const problem = findWrongPi(found, size) ?? findWrongPrice(found.sums, size);
  return problem === undefined ? { digest } : { digest, problem };
}

function findWrongPi({ firstInside, inside, samples }: Simulated, { blocks }: MonteCarloSize): string | undefined {
  if (samples !== blocks * BLOCK_SAMPLES) return `${samples} samples were taken instead of ${blocks * BLOCK_SAMPLES}`;
  const expected = countBlock(SEED, 0);
  if (firstInside !== expected)
    return `the first block has ${firstInside} points inside; counted again there are ${expected}`;
  const pi = (4 * inside) / samples;
  const share = Math.PI / 4;
  const sigma = 4 * Math.sqrt((share * (1 - share)) / samples);
  if (!(Math.abs(pi - Math.PI) <= SIGMAS * sigma)) {
    return `the estimate ${pi} is farther from pi than ${SIGMAS} standard deviations (${SIGMAS * sigma})`;
  }
  return undefined;
}

function findWrongPrice(sums: Float64Array, size: MonteCarloSize): string | undefined {
  const blocks = size.blocks * PATH_BLOCKS;
  if (sums.length !== 2 * blocks) return `${sums.length / 2} blocks of paths instead of ${blocks}`;
  const distinct = new Set(sums.filter((_, at) => at % 2 === 0)).size;
  if (distinct < blocks) return `only ${distinct} of ${blocks} blocks of paths have a sum of their own`;
  for (const block of new Set([0, Math.floor(blocks / 2), blocks - 1])) {
    const expected = payBlock(SEED, block);
    for (const at of [0, 1] as const) {
      const sum = sums[2 * block + at]!;
      if (Math.abs(sum - expected[at]) <= TOLERANCE * expected[at]) continue;
      const what = at === 0 ? 'payoffs' : 'squared payoffs';
      return `the ${what} of block ${block} add up to ${sum}; added again it is ${expected[at]}`;
    }
  }
  let [total, squares] = [0, 0];
  for (let block = 0; block < blocks; block++) {
    total += sums[2 * block]!;
    squares += sums[2 * block + 1]!;
  }
  const paths = blocks * BLOCK_PATHS;
  const discount = Math.exp(-OPTION.rate * OPTION.years);
  const price = (discount * total) / paths;
  const sigma = discount * Math.sqrt((squares / paths - (total / paths) ** 2) / paths);
  const expected = closedForm();
  if (!(Math.abs(price - expected) <= SIGMAS * sigma)) {
    return `the estimate ${price} is farther from the price ${expected} than ${SIGMAS} standard errors (${SIGMAS * sigma})`;
  }
  return undefined;
}

/** Points inside among one whole block. */
function countBlock(seed: number, block: number): number {
  let inside = 0;
  for (const state of statesOf(0x9e37_79b9, 0x6c62_272e, seed, block)) {
    const word = wordsOf(state);
    for (let sample = 0; sample < BLOCK_SAMPLES / LANES; sample++) {
      const output = word();
      // The midpoint of its cell in a grid of 65,536 x 65,536 over the unit square; the corner is the circle's centre.
      const across = (Math.floor(output / 65_536) + 0.5) / 65_536;
      const up = ((output % 65_536) + 0.5) / 65_536;
      if (across ** 2 + up ** 2 < 1) inside++;
    }
  }
  return inside;
}

/** What the option pays on one whole block of paths, and the squares of it. */
function payBlock(seed: number, block: number): readonly [number, number] {
  const { spot, strike, rate, volatility, years } = OPTION;
  let [sum, squares] = [0, 0];
  for (const state of statesOf(0x9b05_688c, 0x1f83_d9ab, seed, block)) {
    const word = wordsOf(state);
    for (let pair = 0; pair < BLOCK_PATHS / LANES / 2; pair++) {
      const [a, b, c] = [word(), word(), word()];
      const radius = Math.sqrt(-2 * Math.log((Math.floor(a / 32) * 2 ** 26 + Math.floor(b / 64) + 1) / 2 ** 53));
      // An eighth of a turn to either side of an axis; the two highest bits say of which.
      const turn = ((c % 2 ** 30) * 64 + (b % 64) + 0.5) / 2 ** 36 - 0.5;
      const angle = (turn * Math.PI) / 2 + (Math.floor(c / 2 ** 30) % 2) * Math.PI;
      for (const normal of [radius * Math.cos(angle), radius * Math.sin(angle)]) {
        const end = spot * Math.exp((rate - volatility ** 2 / 2) * years + volatility * Math.sqrt(years) * normal);
        const payoff = Math.max(end - strike, 0);
        sum += payoff;
        squares += payoff ** 2;
      }
    }
  }
  return [sum, squares];
}

/** What the option is worth (Black and Scholes, "The pricing of options and corporate liabilities", 1973). */
function closedForm(): number {
  const { spot, strike, rate, volatility, years } = OPTION;
  const spread = volatility * Math.sqrt(years);
  const high = (Math.log(spot / strike) + (rate + volatility ** 2 / 2) * years) / spread;
  return spot * normalBelow(high) - strike * Math.exp(-rate * years) * normalBelow(high - spread);
}

/** The chance of a normal number below x: half of one, and its density integrated from 0 by Simpson's rule. */
function normalBelow(x: number): number {
  const steps = 1000;
  const density = (step: number): number => Math.exp(-(((x * step) / steps) ** 2) / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(0) + density(steps);
  for (let step = 1; step < steps; step++) sum += (step % 2 === 1 ? 4 : 2) * density(step);
  return 0.5 + (sum * x) / (3 * steps);
}
