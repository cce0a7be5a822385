/**
 * A ticker on this thread's event loop, as an animation or a heartbeat has one: how late does each frame come?
 *
 * Frames are due at fixed times, not some time after the frame before. A loop that was blocked meets several due frames at
 * once: each of them counts with its own delay, and all but the last were missed.
 */
export interface TickerReport {
  /** One per frame due, ms. */
  delaysMs: number[];
  missed: number;
}

export interface Ticker {
  /** Resolves at the next frame, so that there is at least one. */
  stop(): Promise<TickerReport>;
}

export function startTicker(rateHz: number): Ticker {
  const intervalMs = 1000 / rateHz;
  const startMs = performance.now();
  const delaysMs: number[] = [];
  let missed = 0;
  let finish: ((report: TickerReport) => void) | undefined;

  const dueMs = () => startMs + (delaysMs.length + 1) * intervalMs;
  const tick = () => {
    const nowMs = performance.now();
    let met = 0;
    for (; dueMs() <= nowMs; met++) delaysMs.push(nowMs - dueMs());
    missed += Math.max(0, met - 1);
    // A timer may fire a fraction of a millisecond early: then no frame was due yet.
    if (finish && met > 0) finish({ delaysMs, missed });
    else wait();
  };
  const wait = () => setTimeout(tick, Math.max(0, Math.ceil(dueMs() - performance.now())));

  wait();
  return { stop: () => new Promise((resolve) => (finish = resolve)) };
}

/** The smallest value that at least `share` of the values do not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}
