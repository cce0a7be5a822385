// The pool's size and the instruction set: settings of the process, the same for the main thread and all workers.
import { CORES_VARIABLE, parseShare } from '@heddle/machine';
import { checkInteger, THREADS_MAX } from './arguments.ts';
import { addon, type SimdLevel } from './load-addon.ts';

/**
 * Threads that kernels use at most, 1 to 256. Default: the whole cores this process may use (`coresAllowed()` of
 * `@heddle/machine`) when the binary is first loaded. One number for the process, worker threads included.
 * A worker of a pool of `@heddle/ts-orchestrator` has a part of them (`HEDDLE_CORES` in its environment): kernels it calls use as many
 * at most, unless the call or the worker itself says otherwise.
 * Errors: NativeUnavailableError. Cost: none.
 */
export function poolThreads(): number {
  return addon().poolThreads();
}

/**
 * Sets {@link poolThreads} for the whole process, 1 to 256. Threads are started when work needs them; surplus ones
 * sleep and cost no CPU time. Running work keeps the threads it has. Any thread may call it.
 * Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`), NativeUnavailableError.
 */
export function setPoolThreads(threads: number): void {
  addon().setPoolThreads(checkInteger('setPoolThreads', 'threads', threads, 1, THREADS_MAX));
  share = THREADS_MAX;
}

let share: number | undefined;

/**
 * Threads that a call on this thread may use when nothing else is said, unless the pool has fewer: read once, so that no
 * call asks the environment.
 */
export function threadsByDefault(): number {
  share ??= Math.min(parseShare(process.env[CORES_VARIABLE]) ?? THREADS_MAX, THREADS_MAX);
  return share;
}

/**
 * The instruction set that kernels use: the widest that the processor has, or the one that the environment variable
 * HEDDLE_SIMD named (avx512, avx2, baseline) when the process first loaded the binary. 'baseline' is SSE2 on x64 and
 * NEON on arm64. Results are the same on all, bit for bit, but for `matmul` and the fast form of `nbodyAccelerations`.
 * Errors: NativeUnavailableError.
 */
export function simdLevel(): SimdLevel {
  return addon().simdLevel();
}
