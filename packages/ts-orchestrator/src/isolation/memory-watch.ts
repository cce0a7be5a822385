/**
 * Looks at the resident memory of a worker's processes, the more often the closer they are to their limit.
 */
import type { Clock, Timer } from '../clock/clock.ts';
import {
  MEMORY_GROWTH_MIB_PER_MS,
  MEMORY_LOOK_MS_MAX,
  MEMORY_LOOK_MS_MIN,
  MEMORY_MEMBERS_MS,
} from '../clock/deadlines.ts';

export interface MemoryWatchParts {
  readonly clock: Clock;
  readonly limitMiB: number;
  readonly members: () => readonly number[];
  readonly residentKiB: (pid: number) => number;
  /** Once; the watch has stopped then. */
  readonly onExceeded: (usedMiB: number) => void;
}

export interface MemoryWatch {
  stop(): void;
}

export function watchMemory(parts: MemoryWatchParts): MemoryWatch {
  const { clock, limitMiB, residentKiB, onExceeded } = parts;
  let members: readonly number[] = [];
  let membersAt = -Infinity;
  let timer: Timer | undefined;
  const look = () => {
    const now = clock.now();
    if (now - membersAt >= MEMORY_MEMBERS_MS) {
      members = parts.members();
      membersAt = now;
    }
    const usedMiB = members.reduce((sum, pid) => sum + residentKiB(pid), 0) / 1024;
    if (usedMiB > limitMiB) return onExceeded(Math.ceil(usedMiB));
    const periodMs = (limitMiB - usedMiB) / MEMORY_GROWTH_MIB_PER_MS;
    timer = clock.after(Math.min(MEMORY_LOOK_MS_MAX, Math.max(MEMORY_LOOK_MS_MIN, periodMs)), look);
  };
  look();
  return { stop: () => timer?.cancel() };
}
