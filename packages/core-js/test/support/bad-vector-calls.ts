// Calls of the vector kernels that every core must refuse. One table for both.
import { bad, detached, f64, resizable, type BadCall } from './bad-calls.ts';

const vectors = (['dot', 'axpy'] as const).flatMap((kernel): BadCall[] => {
  const first = kernel === 'axpy' ? [2] : [];
  return [
    bad(kernel, 'no x', 'TypeError', 'x', () => [...first]),
    bad(kernel, 'an Array as x', 'TypeError', 'x', () => [...first, [1, 2], f64(2)]),
    bad(kernel, 'integers', 'TypeError', 'x', () => [...first, new Int32Array(2), new Int32Array(2)]),
    bad(kernel, 'no y', 'TypeError', 'y', () => [...first, f64(2)]),
    bad(kernel, 'null as y', 'TypeError', 'y', () => [...first, f64(2), null]),
    bad(kernel, 'two types', 'TypeError', 'y', () => [...first, f64(2), new Float32Array(2)]),
    bad(kernel, 'y too short', 'RangeError', 'y', () => [...first, f64(2), f64(1)]),
    bad(kernel, 'y too long', 'RangeError', 'y', () => [...first, f64(2), f64(3)]),
    bad(kernel, 'an empty y', 'RangeError', 'y', () => [...first, f64(2), f64(0)]),
    bad(kernel, 'a detached x', 'TypeError', 'x', () => [...first, detached(), f64(0)]),
    bad(kernel, 'a detached y', 'TypeError', 'y', () => [...first, f64(0), detached()]),
    bad(kernel, 'a resizable y', 'RangeError', 'y', () => [...first, f64(8), resizable()], 'async'),
    bad(kernel, 'no threads', 'RangeError', 'threads', () => [...first, f64(2), f64(2), { threads: 0 }]),
    bad(kernel, 'options as text', 'TypeError', 'options', () => [...first, f64(2), f64(2), 'fast']),
    bad(kernel, 'another signal', 'TypeError', 'signal', () => [...first, f64(2), f64(2), { signal: {} }], 'async'),
    bad(kernel, 'move as a number', 'TypeError', 'move', () => [...first, f64(2), f64(2), { move: 1 }], 'async'),
  ];
});

export const BAD_VECTOR_CALLS: readonly BadCall[] = [
  bad('minMax', 'an empty array', 'RangeError', 'x', () => [f64(0)]),
  bad('minMax', 'an empty array of integers', 'RangeError', 'x', () => [new Int32Array(0)]),
  bad('minMax', 'bytes', 'TypeError', 'x', () => [new Uint8Array(2)]),
  ...vectors,
  bad('axpy', 'nothing', 'TypeError', 'a', () => []),
  bad('axpy', 'a as text', 'TypeError', 'a', () => ['2', f64(2), f64(2)]),
  bad('axpy', 'a as a bigint', 'TypeError', 'a', () => [2n, f64(2), f64(2)]),
  bad('axpy', 'a as an array', 'TypeError', 'a', () => [f64(2), f64(2), 2]),
  bad('axpy', 'y that overlaps x in part', 'RangeError', 'y', () => {
    const whole = f64(5);
    return [2, whole.subarray(0, 4), whole.subarray(1, 5)];
  }),
  bad('axpy', 'y that begins within x', 'RangeError', 'y', () => {
    const whole = f64(6);
    return [2, whole.subarray(2, 6), whole.subarray(0, 4)];
  }),
];
