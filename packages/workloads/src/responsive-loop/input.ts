/** Heavy tasks that a program does while its main thread must stay responsive: pictures of neighbouring views. */
import type { Frame } from '../support/escape-check.ts';

export interface ResponsiveSize {
  [key: string]: number;
  /** Pictures to render. */
  tasks: number;
}

const FULL_TASKS = 60;
/** Pixels; with MAX_ITER, a guess at a task that takes JavaScript two or three frames. */
const SIDE = 320;
const MAX_ITER = 256;
const VIEW = { centerX: -0.7453, centerY: 0.1127, extent: 0.0065 };
/** Views to either side of the centre, so that no two neighbours are equal and none is far cheaper. */
const VIEWS = 12;

export function sizeOf(work: number): ResponsiveSize {
  return { tasks: Math.max(1, Math.round(FULL_TASKS * work)) };
}

/** 2 tasks. */
export const minimumWork = 2 / FULL_TASKS;

export const FRAME_RATE_HZ = 60;

export function framesOf({ tasks }: ResponsiveSize): Frame[] {
  const { centerX, centerY, extent } = VIEW;
  return Array.from({ length: tasks }, (_, task) => ({
    width: SIDE,
    height: SIDE,
    centerX: centerX + (((task % VIEWS) - VIEWS / 2) * extent) / 64,
    centerY,
    pixelSize: extent / SIDE,
    maxIter: MAX_ITER,
  }));
}
