// The definition of the option's price, one path after the other, and closed forms to compare it with.
import type { OptionPriceParameters } from '../../src/examples/index.ts';
import { normalsOfStream } from './naive-random.ts';

const STREAM = [0x9b05688cn, 0x1f83d9abn] as const;
const BLOCK = 4096;
const LANES = 32;

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
/** 1 / n! + z / (n + 2)! + z^2 / (n + 4)! + …, six terms, from the last on. */
const series = (n: number, z: number): number =>
  [0, 2, 4, 6, 8, 10].reduceRight((sum, more) => 1 / factorial(n + more) + z * sum, 0);

/** exp(x) by Taylor's series of what is left of whole multiples of log 2. */
export function exponential(x: number): number {
  const k = Math.round(x * Math.LOG2E);
  const r = x - k * 0.6931471803691238 - k * 1.9082149292705877e-10;
  const z = r * r;
  return (1 + (r + z * (series(2, z) + r * series(3, z)))) * 2 ** k;
}

/** The sums of payoffs and of their squares, block by block. */
export function optionSums(option: OptionPriceParameters): Float64Array {
  const { kind, spot, strike, rate, volatility, years, dates = 1, paths, seed, blockStart = 0 } = option;
  const step = years / dates;
  const drift = (rate - 0.5 * volatility * volatility) * step;
  const spread = volatility * Math.sqrt(step);
  const sums: number[] = [];
  for (let first = 0; first < paths; first += BLOCK) {
    const count = Math.min(BLOCK, paths - first);
    const normals = normalsOfStream(STREAM, LANES * Math.ceil(count / LANES) * dates, seed, blockStart + first / BLOCK);
    const lanes = Array.from({ length: LANES }, () => [0, 0] as [number, number]);
    for (let path = 0; path < count; path++) {
      let [value, total] = [spot, 0];
      for (let date = 0; date < dates; date++) {
        const step = Math.floor(path / LANES) * dates + date;
        value *= exponential(drift + spread * normals[step * LANES + (path % LANES)]!);
        total += value;
      }
      const average = total * (1 / dates);
      const payoff = Math.max(kind === 'put' ? strike - average : average - strike, 0);
      lanes[path % LANES]![0] += payoff;
      lanes[path % LANES]![1] += payoff * payoff;
    }
    for (const width of [16, 8, 4, 2, 1]) {
      for (let lane = 0; lane < width; lane++) {
        lanes[lane]![0] += lanes[lane + width]![0];
        lanes[lane]![1] += lanes[lane + width]![1];
      }
    }
    sums.push(...lanes[0]!);
  }
  return Float64Array.from(sums);
}

/** The chance of a normal number below x: half of one, and its density integrated from 0 by Simpson's rule. */
function normalBelow(x: number): number {
  const steps = 2000;
  const density = (at: number): number => Math.exp((-at * at) / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(0) + density(x);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 1 ? 4 : 2) * density((x * i) / steps);
  return 0.5 + (sum * x) / (3 * steps);
}

/** The price of a European option (Black and Scholes, 1973). */
export function blackScholes({ kind, spot, strike, rate, volatility, years }: OptionPriceParameters): number {
  const spread = volatility * Math.sqrt(years);
  const above = Math.log(spot / strike) / spread + (rate / volatility) * Math.sqrt(years) + spread / 2;
  const call = spot * normalBelow(above) - strike * Math.exp(-rate * years) * normalBelow(above - spread);
  return kind === 'call' ? call : call - spot + strike * Math.exp(-rate * years);
}
