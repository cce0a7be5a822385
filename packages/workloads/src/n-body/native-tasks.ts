/** Task module: a share of the bodies by the native kernel. Apart from the others, so that only this kind loads the addon. */
import { nbodyAccelerationsSync } from '@heddle/core-native/examples';
import type { Share } from './tasks.ts';

export function accelerateShareNative(share: Share, threads: number): Float64Array {
  return nbodyAccelerationsSync(share, { threads });
}
