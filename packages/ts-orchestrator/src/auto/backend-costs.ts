/**
 * What backends cost. The constants were measured on two virtual processors of an AMD EPYC with Node 20.20; docs/decisions/023-auto.md
 * says how each. A calibration of this machine stands in for them where there is one (calibration-file.ts). A start is measured in this
 * program as soon as there was one; what calls cost is not, but a map is judged by what its items have really taken, so that a wrong
 * constant costs no more than a chunk.
 */
import {
  CLONE_MS_PER_MIB,
  corrected,
  isPlausible,
  type BackendCosts,
  type CalibratedCosts,
  type Calibration,
  type CalibrationKey,
} from '@heddle/advisor';
import type { Backend } from '../transport/transport.ts';

/** Of single calls; `batchedCallerMs`, `batchedWorkerMs`: of items that travel together. */
interface Constants extends Omit<BackendCosts, 'isReady'> {
  readonly batchedCallerMs: number;
  readonly batchedWorkerMs: number;
}

const BACKENDS = ['inline', 'threads', 'processes'] as const;

const CONSTANTS: Readonly<Record<Backend, Constants>> = {
  inline: {
    startMs: 0,
    callerMs: 0.003,
    workerMs: 0,
    latencyMs: 0,
    memoryMiB: 0,
    batchedCallerMs: 0.0015,
    batchedWorkerMs: 0,
  },
  threads: {
    startMs: 80,
    callerMs: 0.0065,
    workerMs: 0.002,
    latencyMs: 0.025,
    memoryMiB: 15,
    batchedCallerMs: 0.0013,
    batchedWorkerMs: 0.0009,
  },
  processes: {
    startMs: 185,
    callerMs: 0.0075,
    workerMs: 0.004,
    latencyMs: 0.07,
    memoryMiB: 45,
    batchedCallerMs: 0.0015,
    batchedWorkerMs: 0.0012,
  },
};

export class LiveCosts {
  readonly #startMs: Partial<Record<Backend, number>> = {};
  #kept: Calibration | undefined;
  /** The constants, with what was kept in their place. */
  readonly #known: Record<Backend, Constants> = { ...CONSTANTS };

  /** A worker was asked for, and took calls after so long. */
  started(backend: Backend, ms: number): void {
    const before = this.#startMs[backend];
    this.#startMs[backend] = before === undefined ? ms : (before + ms) / 2;
  }

  /** What programs before this one have measured. */
  calibrate(kept: Calibration): void {
    this.#kept = kept;
    for (const backend of BACKENDS) this.#known[backend] = believed(CONSTANTS[backend], kept.costs[backend]);
  }

  /** What this program has measured itself comes first, then what was kept, then the constants. Asked before every call. */
  startMsOf(backend: Backend): number {
    return this.#startMs[backend] ?? this.#known[backend].startMs;
  }

  of(backend: Backend, isReady: boolean, isBatched: boolean): BackendCosts {
    const { batchedCallerMs, batchedWorkerMs, callerMs, workerMs, latencyMs, memoryMiB } = this.#known[backend];
    return {
      startMs: this.startMsOf(backend),
      callerMs: isBatched ? batchedCallerMs : callerMs,
      workerMs: isBatched ? batchedWorkerMs : workerMs,
      latencyMs,
      memoryMiB,
      isReady,
    };
  }

  /** What is to be kept, with what this program has measured; undefined: nothing new. `cloneMsPerMiB`: of its own large values. */
  learnt(key: CalibrationKey, nowMs: number, cloneMsPerMiB?: number): Calibration | undefined {
    const starts = Object.entries(this.#startMs).filter(([, ms]) => isPlausible('startMs', ms)) as [Backend, number][];
    const isCloneKnown = isPlausible('cloneMsPerMiB', cloneMsPerMiB);
    if (starts.length === 0 && !isCloneKnown) return undefined;
    const kept = this.#kept;
    const costs = { inline: {}, threads: {}, processes: {}, ...kept?.costs } as Record<Backend, CalibratedCosts>;
    for (const [backend, ms] of starts) {
      const before = costs[backend].startMs ?? CONSTANTS[backend].startMs;
      costs[backend] = { ...costs[backend], startMs: corrected(before, ms) };
    }
    const clone = isCloneKnown
      ? { cloneMsPerMiB: corrected(kept?.cloneMsPerMiB ?? CLONE_MS_PER_MIB, cloneMsPerMiB) }
      : undefined;
    return { ...kept, ...clone, key, madeAt: nowMs, costs };
  }
}

/** How far a calibration may be from the constants: it may have been made while other work took the cores. A guess. */
const FACTOR_MAX = 4;

/**
 * The constants, with what was kept in their place, as far as that may be. Memory can only be more: what was measured is an idle worker, and
 * one that works has grown.
 */
function believed(constants: Constants, kept: CalibratedCosts = {}): Constants {
  const known: Record<string, number> = { ...constants };
  for (const [name, value] of Object.entries(kept)) {
    const constant = known[name]!;
    known[name] =
      name === 'memoryMiB'
        ? Math.max(constant, value)
        : Math.min(constant * FACTOR_MAX, Math.max(constant / FACTOR_MAX, value));
  }
  return known as unknown as Constants;
}
