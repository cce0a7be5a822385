/** A picture three quarters as high as it is wide, and the scene file that it shows. */

/** The picture in the kernel's terms. */
export interface Frame {
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
  /** Paths per pixel. */
  samples: number;
  seed: number;
}

export interface PathTracerSize {
  [key: string]: number;
  /** Width of the picture, pixels; its height is three quarters of it. */
  width: number;
  /** Paths per pixel. */
  samples: number;
}

const FULL_WIDTH = 480;
const SAMPLES = 16;
const SEED = 20_260_101;

/** Area is what costs; a multiple of 8 keeps the height whole and the size printable. */
export function sizeOf(work: number): PathTracerSize {
  return { width: Math.max(16, Math.round((FULL_WIDTH * Math.sqrt(work)) / 8) * 8), samples: SAMPLES };
}

/** 64 x 48 px. */
export const minimumWork = (64 / FULL_WIDTH) ** 2;

export function frameOf({ width, samples }: PathTracerSize): Frame {
  return { width, height: Math.round((width * 3) / 4), samples, seed: SEED };
}

/** Numbers per pixel: red, green, blue. */
export const CHANNELS = 3;
