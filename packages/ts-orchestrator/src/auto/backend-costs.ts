/**
 * What backends cost. The constants were measured on two virtual processors of an AMD EPYC with Node 20.20; docs/decisions/023-auto.md
 * says how each. A calibration of this machine stands in for them where there is one (calibration-file.ts), or tells how far from them this machine
 * is. A start is measured in this program as soon as there was one; what calls cost is not, but a map is judged by what its items have really
 * taken, so that a wrong constant costs no more than a chunk.
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
import { WORKER_MIB } from '../pool/memory-bound.ts';
import type { Backend } from '../transport/transport.ts';
import { INLINE_CALL_MS, THREAD_START_MS } from './first-costs.ts';

/** Of single calls; `batchedCallerMs`, `batchedWorkerMs`: of items that travel together. */
interface Constants extends Omit<BackendCosts, 'isReady'> {
  readonly batchedCallerMs: number;
  readonly batchedWorkerMs: number;
}

const BACKENDS = ['inline', 'threads', 'processes'] as const;

const CONSTANTS: Readonly<Record<Backend, Constants>> = {
  inline: {
    startMs: 0,
    callerMs: INLINE_CALL_MS,
    workerMs: 0,
    latencyMs: 0,
    memoryMiB: WORKER_MIB.inline,
    batchedCallerMs: 0.0015,
    batchedWorkerMs: 0,
  },
  threads: {
    startMs: THREAD_START_MS,
    callerMs: 0.0065,
    workerMs: 0.002,
    latencyMs: 0.025,
    memoryMiB: WORKER_MIB.threads,
    batchedCallerMs: 0.0013,
    batchedWorkerMs: 0.0009,
  },
  processes: {
    startMs: 185,
    callerMs: 0.0075,
    workerMs: 0.004,
    latencyMs: 0.07,
    memoryMiB: WORKER_MIB.processes,
    batchedCallerMs: 0.0015,
    batchedWorkerMs: 0.0012,
  },
};

export class LiveCosts {
  readonly #startMs: Partial<Record<Backend, number>> = {};
  /** The constants, with what was kept in their place. */
  readonly #known: Record<Backend, Constants> = { ...CONSTANTS };

  /** A worker was asked for, and took calls after so long. */
  started(backend: Backend, ms: number): void {
    const before = this.#startMs[backend];
    this.#startMs[backend] = before === undefined ? ms : (before + ms) / 2;
  }

  /** What programs before this one have measured. */
  calibrate(kept: Calibration): void {
    for (const backend of BACKENDS) this.#known[backend] = believed(backend, kept);
  }

  /** What this program has measured itself comes first, then what was kept, then the constants. */
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

  /** Has this program measured anything that is to be kept? `cloneMsPerMiB`: of its own large values. */
  hasLearnt(cloneMsPerMiB?: number): boolean {
    return this.#starts().length > 0 || isPlausible('cloneMsPerMiB', cloneMsPerMiB);
  }

  /**
   * What is to be kept: what is kept now, corrected by what this program has measured. It stays as old as it was: the costs that no program
   * corrects would otherwise be believed for ever.
   */
  learnt(kept: Calibration | undefined, key: CalibrationKey, nowMs: number, cloneMsPerMiB?: number): Calibration {
    const costs = { inline: {}, threads: {}, processes: {}, ...kept?.costs } as Record<Backend, CalibratedCosts>;
    for (const [backend, ms] of this.#starts()) {
      const before = costs[backend].startMs ?? CONSTANTS[backend].startMs;
      costs[backend] = { ...costs[backend], startMs: corrected(before, ms) };
    }
    const clone = isPlausible('cloneMsPerMiB', cloneMsPerMiB)
      ? { cloneMsPerMiB: corrected(kept?.cloneMsPerMiB ?? CLONE_MS_PER_MIB, cloneMsPerMiB) }
      : undefined;
    return { ...kept, ...clone, key, madeAt: kept?.madeAt ?? nowMs, costs };
  }

  #starts(): Array<[Backend, number]> {
    const all = Object.entries(this.#startMs) as Array<[Backend, number]>;
    return all.filter(([, ms]) => isPlausible('startMs', ms));
  }
}

/** How far a calibration may be from the constants: it may have been made while other work took the cores. A guess. */
const FACTOR_MAX = 4;

const within = (constant: number, value: number): number =>
  Math.min(constant * FACTOR_MAX, Math.max(constant / FACTOR_MAX, value));

/** To copy a thousand small objects on the machine of the constants. */
const CLONE_MS_PER_THOUSAND_OBJECTS = 1.3;

/**
 * How much longer calls take here than on the machine of the constants: as copies do. Both are work with small objects in V8's heap; but the code
 * of a copy is compiled beforehand, so that a few of them tell, where calls would have to be made by the thousand.
 */
function paceOfCalls({ cloneMsPerThousandObjects: measured }: Calibration): number {
  const constant = CLONE_MS_PER_THOUSAND_OBJECTS;
  return within(constant, measured ?? constant) / constant;
}

/** The same for starts: threads and processes start the same Node. 1 where neither was measured. */
function paceOfStarts({ costs }: Calibration): number {
  for (const backend of ['threads', 'processes'] as const) {
    const { startMs } = costs[backend];
    const constant = CONSTANTS[backend].startMs;
    if (startMs !== undefined) return within(constant, startMs) / constant;
  }
  return 1;
}

/** Costs of the code of calls. */
const OF_CALLS = ['callerMs', 'batchedCallerMs', 'workerMs', 'batchedWorkerMs', 'latencyMs'] as const;

/**
 * The constants, with what was kept in their place, as far as that may be, and with what follows from it where nothing was. Memory can only be
 * more: one that works takes more than an idle one.
 */
function believed(backend: Backend, calibration: Calibration): Constants {
  const constants = CONSTANTS[backend];
  const known: Record<string, number> = { ...constants, startMs: constants.startMs * paceOfStarts(calibration) };
  const pace = paceOfCalls(calibration);
  for (const name of OF_CALLS) known[name] = constants[name] * pace;
  for (const [name, value] of Object.entries(calibration.costs[backend])) {
    const constant = constants[name as keyof Constants];
    known[name] = name === 'memoryMiB' ? Math.max(constant, value) : within(constant, value);
  }
  return known as unknown as Constants;
}
