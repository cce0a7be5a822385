/**
 * The limits of one worker process while it lives, and which of them ended it. `heapMiB` and `cpuSeconds` are enforced by V8
 * and by the kernel, and only recognised here; memory is watched from the host, because no kernel limit without privileges
 * counts what is resident.
 */
import type { Clock } from '../clock/clock.ts';
import { CpuBudget } from './cpu-budget.ts';
import { watchMemory, type MemoryWatch } from './memory-watch.ts';
import { cpuSecondsOf, groupMembers, residentKiB } from './process-group.ts';

export interface Limits {
  readonly heapMiB: number | undefined;
  readonly rssMiB: number | undefined;
  readonly cpuSeconds: number | undefined;
}

/** A limit that ended a worker. */
export interface ExceededLimit {
  readonly option: 'limits.heapMiB' | 'limits.rssMiB' | 'limits.cpuSeconds';
  readonly value: number;
  /** What was seen, where it was measured. */
  readonly usedMiB?: number;
}

export interface WorkerLimitsParts {
  readonly limits: Limits;
  /** Path of the program, when there is a limit of CPU time. */
  readonly prlimitPath: string | undefined;
  readonly clock: Clock;
  /** All processes of the worker. */
  readonly groupId: number;
  /** The one among them that is Node. */
  readonly nodePid: () => number | undefined;
  readonly kill: () => void;
}

/** The words of V8 before it aborts: nothing else tells this abort from others. */
const HEAP_FATAL = /JavaScript heap out of memory|Reached heap limit/;

export class WorkerLimits {
  readonly #limits: Limits;
  readonly #watch: MemoryWatch | undefined;
  readonly #cpu: CpuBudget | undefined;
  #usedMiB: number | undefined;
  #isHeapFatal = false;

  constructor(parts: WorkerLimitsParts) {
    const { limits, prlimitPath, clock, groupId, nodePid, kill } = parts;
    const { rssMiB, cpuSeconds } = limits;
    this.#limits = limits;
    if (rssMiB !== undefined)
      this.#watch = watchMemory({
        clock,
        limitMiB: rssMiB,
        members: () => groupMembers(groupId),
        residentKiB,
        onExceeded: (usedMiB) => {
          this.#usedMiB = usedMiB;
          kill();
        },
      });
    if (cpuSeconds !== undefined) {
      const { execFile } = process.getBuiltinModule('node:child_process');
      this.#cpu = new CpuBudget({
        cpuSeconds,
        usedSeconds: () => cpuSecondsOf(nodePid() ?? 0),
        // Fails when the worker has just ended: then there is nothing to raise.
        raise: (seconds) => execFile(prlimitPath!, ['--pid', String(nodePid()), `--cpu=${seconds}:`], () => {}).unref(),
      });
    }
  }

  /** A task is about to be sent. */
  beforeTask(): void {
    this.#cpu?.renew();
  }

  /** What the worker wrote to its stderr. */
  onText(text: string): void {
    this.#isHeapFatal ||= this.#limits.heapMiB !== undefined && HEAP_FATAL.test(text);
  }

  /** The limit that explains an end by this signal. */
  exceeded(signal: NodeJS.Signals | null): ExceededLimit | undefined {
    const { heapMiB, rssMiB, cpuSeconds } = this.#limits;
    if (this.#usedMiB !== undefined) return { option: 'limits.rssMiB', value: rssMiB!, usedMiB: this.#usedMiB };
    if (cpuSeconds !== undefined && signal === 'SIGXCPU') return { option: 'limits.cpuSeconds', value: cpuSeconds };
    if (this.#isHeapFatal && signal !== null) return { option: 'limits.heapMiB', value: heapMiB! };
    return undefined;
  }

  /** The worker has ended. */
  stop(): void {
    this.#watch?.stop();
  }
}
