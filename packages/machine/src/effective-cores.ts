// What this process really got: the cores it would have had in its last busy time, had it wanted all it may have.
//
// The kernel keeps two clocks per thread, /proc/self/task/*/schedstat: the time it ran, and the time it was ready and
// waited for a core (for other threads of its own, for other programs, or because the quota was used up). Between two
// readings, over all threads:
//
//   ran      processor time of the process, user and system, ended threads included (`process.cpuUsage()`)
//   granted  time run / (time run + time waited), of the threads that live: the part that was given of what was wanted
//   busy     the longest time that one thread ran or waited: for so long at least the process wanted a core
//   cores    the larger of  ceiling * granted  and  ran / busy,  at most the ceiling
//
// The ceiling is what affinity and quota leave. With as many ready threads as the ceiling has cores, or more, ran / busy
// is the answer, a plain measurement. With fewer it lies between two: ran / busy was really had, and `ceiling * granted`
// supposes that more threads would have fared like those that were there. Idle time doesn't count: it is in neither clock.
//
// Limits. Where the scheduler shares by group (autogroup, cpu.weight) a second thread halves what the first one got, and
// the supposition is too high by as many times as threads were missing. Threads that are busy in turns, never together,
// make `busy` too short and the answer too high. A wait is counted when it ends, a run at the next tick (1 to 10 ms).
// Time that the host of a virtual machine takes away counts as run where the kernel isn't told of it. Child processes are
// not in these clocks.
import type { Files } from './files.ts';

export interface BusyTime {
  /** How long the process wanted a core, in ms, at least `BUSY_MS_MIN`. */
  readonly busyMs: number;
  /** Cores it ran on while busy, on average: what it really had, so the lower bound where few threads were ready. */
  readonly usedCores: number;
  /** The part of the wanted processor time that it was given, above 0, at most 1. */
  readonly grantedShare: number;
}

export interface EffectiveCores {
  /** Cores with fractions: what this process would have had, had it wanted all it may have. */
  readonly cores: number;
  /** The measurement; absent where there is none: `cores` is then what affinity and quota leave. */
  readonly busy?: BusyTime;
  /** What decided `cores`: the clocks of the threads, or the file that limits. */
  readonly source: string;
}

/** Busy time that makes a reading: one period of the usual quota. Less may show only the part of it that ran. */
export const BUSY_MS_MIN = 100;

/** More threads than a program has that wants to be fast; a bound on the number of reads. */
const THREADS_MAX = 1024;

const DIR = '/proc/self/task';
export const BUSY_SOURCE = `${DIR}/*/schedstat`;

interface Clocks {
  readonly ranMs: number;
  readonly waitedMs: number;
}

const NEVER: Clocks = { ranMs: 0, waitedMs: 0 };

function readClocks(files: Files): Map<string, Clocks> {
  const threads = new Map<string, Clocks>();
  for (const thread of files.list(DIR).slice(0, THREADS_MAX)) {
    const [, ranNs, waitedNs] =
      /^(\d{1,19}) (\d{1,19}) \d+$/.exec(files.read(`${DIR}/${thread}/schedstat`) ?? '') ?? [];
    if (ranNs !== undefined && waitedNs !== undefined) {
      threads.set(thread, { ranMs: Number(ranNs) / 1e6, waitedMs: Number(waitedNs) / 1e6 });
    }
  }
  return threads;
}

/** Keeps the last reading of the clocks, and the last busy time, until enough of a new one has come together. */
export class BusyMeter {
  #threads: ReadonlyMap<string, Clocks> = new Map();
  #processorMs = 0;
  #last: BusyTime | undefined;

  /** The last busy time: since the reading before, at the first since the process began. `processorMs`: used by the process. */
  read(files: Files, processorMs: number): BusyTime | undefined {
    const threads = readClocks(files);
    let ranMs = 0;
    let waitedMs = 0;
    let busyMs = 0;
    for (const [thread, now] of threads) {
      const before = this.#threads.get(thread) ?? NEVER;
      // The clocks only go forward: an earlier time is that of an ended thread whose number was given again.
      const since = now.ranMs >= before.ranMs && now.waitedMs >= before.waitedMs ? before : NEVER;
      ranMs += now.ranMs - since.ranMs;
      waitedMs += now.waitedMs - since.waitedMs;
      busyMs = Math.max(busyMs, now.ranMs - since.ranMs + now.waitedMs - since.waitedMs);
    }
    if (ranMs === 0 || busyMs < BUSY_MS_MIN) return this.#last;
    this.#last = {
      busyMs,
      // The two sources are read one after the other, so the clocks may be a moment ahead.
      usedCores: Math.max(ranMs, processorMs - this.#processorMs) / busyMs,
      grantedShare: ranMs / (ranMs + waitedMs),
    };
    this.#threads = threads;
    this.#processorMs = processorMs;
    return this.#last;
  }
}

/** Cores out of a busy time, never above the ceiling. */
export function coresOf({ usedCores, grantedShare }: BusyTime, ceiling: number): number {
  return Math.min(ceiling, Math.max(ceiling * grantedShare, usedCores));
}
