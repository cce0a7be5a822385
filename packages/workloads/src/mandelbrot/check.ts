/** Checks sample pixels against another arithmetic, and draws the picture. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VariantContext } from '../define-workload.ts';
import { digestOf } from '../support/digest.ts';
import { findPictureProblem } from '../support/escape-check.ts';
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
  // A note beside the picture tells what it shows: equal results are drawn once, and the encoder is loaded only there.
  const note = `${path}.digest`;
  if ((await readFile(note, 'utf8').catch(() => '')) !== digest) {
    const { writePicture } = await import('./picture.ts');
    await writePicture(counts, frame, path);
    await writeFile(note, digest);
  }
  return { digest, artifacts: { 'mandelbrot.png': path } };
}
