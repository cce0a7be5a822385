/**
 * Notices that a worker keeps growing: what it holds after a collection, against what it held when it became ready.
 *
 * Cost: looking takes about 15 us, at most once per `MEMORY_LOOK_MS` and only between tasks. Only a look that finds more than is
 * allowed forces a collection (2 ms for an empty heap, 100 ms and more for hundreds of MiB), and the next look then waits
 * `COLLECT_REST` times as long as that took, so that a task that makes much garbage pays 5 % at most. One collection at the start
 * gives the baseline.
 */
import { MEMORY_LOOK_MS } from '../clock/deadlines.ts';

const COLLECT_REST = 20;
const MIB = 2 ** 20;

/** What this thread holds: its JavaScript heap and the buffers that belong to it. */
export function heapBytes(): number {
  const v8 = process.getBuiltinModule('node:v8');
  const { used_heap_size: heap, external_memory: external } = v8.getHeapStatistics();
  return heap + external;
}

/** What this process holds in memory, native code included. */
export const residentBytes = (): number => process.memoryUsage.rss();

export interface MemoryWatchParts {
  /** Each is compared with its own baseline. */
  readonly gauges: ReadonlyArray<() => number>;
  readonly limitMiB: number;
  readonly collect: () => void;
  readonly now: () => number;
}

export class MemoryWatch {
  readonly #parts: MemoryWatchParts;
  readonly #baselines: readonly number[];
  #nextLook: number;

  /** Takes the baseline. */
  constructor(parts: MemoryWatchParts) {
    this.#parts = parts;
    parts.collect();
    this.#baselines = parts.gauges.map((gauge) => gauge());
    this.#nextLook = parts.now() + MEMORY_LOOK_MS;
  }

  /** Growth in MiB, when it is over the limit; undefined as long as it isn't, or it isn't time to look. */
  look(): number | undefined {
    const { collect, now, limitMiB } = this.#parts;
    const start = now();
    if (start < this.#nextLook) return undefined;
    this.#nextLook = start + MEMORY_LOOK_MS;
    if (this.#growthMiB() <= limitMiB) return undefined;
    collect();
    const end = now();
    this.#nextLook = end + Math.max(MEMORY_LOOK_MS, COLLECT_REST * (end - start));
    const growthMiB = this.#growthMiB();
    return growthMiB > limitMiB ? growthMiB : undefined;
  }

  #growthMiB(): number {
    return Math.max(...this.#parts.gauges.map((gauge, place) => gauge() - this.#baselines[place]!)) / MIB;
  }
}

/** V8's own collector, which is there only for code that is compiled while a flag is set. */
export function collector(): () => void {
  const v8 = process.getBuiltinModule('node:v8');
  const vm = process.getBuiltinModule('node:vm');
  v8.setFlagsFromString('--expose-gc');
  try {
    return vm.runInNewContext('gc') as () => void;
  } finally {
    v8.setFlagsFromString('--no-expose-gc');
  }
}
