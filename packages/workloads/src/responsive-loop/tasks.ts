/** Task module: one picture. */
import { mandelbrotSync } from '@heddle/core-js/examples';
import { move } from '@heddle/ts-orchestrator/task';
import type { Frame } from '../support/escape-check.ts';

/** The picture's counts; their memory moves to the caller instead of being copied. */
export function renderPicture(frame: Frame): Uint16Array {
  const counts = mandelbrotSync(frame);
  return move(counts, [counts.buffer as ArrayBuffer]);
}
