/**
 * What backends cost. The constants were measured on two virtual processors of an AMD EPYC with Node 20.20; docs/decisions/023-auto.md
 * says how each. A start is measured in this program as soon as there was one; what calls cost is not, but a map is judged by what its
 * items have really taken, so that a wrong constant costs no more than a chunk.
 */
import type { BackendCosts } from '@heddle/advisor';
import type { Backend } from '../transport/transport.ts';

/** Of single calls; `batchedCallerMs`, `batchedWorkerMs`: of items that travel together. */
interface Constants extends Omit<BackendCosts, 'isReady'> {
  readonly batchedCallerMs: number;
  readonly batchedWorkerMs: number;
}

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

  /** A worker was asked for, and took calls after so long. */
  started(backend: Backend, ms: number): void {
    const before = this.#startMs[backend];
    this.#startMs[backend] = before === undefined ? ms : (before + ms) / 2;
  }

  startMsOf(backend: Backend): number {
    return this.#startMs[backend] ?? CONSTANTS[backend].startMs;
  }

  of(backend: Backend, isReady: boolean, isBatched: boolean): BackendCosts {
    const { batchedCallerMs, batchedWorkerMs, callerMs, workerMs, latencyMs, memoryMiB } = CONSTANTS[backend];
    return {
      startMs: this.startMsOf(backend),
      callerMs: isBatched ? batchedCallerMs : callerMs,
      workerMs: isBatched ? batchedWorkerMs : workerMs,
      latencyMs,
      memoryMiB,
      isReady,
    };
  }
}
