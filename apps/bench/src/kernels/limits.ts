// What bounds a kernel on any machine, as data: the memory it must move, or the operations it must do. Kernels that no one unit
// bounds (sort, histogram, mandelbrot, monteCarloPi, optionPrice, pathTrace) are not here.
import type { BenchCase } from './case-table.ts';

/** As native/limits/limits.cc measures them. */
export type LimitKind = 'read' | 'copy' | 'update' | 'f64' | 'f32';

export const LIMIT_LABELS: Readonly<Record<LimitKind, string>> = {
  read: 'reading memory',
  copy: 'copying memory',
  update: 'updating memory',
  f64: 'multiply-adds of doubles',
  f32: 'multiply-adds of floats',
};

export interface CaseLimit {
  readonly kind: LimitKind;
  /** Memory that a call works on: how fast it is depends on where it fits. 0: registers. */
  bytes(size: number): number;
  /** What a call must move in bytes, or do in operations. */
  amount(size: number): number;
}

/** Below these a call is over before its work counts. */
const BYTES_MIN = 64 * 1024;
const FLOPS_MIN = 2 ** 19;

const BYTES: Readonly<Record<string, number>> = { f64: 8, f32: 4, i32: 4, u32: 4, u8: 1 };

/** `passes` over `arrays` arrays of the case's type. */
const memory = (kind: 'read' | 'copy' | 'update', arrays: number, passes: number) => {
  return ({ type }: BenchCase): CaseLimit => {
    const bytes = (size: number): number => arrays * size * BYTES[type]!;
    return { kind, bytes, amount: (size) => passes * bytes(size) };
  };
};
/** `flops(size)` in the type of the case, or in doubles where the case is named otherwise. */
const registers = (flops: (size: number) => number) => {
  return ({ type }: BenchCase): CaseLimit => ({
    kind: type === 'f32' ? 'f32' : 'f64',
    bytes: () => 0,
    amount: flops,
  });
};

/** Three differences, six for the softened square of the distance, a root, a product and a division, six to add it up. */
const FLOPS_PER_PAIR = 18;

/** A case whose work is the bytes that a call reads. */
const reading = ({ work }: BenchCase): CaseLimit => ({ kind: 'read', bytes: work, amount: work });

const LIMITS: Readonly<Record<string, (one: BenchCase) => CaseLimit | undefined>> = {
  sum: memory('read', 1, 1),
  meanVariance: memory('read', 1, 2),
  minMax: memory('read', 1, 1),
  dot: memory('read', 2, 1),
  axpy: memory('update', 2, 1.5),
  prefixSum: memory('copy', 2, 1),
  matmul: registers((n) => 2 * n ** 3),
  // Of many queries at a time no one unit is the bound.
  distances: (one) => (one.unit === 'GB/s' ? reading(one) : undefined),
  nbodyAccelerations: registers((n) => FLOPS_PER_PAIR * n * n),
};

export function limitOf(one: BenchCase): CaseLimit | undefined {
  return Object.hasOwn(LIMITS, one.kernel) ? LIMITS[one.kernel]!(one) : undefined;
}

/** Those of the sizes whose calls are long enough for the limit to mean something. */
export function limitedSizes({ kind, bytes, amount }: CaseLimit, sizes: readonly number[]): readonly number[] {
  const isMemory = kind !== 'f64' && kind !== 'f32';
  return sizes.filter((size) => (isMemory ? bytes(size) >= BYTES_MIN : amount(size) >= FLOPS_MIN));
}
