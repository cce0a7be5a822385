// Calls of the vector and random kernels that every core must refuse. One table for both.
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

const random = (['randomUniform', 'randomNormal'] as const).flatMap((kernel): BadCall[] => [
  bad(kernel, 'nothing', 'TypeError', 'out', () => []),
  bad(kernel, 'a length', 'TypeError', 'out', () => [100, { seed: 1 }]),
  bad(kernel, 'integers', 'TypeError', 'out', () => [new Uint32Array(2), { seed: 1 }]),
  bad(kernel, 'a detached array', 'TypeError', 'out', () => [detached(), { seed: 1 }]),
  bad(kernel, 'a resizable array', 'RangeError', 'out', () => [resizable(), { seed: 1 }], 'async'),
  bad(kernel, 'no options', 'TypeError', 'options', () => [f64(2)]),
  bad(kernel, 'a seed as options', 'TypeError', 'options', () => [f64(2), 1]),
  bad(kernel, 'no seed', 'TypeError', 'seed', () => [f64(2), {}]),
  bad(kernel, 'a seed as text', 'TypeError', 'seed', () => [f64(2), { seed: '1' }]),
  bad(kernel, 'a negative seed', 'RangeError', 'seed', () => [f64(2), { seed: -1 }]),
  bad(kernel, 'half a seed', 'RangeError', 'seed', () => [f64(2), { seed: 0.5 }]),
  bad(kernel, 'NaN as seed', 'RangeError', 'seed', () => [f64(2), { seed: NaN }]),
  bad(kernel, 'a seed that is too large', 'RangeError', 'seed', () => [f64(2), { seed: 2 ** 32 }]),
  bad(kernel, 'a negative block', 'RangeError', 'blockStart', () => [f64(2), { seed: 1, blockStart: -1 }]),
  bad(kernel, 'half a block', 'RangeError', 'blockStart', () => [f64(2), { seed: 1, blockStart: 0.5 }]),
  bad(kernel, 'a block too far', 'RangeError', 'blockStart', () => [f64(2), { seed: 1, blockStart: 2 ** 40 + 1 }]),
  bad(kernel, 'a block as a bigint', 'TypeError', 'blockStart', () => [f64(2), { seed: 1, blockStart: 1n }]),
  bad(kernel, 'no threads', 'RangeError', 'threads', () => [f64(2), { seed: 1, threads: 0 }]),
  bad(kernel, 'another signal', 'TypeError', 'signal', () => [f64(2), { seed: 1, signal: {} }], 'async'),
]);

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
  ...random,
  bad('randomNormal', 'mean as text', 'TypeError', 'mean', () => [f64(2), { seed: 1, mean: '0' }]),
  bad('randomNormal', 'NaN as mean', 'RangeError', 'mean', () => [f64(2), { seed: 1, mean: NaN }]),
  bad('randomNormal', 'an endless mean', 'RangeError', 'mean', () => [f64(2), { seed: 1, mean: Infinity }]),
  bad('randomNormal', 'deviation as a bigint', 'TypeError', 'deviation', () => [f64(2), { seed: 1, deviation: 1n }]),
  bad('randomNormal', 'a negative deviation', 'RangeError', 'deviation', () => [f64(2), { seed: 1, deviation: -1 }]),
  bad('randomNormal', 'NaN as deviation', 'RangeError', 'deviation', () => [f64(2), { seed: 1, deviation: NaN }]),
  bad('randomNormal', 'an endless deviation', 'RangeError', 'deviation', () => [
    f64(2),
    { seed: 1, deviation: Infinity },
  ]),
];
