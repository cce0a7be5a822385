/**
 * Checks the estimate against pi by the spread that chance allows, and the first block point by point with its own
 * generator: the published xoshiro128++ over whole numbers reduced modulo 2^32, the points compared as fractions.
 */
import type { VariantContext } from '../define-workload.ts';
import { digestOf } from '../support/digest.ts';
import type { CheckReport } from '../workload.ts';
import { BLOCK_SAMPLES, SEED } from './input.ts';
import type { MonteCarloSize, PiCount } from './input.ts';
import { mix, PHI, rotate, WORD, wrap, xor } from '../support/whole-numbers.ts';

const LANES = 16;
/** Chance puts one right result in 500 million farther away than this. */
const SIGMAS = 6;

export async function check(count: PiCount, { size }: VariantContext<MonteCarloSize>): Promise<CheckReport> {
  const digest = digestOf(`${count.firstInside} ${count.inside} ${count.samples}`);
  const problem = findProblem(count, size);
  return problem === undefined ? { digest } : { digest, problem };
}

function findProblem({ firstInside, inside, samples }: PiCount, { blocks }: MonteCarloSize): string | undefined {
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

function chain(constant: number, seed: number, block: number, lane: number): number {
  let h = mix(wrap(seed + constant));
  h = mix(xor(h, wrap(block)));
  h = mix(xor(wrap(h + PHI), Math.floor(block / WORD)));
  return mix(wrap(h + wrap(lane * PHI) + 0x7f4a_7c15));
}

/** Points inside among one whole block. */
function countBlock(seed: number, block: number): number {
  let inside = 0;
  for (let lane = 0; lane < LANES; lane++) {
    const a = chain(PHI, seed, block, lane);
    const b = chain(0x6c62_272e, seed, block, lane);
    let state = [mix(wrap(a + PHI)), mix(wrap(a + 2 * PHI)), mix(wrap(b + PHI)), mix(wrap(b + 2 * PHI))] as const;
    if (state.every((word) => word === 0)) state = [1, 0, 0, 0];
    for (let sample = lane; sample < BLOCK_SAMPLES; sample += LANES) {
      const [s0, s1, s2, s3] = state;
      const output = wrap(rotate(wrap(s0 + s3), 7) + s0);
      const x2 = xor(s2, s0);
      const x3 = xor(s3, s1);
      state = [xor(s0, x3), xor(s1, x2), xor(x2, wrap(s1 * 512)), rotate(x3, 11)];
      // The midpoint of its cell in a grid of 65,536 x 65,536 over the unit square; the corner is the circle's centre.
      const across = (Math.floor(output / 65_536) + 0.5) / 65_536;
      const up = ((output % 65_536) + 0.5) / 65_536;
      if (across ** 2 + up ** 2 < 1) inside++;
    }
  }
  return inside;
}
