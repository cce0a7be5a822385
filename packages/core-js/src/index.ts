export type { FloatArray, KernelOptions, NumericArray, SyncKernelOptions } from './arguments.ts';
