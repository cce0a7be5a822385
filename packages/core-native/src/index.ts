export type { FloatArray, NumericArray } from './arguments.ts';
export type { KernelOptions, SyncKernelOptions } from './kernel-call.ts';
export { isAvailable, loadedFrom, NativeUnavailableError, unavailableReason, type SimdLevel } from './load-addon.ts';
export { poolThreads, setPoolThreads, simdLevel } from './pool.ts';
