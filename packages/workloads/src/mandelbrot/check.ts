/** Checks sample pixels against another arithmetic, and draws the picture. */
import { join } from 'node:path';
import type { VariantContext } from '../define-workload.ts';
import { digestOf } from '../support/digest.ts';
import { findPictureProblem } from '../support/escape-check.ts';
import { drawOnce } from '../support/png.ts';
import type { CheckReport } from '../workload.ts';
import { frameOf } from './input.ts';
import type { MandelbrotSize } from './input.ts';

const SAMPLES = 256;

export async function check(counts: Uint16Array, { size, dir }: VariantContext<MandelbrotSize>): Promise<CheckReport> {
  const frame = frameOf(size);
  const digest = digestOf(counts);
  const problem = findPictureProblem(counts, frame, SAMPLES);
  if (problem !== undefined) return { digest, problem };
  const path = join(dir, 'mandelbrot.png');
  await drawOnce(path, digest, async () => (await import('./picture.ts')).draw(counts, frame));
  return { digest, artifacts: { 'mandelbrot.png': path } };
}
