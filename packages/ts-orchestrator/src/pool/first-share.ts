/**
 * The part of the cores that each worker of a pool gets, as far as it is known without reading the machine, which takes milliseconds that
 * the first worker need not wait for.
 *
 * Most pools have as many workers as there are cores, or nearly: each gets one. Only a pool that is asked to have half as many or less needs
 * to know how many there are: by quotas, which no call of Node's tells in all its versions. It is told after the start (pool-size.ts).
 */
import { CORES_VARIABLE, parseShare, shareOf } from '@heddle/machine/share';
import type { Backend } from '../isolation/levels.ts';

export interface FirstShare {
  /** Undefined: all there are. */
  readonly cores: number | undefined;
  /** False: `cores` is the most that it can be, and the machine has to be read. */
  readonly isExact: boolean;
}

export function firstShare(backend: Backend, size: number | 'auto'): FirstShare {
  if (backend === 'inline' || size === 1) return { cores: undefined, isExact: true };
  if (size === 'auto') return { cores: 1, isExact: true };
  // The affinity, one system call: a quota only makes less of it.
  const parallelism = process.getBuiltinModule('node:os').availableParallelism();
  const cores = shareOf(Math.min(parallelism, parseShare(process.env[CORES_VARIABLE]) ?? Infinity), size);
  return { cores, isExact: cores === 1 };
}
