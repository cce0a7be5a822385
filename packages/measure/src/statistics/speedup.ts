/**
 * Ratios of medians with a bootstrap interval, and the question whether a difference is one.
 *
 * Rounds of a comparison are interleaved, so the k-th rounds of two contestants saw the same machine. Samples of equal
 * length are therefore resampled together (round k of both or of none): what slows both cancels in the ratio. For
 * samples that have nothing to do with each other this pairing is harmless. Samples must be in the order in which they
 * were measured.
 */
import { argumentError } from '../errors.ts';
import { quantile, sortedSamples } from './summary.ts';
import { seededRandom } from './random.ts';

/** How many times faster, with its 95 % interval. */
export interface Speedup {
  /** median(base) / median(other): 2 means that `other` takes half the time of `base`. */
  ratio: number;
  low: number;
  high: number;
}

export interface SpeedupOptions {
  /** Any integer; the same seed gives the same interval. Default 1. */
  seed?: number;
  /** Number of bootstrap resamples. Default 2,000: the ends of the interval then move by about 1 % of its width. */
  resamples?: number;
}

const DEFAULT_SEED = 1;
const DEFAULT_RESAMPLES = 2_000;

/**
 * Speed-up of `other` over `base` with the 95 % percentile bootstrap interval of the ratio of medians. With fewer than
 * about six rounds the interval is little more than the range of what was seen. O(resamples * n log n).
 *
 * @throws RangeError `HEDDLE_ARGUMENT` when a sample is empty or not positive and finite.
 */
export function speedup(base: readonly number[], other: readonly number[], options: SpeedupOptions = {}): Speedup {
  const { seed = DEFAULT_SEED, resamples = DEFAULT_RESAMPLES } = options;
  const ratio = positiveMedian('base', base) / positiveMedian('other', other);
  const paired = base.length === other.length;
  const random = seededRandom(seed);
  const a = new Float64Array(base.length);
  const b = new Float64Array(other.length);
  const ratios = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < a.length; i++) {
      const pick = random() % a.length;
      a[i] = base[pick]!;
      if (paired) b[i] = other[pick]!;
    }
    if (!paired) for (let i = 0; i < b.length; i++) b[i] = other[random() % b.length]!;
    ratios[r] = quantile(a.sort(), 0.5) / quantile(b.sort(), 0.5);
  }
  ratios.sort();
  return { ratio, low: Math.min(ratio, quantile(ratios, 0.025)), high: Math.max(ratio, quantile(ratios, 0.975)) };
}

function positiveMedian(name: string, samples: readonly number[]): number {
  const sorted = sortedSamples(name, samples);
  if (sorted[0]! <= 0) throw argumentError(`${name}: expected positive numbers, got ${sorted[0]}`);
  return quantile(sorted, 0.5);
}

export interface DifferenceOptions extends SpeedupOptions {
  /** Relative spread of this machine (`measureNoise`), e.g. 0.03; a smaller difference is not one. Default 0. */
  noise?: number;
}

/**
 * Whether two samples differ beyond noise: the interval of their ratio leaves 1 out, and the ratio of medians is
 * further from 1 than `noise` in either direction.
 */
export function isDifferent(a: readonly number[], b: readonly number[], options: DifferenceOptions = {}): boolean {
  const { noise = 0, ...rest } = options;
  const { ratio, low, high } = speedup(a, b, rest);
  return (low > 1 || high < 1) && Math.max(ratio, 1 / ratio) > 1 + noise;
}
