/** Task module: the accelerations of one share of the bodies, by value or into shared memory. */
import { nbodyAccelerationsSync } from '@heddle/core-js/examples';

export interface Share {
  positions: Float64Array;
  masses: Float64Array;
  softening: number;
  bodyStart: number;
  bodyCount: number;
}

export function accelerateShare(share: Share): Float64Array {
  return nbodyAccelerationsSync(share);
}

/** `accelerations` is that of all bodies; the share's place in it is written. */
export function accelerateShareShared(share: Share, accelerations: Float64Array): void {
  const { bodyStart, bodyCount } = share;
  nbodyAccelerationsSync({ ...share, out: accelerations.subarray(3 * bodyStart, 3 * (bodyStart + bodyCount)) });
}
