// List scheduling: each piece of work, in its order, to the place that is free first, as a pool hands out calls. Pure.
//
// The caller's thread hands pieces out one after the other, and may take pieces itself (`here`). What it does for one that it sends away it does
// at once, so that nobody waits for what it computes itself: a pool does so by taking very little at a time.

export interface Piece {
  /** In a worker, and on the caller's own thread, for all calls of the piece. */
  readonly awayMs: number;
  readonly hereMs: number;
  /** Of the caller's thread, to send it and to take its results. */
  readonly handMs: number;
}

export interface Places {
  /** When each worker takes calls. Not empty, unless `here`. */
  readonly workersAtMs: readonly number[];
  /** Does the caller's thread take pieces too? */
  readonly here: boolean;
  /** Until then its thread does nothing else. */
  readonly busyUntilMs?: number;
}

export interface Scheduled {
  /** When the last piece is done and its result is there. */
  readonly endMs: number;
  /** Work that was done here, and by workers. */
  readonly hereMs: number;
  readonly awayMs: number;
}

export function schedule(pieces: readonly Piece[], { workersAtMs, here, busyUntilMs = 0 }: Places): Scheduled {
  const workers = new Free(workersAtMs);
  let callerAtMs = busyUntilMs;
  let endMs = busyUntilMs;
  let hereMs = 0;
  let awayMs = 0;
  for (const piece of pieces) {
    const freeAtMs = workers.first;
    if (here && callerAtMs + piece.hereMs <= freeAtMs + piece.awayMs) {
      callerAtMs += piece.hereMs;
      hereMs += piece.hereMs;
      endMs = Math.max(endMs, callerAtMs);
      continue;
    }
    // A caller that takes pieces itself is as busy as that makes it; what it sends is there in time.
    const sentAtMs = here ? 0 : callerAtMs;
    callerAtMs += piece.handMs;
    hereMs += piece.handMs;
    awayMs += piece.awayMs;
    endMs = Math.max(endMs, workers.take(Math.max(freeAtMs, sentAtMs) + piece.awayMs));
  }
  return { endMs: Math.max(endMs, callerAtMs), hereMs, awayMs };
}

/** When each worker is free: a heap, the first one on top. */
class Free {
  readonly #atMs: number[];

  constructor(atMs: readonly number[]) {
    this.#atMs = [...atMs].sort((a, b) => a - b);
  }

  /** Infinity where there is none. */
  get first(): number {
    return this.#atMs[0] ?? Infinity;
  }

  /** The first one is free again then. */
  take(untilMs: number): number {
    const heap = this.#atMs;
    let hole = 0;
    for (;;) {
      const left = 2 * hole + 1;
      if (left >= heap.length) break;
      const next = left + 1 < heap.length && heap[left + 1]! < heap[left]! ? left + 1 : left;
      if (heap[next]! >= untilMs) break;
      heap[hole] = heap[next]!;
      hole = next;
    }
    heap[hole] = untilMs;
    return untilMs;
  }
}
