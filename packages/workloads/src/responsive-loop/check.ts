/** Checks sample pixels of every picture against another arithmetic, and that the ticker met every frame that was due. */
import type { VariantContext } from '../define-workload.ts';
import { digestOf } from '../support/digest.ts';
import { findPictureProblem } from '../support/escape-check.ts';
import type { CheckReport } from '../workload.ts';
import { framesOf } from './input.ts';
import type { ResponsiveSize } from './input.ts';
import type { Responsiveness } from './variants.ts';

const SAMPLES_PER_PICTURE = 24;

export async function check(
  { pictures, ticks }: Responsiveness,
  { size }: VariantContext<ResponsiveSize>,
): Promise<CheckReport> {
  // Delays are measurements, not results: they differ between kinds and have no part in the digest.
  const digest = digestOf(...pictures);
  const problem = findProblem(pictures, size) ?? findTickerProblem(ticks);
  return problem === undefined ? { digest } : { digest, problem };
}

function findProblem(pictures: Uint16Array[], size: ResponsiveSize): string | undefined {
  const frames = framesOf(size);
  if (pictures.length !== frames.length) return `${pictures.length} pictures came out of ${frames.length} tasks`;
  for (const [index, frame] of frames.entries()) {
    const problem = findPictureProblem(pictures[index]!, frame, SAMPLES_PER_PICTURE);
    if (problem !== undefined) return `picture ${index}: ${problem}`;
  }
  return undefined;
}

function findTickerProblem({ delaysMs, missed }: Responsiveness['ticks']): string | undefined {
  if (delaysMs.length === 0 || missed >= delaysMs.length) return `of ${delaysMs.length} frames ${missed} were missed`;
  const wrong = delaysMs.find((delay) => !(delay >= 0));
  return wrong === undefined ? undefined : `a frame has a delay of ${wrong} ms`;
}
