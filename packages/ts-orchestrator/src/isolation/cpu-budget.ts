/**
 * CPU time for each task, held by the kernel: the process's soft limit is raised before a task to what it has used so far plus
 * the budget. Over it, the kernel sends SIGXCPU, however busy the worker or the host is. The kernel counts whole seconds, so a
 * task gets at least its budget and at most about two seconds more.
 */
import { CPU_RENEW_SECONDS } from '../clock/deadlines.ts';

export interface CpuBudgetParts {
  readonly cpuSeconds: number;
  /** Of the process so far; undefined: it is gone. */
  readonly usedSeconds: () => number | undefined;
  readonly raise: (limitSeconds: number) => void;
}

export class CpuBudget {
  readonly #parts: CpuBudgetParts;
  #renewedAt = 0;

  constructor(parts: CpuBudgetParts) {
    this.#parts = parts;
  }

  /** Before a task. */
  renew(): void {
    const used = this.#parts.usedSeconds();
    if (used === undefined || used - this.#renewedAt < CPU_RENEW_SECONDS) return;
    this.#renewedAt = used;
    this.#parts.raise(Math.ceil(used + this.#parts.cpuSeconds + CPU_RENEW_SECONDS));
  }
}
