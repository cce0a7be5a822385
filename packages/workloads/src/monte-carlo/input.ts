/** Two simulations by blocks, each block with its own stream of random numbers: points in a square, and paths of a share's value. */

export interface MonteCarloSize {
  [key: string]: number;
  /** Blocks of BLOCK_SAMPLES samples; for each of them there are PATH_BLOCKS blocks of paths. */
  blocks: number;
}

/** Samples per block, fixed by the kernel: a block is the unit by which a run is split without changing its result. */
export const BLOCK_SAMPLES = 65_536;
/** The same for paths. */
export const BLOCK_PATHS = 4096;
/** A guess: so many take about as long as a block of samples, in JavaScript. */
export const PATH_BLOCKS = 2;
export const SEED = 20_260_101;
const FULL_BLOCKS = 4096;

/** A European call: the right to buy for `strike` in `years` what costs `spot` today. */
export const OPTION = { kind: 'call', spot: 100, strike: 105, rate: 0.03, volatility: 0.2, years: 1 } as const;

export function sizeOf(work: number): MonteCarloSize {
  return { blocks: Math.max(2, Math.round(FULL_BLOCKS * work)) };
}

/** 64 blocks, four million samples. */
export const minimumWork = 64 / FULL_BLOCKS;

/** What one worker simulates, in the kernels' terms. */
export interface Share {
  pi: { samples: number; seed: number; blockStart: number };
  option: typeof OPTION & { paths: number; seed: number; blockStart: number };
}

/** Blocks starting at `start`, and the blocks of paths that go with them. */
export function shareOf(start: number, count: number): Share {
  return {
    pi: { samples: count * BLOCK_SAMPLES, seed: SEED, blockStart: start },
    option: { ...OPTION, paths: count * PATH_BLOCKS * BLOCK_PATHS, seed: SEED, blockStart: start * PATH_BLOCKS },
  };
}

/** What comes back of a share. */
export interface Part {
  inside: number;
  /** Of each block of paths: the sum of its payoffs, and of their squares. */
  sums: Float64Array;
}

/** The result: the first block of samples is counted apart, so that the check can count it again. */
export interface Simulated {
  firstInside: number;
  inside: number;
  samples: number;
  sums: Float64Array;
}
