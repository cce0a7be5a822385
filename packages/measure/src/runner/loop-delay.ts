/**
 * Delay of this thread's event loop over one round: how long an event that arrives at a random moment of the round
 * waits until the loop can take it.
 *
 * A repeating timer notes the time between its ticks. What a gap exceeds the timer's interval by is a stretch in which
 * the loop was busy; an event arriving in a busy stretch of length b waits between 0 and b, at any other moment it does
 * not wait. Weighing by time rather than by tick keeps one 300 ms stretch from being outvoted by a handful of idle ticks.
 *
 * `perf_hooks.monitorEventLoopDelay` does not fit: after a reset it records nothing before its second tick, so a round
 * that blocks the loop from its first instruction to its last leaves no trace in it.
 */
import type { LoopDelay } from './protocol.ts';

/** Interval of the timer. 2 ms (a guess): fine enough for a frame of 16.7 ms, below 1 % of a core. */
const INTERVAL_MS = 2;

export class LoopDelayMeter {
  #gapsMs: number[] = [];
  #lastMs = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Begins a fresh measurement. */
  start(): void {
    this.#gapsMs = [];
    this.#lastMs = performance.now();
    this.#timer = setInterval(() => this.#note(), INTERVAL_MS);
  }

  /** Ends the measurement; the gap that is still open counts. */
  stop(): LoopDelay {
    clearInterval(this.#timer);
    this.#note();
    return loopDelay(this.#gapsMs, INTERVAL_MS);
  }

  #note(): void {
    const nowMs = performance.now();
    this.#gapsMs.push(nowMs - this.#lastMs);
    this.#lastMs = nowMs;
  }
}

/** Quantiles of the waiting time, from the gaps between the ticks of a timer of `intervalMs`. O(n log n). */
export function loopDelay(gapsMs: readonly number[], intervalMs: number): LoopDelay {
  const busyMs = gapsMs.map((gap) => Math.max(0, gap - intervalMs)).sort((a, b) => a - b);
  const totalMs = gapsMs.reduce((sum, gap) => sum + gap, 0);
  const totalBusyMs = busyMs.reduce((sum, busy) => sum + busy, 0);
  return {
    p50Ms: waitQuantile(busyMs, totalMs - totalBusyMs, totalMs, 0.5),
    p99Ms: waitQuantile(busyMs, totalMs - totalBusyMs, totalMs, 0.99),
    maxMs: busyMs.at(-1) ?? 0,
  };
}

/** Smallest w with (idle + sum of min(busy, w)) >= p * total; `busyMs` ascending. */
function waitQuantile(busyMs: readonly number[], idleMs: number, totalMs: number, p: number): number {
  const needed = p * totalMs - idleMs;
  if (needed <= 0) return 0;
  // Between two neighbouring stretches the sum grows linearly in w, once for each stretch that is longer.
  let covered = 0;
  let previous = 0;
  for (let i = 0; i < busyMs.length; i++) {
    const longer = busyMs.length - i;
    const step = (busyMs[i]! - previous) * longer;
    if (covered + step >= needed) return previous + (needed - covered) / longer;
    covered += step;
    previous = busyMs[i]!;
  }
  return previous;
}
