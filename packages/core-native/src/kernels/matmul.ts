import {
  allocate,
  checkArray,
  checkInteger,
  checkLength,
  checkNoOverlap,
  checkObject,
  FLOAT_TYPES,
  type FloatArray,
} from '../arguments.ts';
import type { KernelArguments } from '../generated/kernel-table.ts';
import { callSync, freshAt, promised, startAsync, type KernelOptions, type SyncKernelOptions } from '../kernel-call.ts';

/** Shapes of the product (a is m x k, b is k x n, the result m x n) and where it goes. */
export interface MatmulParameters<T extends FloatArray> {
  /** Rows of `a` and of the result, 0 to 2^31 - 1. */
  m: number;
  /** Columns of `b` and of the result, 0 to 2^31 - 1. */
  n: number;
  /** Columns of `a` and rows of `b`, 0 to 2^31 - 1. With 0 the result is all +0. */
  k: number;
  /** Where the result goes: m * n elements that share no byte with `a` or `b`. Default: a new array. */
  out?: T;
}

const KERNEL = 'matmul';
const SIDE_MAX = 2 ** 31 - 1;

function valuesOf<T extends FloatArray>(
  a: T,
  b: T,
  parameters: MatmulParameters<T>,
  given: T | undefined,
): KernelArguments['matmul'] {
  const type = checkArray(KERNEL, 'a', a, FLOAT_TYPES);
  checkArray(KERNEL, 'b', b, [type]);
  checkObject(KERNEL, 'options', parameters);
  const m = checkInteger(KERNEL, 'm', parameters.m, 0, SIDE_MAX);
  const n = checkInteger(KERNEL, 'n', parameters.n, 0, SIDE_MAX);
  const k = checkInteger(KERNEL, 'k', parameters.k, 0, SIDE_MAX);
  checkLength(KERNEL, 'a', a, m * k, 'm x k');
  checkLength(KERNEL, 'b', b, k * n, 'k x n');
  if (given !== undefined) {
    checkArray(KERNEL, 'out', given, [type]);
    checkLength(KERNEL, 'out', given, m * n, 'm x n');
    checkNoOverlap(KERNEL, 'out', given, 'a', a);
    checkNoOverlap(KERNEL, 'out', given, 'b', b);
  }
  const Type = type === 'Float64Array' ? Float64Array : Float32Array;
  const out = given ?? allocate<FloatArray>(KERNEL, 'm x n', Type, m * n);
  return [a, b, out, m, n, k];
}

/**
 * The matrix product of `a` (m x k) and `b` (k x n), row-major, both Float64Array or both Float32Array.
 *
 * Each element differs from the exact product by at most 2 * k * epsilon * sum(|a| * |b|) along its row and column,
 * epsilon being the type's. Every thread count gives the same bits; instruction sets with and without fused
 * multiply-add differ within the bound. Packed and blocked after Goto and van de Geijn (2008).
 * Off the event loop, on the pool. Memory rules and cancelling: {@link KernelOptions}.
 * Gives `out`, or the new view when it was moved. Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`), Error
 * (`HEDDLE_MEMORY`), NativeUnavailableError, the signal's reason.
 * Cost: 2 * m * n * k flops; packed copies of at most 4 MiB of `b` and 128 KiB of `a` per thread; plain arrays that
 * aren't moved are copied.
 */
export function matmul<T extends FloatArray>(a: T, b: T, options: KernelOptions & MatmulParameters<T>): Promise<T> {
  return promised(() => {
    const out = options?.out;
    const values = valuesOf(a, b, options, out);
    return startAsync(KERNEL, options, values, (_, given) => given[2] as T, freshAt(2, out === undefined));
  });
}

/** {@link matmul} on the calling thread and the pool; returns when it is done. Takes any buffer, never copies. */
export function matmulSync<T extends FloatArray>(a: T, b: T, options: SyncKernelOptions & MatmulParameters<T>): T {
  const values = valuesOf(a, b, options, options?.out);
  callSync(KERNEL, options, values);
  return values[2] as T;
}
