// How many workers memory has room for: (limit - base) / what one of them takes at most. The base is what all others take of what may be
// taken: this program without its workers, its neighbours in the control group, and what the kernel won't give back.
import type { Memory } from './memory.ts';

/** What workers can't have, at the moment of the reading. */
export interface MemoryBase {
  readonly limitBytes: number;
  /** At most the limit. */
  readonly baseBytes: number;
  /** What decided the limit. */
  readonly source: string;
}

/** `workersBytes`: what the workers held when the memory was read; they are in what is not available, and no part of the base. */
export function memoryBase({ limitBytes, availableBytes, source }: Memory, workersBytes: number): MemoryBase {
  const takenBytes = limitBytes - availableBytes;
  return { limitBytes, baseBytes: Math.max(0, takenBytes - Math.max(0, workersBytes)), source };
}

/** Whole workers, from 0 on; `Infinity` where a worker takes nothing. */
export function workersThatFit({ limitBytes, baseBytes }: MemoryBase, workerBytes: number): number {
  return workerBytes > 0 ? Math.floor(Math.max(0, limitBytes - baseBytes) / workerBytes) : Infinity;
}
