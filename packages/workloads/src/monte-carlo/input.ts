/** Pi by random points in a square: blocks of samples, each with its own stream of random numbers. */

export interface MonteCarloSize {
  [key: string]: number;
  /** Blocks of BLOCK_SAMPLES samples. */
  blocks: number;
}

/** Samples per block, fixed by the kernel: a block is the unit by which a run is split without changing its result. */
export const BLOCK_SAMPLES = 65_536;
export const SEED = 20_260_101;
const FULL_BLOCKS = 4096;

export function sizeOf(work: number): MonteCarloSize {
  return { blocks: Math.max(2, Math.round(FULL_BLOCKS * work)) };
}

/** 64 blocks, four million samples. */
export const minimumWork = 64 / FULL_BLOCKS;

/** Blocks starting at `start`, in the kernel's terms. */
export function samplesOf(start: number, count: number) {
  return { samples: count * BLOCK_SAMPLES, seed: SEED, blockStart: start };
}

/** The result: the first block is counted apart, so that the check can count it again. */
export interface PiCount {
  firstInside: number;
  inside: number;
  samples: number;
}
