/** Seahorse Valley: spirals above, the set's black body below, so that rows differ fourfold in cost. */
import type { Frame } from '../support/escape-check.ts';

export interface MandelbrotSize {
  [key: string]: number;
  /** Width and height, pixels. */
  side: number;
  maxIter: number;
}

const FULL_SIDE = 2048;
const MAX_ITER = 256;
const VIEW = { centerX: -0.7453, centerY: 0.1127, extent: 0.0065 };

/** Area is what costs; a multiple of 16 keeps the picture's sides even and the size printable. */
export function sizeOf(work: number): MandelbrotSize {
  return { side: Math.max(16, Math.round((FULL_SIDE * Math.sqrt(work)) / 16) * 16), maxIter: MAX_ITER };
}

/** 160 x 160 px. */
export const minimumWork = (160 / FULL_SIDE) ** 2;

/** The picture's geometry in the kernel's terms. */
export function frameOf({ side, maxIter }: MandelbrotSize): Frame {
  const { centerX, centerY, extent } = VIEW;
  return { width: side, height: side, centerX, centerY, pixelSize: extent / side, maxIter };
}
