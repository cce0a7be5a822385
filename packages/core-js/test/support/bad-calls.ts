// Calls that every core must refuse, and how: the class of the error and the argument it names. One table for both.
import type { Core } from './cores.ts';
import { sceneView, sphere } from './scenes.ts';

/** A call with wrong values on purpose, so without types. */
// oxlint-disable-next-line typescript/no-explicit-any -- the values are wrong on purpose
type AnyFunction = (...args: any[]) => unknown;
type KernelName =
  | 'sort'
  | 'sum'
  | 'meanVariance'
  | 'prefixSum'
  | 'histogram'
  | 'matmul'
  | 'distances'
  | VectorName
  | FourierName
  | ExampleName;
type VectorName = 'minMax' | 'dot' | 'axpy' | 'randomUniform' | 'randomNormal';
type FourierName = 'fft' | 'ifft';
type ExampleName = 'mandelbrot' | 'nbodyAccelerations' | 'monteCarloPi' | 'optionPrice' | 'pathTrace';

export interface BadCall {
  kernel: KernelName;
  /** What is wrong, for the test's title. */
  what: string;
  /** Made anew for each call, because a call may detach what it is given. */
  args(): unknown[];
  error: 'TypeError' | 'RangeError';
  /** The argument that the message must name. */
  argument: string;
  /** Left out where only the asynchronous form refuses. */
  form?: 'async';
}

export const f64 = (n: number): Float64Array => new Float64Array(n);

export function detached(): Float64Array {
  const buffer = new ArrayBuffer(32);
  const array = new Float64Array(buffer);
  structuredClone(buffer, { transfer: [buffer] });
  return array;
}

export function resizable(): Float64Array {
  const Buffer = ArrayBuffer as unknown as new (length: number, options: { maxByteLength: number }) => ArrayBuffer;
  return new Float64Array(new Buffer(64, { maxByteLength: 128 }));
}

export function bad(
  kernel: KernelName,
  what: string,
  error: BadCall['error'],
  argument: string,
  args: () => unknown[],
  form?: 'async',
): BadCall {
  return { kernel, what, args, error, argument, ...(form && { form }) };
}

const picture = { width: 4, height: 4, centerX: 0, centerY: 0, pixelSize: 0.1, maxIter: 10 };
const system = (): object => ({ positions: f64(6), masses: f64(2), softening: 0.1 });
const shape = { m: 2, n: 2, k: 2 };
const pair = { dimension: 2, metric: 'squaredL2' };
const option = { kind: 'call', spot: 100, strike: 100, rate: 0.05, volatility: 0.2, years: 1, paths: 10, seed: 1 };
const frame = (): object => ({
  spheres: Float64Array.from(sphere(0)),
  view: sceneView([1, 1, 1], [1, 1, 1]),
  width: 2,
  height: 2,
  samples: 1,
  seed: 1,
});
const changed = (array: Float64Array, at: number, value: number): Float64Array => array.with(at, value);
const range = { bins: 4, min: 0, max: 1 };

const ARRAYS: ReadonlyArray<readonly [KernelName, unknown[]]> = [
  ['sort', []],
  ['sum', []],
  ['meanVariance', []],
  ['minMax', []],
  ['prefixSum', []],
  ['histogram', [range]],
];

const commonCalls = ARRAYS.flatMap(([kernel, rest]) => [
  bad(kernel, 'nothing', 'TypeError', 'x', () => []),
  bad(kernel, 'null', 'TypeError', 'x', () => [null, ...rest]),
  bad(kernel, 'an Array', 'TypeError', 'x', () => [[1, 2], ...rest]),
  bad(kernel, 'a BigInt64Array', 'TypeError', 'x', () => [new BigInt64Array(2), ...rest]),
  bad(kernel, 'an Int8Array', 'TypeError', 'x', () => [new Int8Array(2), ...rest]),
  bad(kernel, 'a DataView', 'TypeError', 'x', () => [new DataView(new ArrayBuffer(8)), ...rest]),
  bad(kernel, 'an object that looks like an array', 'TypeError', 'x', () => [
    { length: 2, 0: 1, 1: 2, buffer: new ArrayBuffer(16), [Symbol.toStringTag]: 'Float64Array' },
    ...rest,
  ]),
  bad(kernel, 'a detached array', 'TypeError', 'x', () => [detached(), ...rest]),
  bad(kernel, 'a resizable array', 'RangeError', 'x', () => [resizable(), ...rest], 'async'),
  bad(kernel, 'threads as text', 'TypeError', 'threads', () => [f64(2), { ...range, threads: '2' }]),
  bad(kernel, 'no threads', 'RangeError', 'threads', () => [f64(2), { ...range, threads: 0 }]),
  bad(kernel, '257 threads', 'RangeError', 'threads', () => [f64(2), { ...range, threads: 257 }]),
  bad(kernel, 'NaN threads', 'RangeError', 'threads', () => [f64(2), { ...range, threads: NaN }]),
  bad(kernel, 'options as text', 'TypeError', 'options', () => [f64(2), 'fast']),
  bad(kernel, 'null options', 'TypeError', 'options', () => [f64(2), null]),
  bad(kernel, 'another signal', 'TypeError', 'signal', () => [f64(2), { ...range, signal: {} }], 'async'),
  bad(kernel, 'move as a number', 'TypeError', 'move', () => [f64(2), { ...range, move: 1 }], 'async'),
]);

export const BAD_CALLS: readonly BadCall[] = [
  ...commonCalls,
  bad('sort', 'bytes', 'TypeError', 'x', () => [new Uint8Array(2)]),
  bad('sum', 'bytes', 'TypeError', 'x', () => [new Uint8Array(2)]),

  bad('prefixSum', 'out of another type', 'TypeError', 'out', () => [f64(2), { out: new Float32Array(2) }]),
  bad('prefixSum', 'null as out', 'TypeError', 'out', () => [f64(2), { out: null }]),
  bad('prefixSum', 'out too short', 'RangeError', 'out', () => [f64(2), { out: f64(1) }]),
  bad('prefixSum', 'out that overlaps in part', 'RangeError', 'out', () => {
    const whole = f64(5);
    return [whole.subarray(0, 4), { out: whole.subarray(1, 5) }];
  }),

  bad('histogram', 'bins for bytes', 'TypeError', 'bins', () => [new Uint8Array(2), { bins: 4 }]),
  bad('histogram', 'max for bytes', 'TypeError', 'max', () => [new Uint8Array(2), { max: 4 }]),
  bad('histogram', 'no bins', 'TypeError', 'bins', () => [f64(2), { min: 0, max: 1 }]),
  bad('histogram', 'no options', 'TypeError', 'bins', () => [f64(2)]),
  bad('histogram', 'zero bins', 'RangeError', 'bins', () => [f64(2), { ...range, bins: 0 }]),
  bad('histogram', 'bins without end', 'RangeError', 'bins', () => [f64(2), { ...range, bins: Infinity }]),
  bad('histogram', 'too many bins', 'RangeError', 'bins', () => [f64(2), { ...range, bins: 2 ** 20 + 1 }]),
  bad('histogram', 'half a bin', 'RangeError', 'bins', () => [f64(2), { ...range, bins: 1.5 }]),
  bad('histogram', 'NaN as min', 'RangeError', 'min', () => [f64(2), { ...range, min: NaN }]),
  bad('histogram', 'endless max', 'RangeError', 'max', () => [f64(2), { ...range, max: Infinity }]),
  bad('histogram', 'max at min', 'RangeError', 'max', () => [f64(2), { ...range, max: 0 }]),
  bad('histogram', 'max below min', 'RangeError', 'max', () => [f64(2), { ...range, max: -1 }]),
  bad('histogram', 'a width that overflows', 'RangeError', 'max', () => [f64(2), { bins: 4, min: -1e308, max: 1e308 }]),
  bad('histogram', 'a width that is too small', 'RangeError', 'max', () => [f64(2), { bins: 4, min: 0, max: 5e-324 }]),
  bad('histogram', 'out of another type', 'TypeError', 'out', () => [f64(2), { ...range, out: new Int32Array(4) }]),
  bad('histogram', 'out of another length', 'RangeError', 'out', () => [f64(2), { ...range, out: new Uint32Array(5) }]),
  bad('histogram', 'null as out', 'TypeError', 'out', () => [f64(2), { ...range, out: null }]),
  bad('histogram', 'out over x', 'RangeError', 'out', () => {
    const out = new Uint32Array(4);
    return [out, { ...range, out }];
  }),

  bad('matmul', 'no a', 'TypeError', 'a', () => [undefined, f64(4), shape]),
  bad('matmul', 'integers', 'TypeError', 'a', () => [new Int32Array(4), new Int32Array(4), shape]),
  bad('matmul', 'two types', 'TypeError', 'b', () => [f64(4), new Float32Array(4), shape]),
  bad('matmul', 'no shape', 'TypeError', 'options', () => [f64(4), f64(4)]),
  bad('matmul', 'no m', 'TypeError', 'm', () => [f64(4), f64(4), { n: 2, k: 2 }]),
  bad('matmul', 'a negative n', 'RangeError', 'n', () => [f64(4), f64(4), { ...shape, n: -2 }]),
  bad('matmul', 'NaN as k', 'RangeError', 'k', () => [f64(4), f64(4), { ...shape, k: NaN }]),
  bad('matmul', 'a huge m', 'RangeError', 'm', () => [f64(4), f64(4), { ...shape, m: 2 ** 53 }]),
  bad('matmul', 'a result that has no room', 'RangeError', 'm x n', () => [
    f64(0),
    f64(0),
    { m: 2 ** 31 - 1, n: 2 ** 31 - 1, k: 0 },
  ]),
  bad('matmul', 'a of another length', 'RangeError', 'a', () => [f64(5), f64(4), shape]),
  bad('matmul', 'b of another length', 'RangeError', 'b', () => [f64(4), f64(3), shape]),
  bad('matmul', 'out of another length', 'RangeError', 'out', () => [f64(4), f64(4), { ...shape, out: f64(5) }]),
  bad('matmul', 'out of another type', 'TypeError', 'out', () => [
    f64(4),
    f64(4),
    { ...shape, out: new Float32Array(4) },
  ]),
  bad('matmul', 'out over a', 'RangeError', 'out', () => {
    const a = f64(4);
    return [a, f64(4), { ...shape, out: a }];
  }),
  bad('matmul', 'out over a part of b', 'RangeError', 'out', () => {
    const whole = f64(6);
    return [f64(4), whole.subarray(0, 4), { ...shape, out: whole.subarray(2) }];
  }),
  bad('matmul', 'zero threads', 'RangeError', 'threads', () => [f64(4), f64(4), { ...shape, threads: 0 }]),
  bad('matmul', 'a detached b', 'TypeError', 'b', () => [f64(4), detached(), shape]),
  bad('matmul', 'a resizable b', 'RangeError', 'b', () => [f64(16), resizable(), { m: 8, n: 4, k: 2 }], 'async'),

  ...(['fft', 'ifft'] as const).flatMap((kernel) => [
    bad(kernel, 'nothing', 'TypeError', 're', () => []),
    bad(kernel, 'floats', 'TypeError', 're', () => [new Float32Array(4), new Float32Array(4)]),
    bad(kernel, 'one array', 'TypeError', 'im', () => [f64(4)]),
    bad(kernel, 'a detached im', 'TypeError', 'im', () => [f64(4), detached()]),
    bad(kernel, 'no point', 'RangeError', 're', () => [f64(0), f64(0)]),
    bad(kernel, 'three points', 'RangeError', 're', () => [f64(3), f64(3)]),
    bad(kernel, 'twice three points', 'RangeError', 're', () => [f64(6), f64(6), { transforms: 2 }]),
    bad(kernel, 'points that are not shared out evenly', 'RangeError', 're', () => [f64(8), f64(8), { transforms: 3 }]),
    bad(kernel, 'more transforms than points', 'RangeError', 're', () => [f64(8), f64(8), { transforms: 16 }]),
    bad(kernel, 'points for no transform', 'RangeError', 're', () => [f64(8), f64(8), { transforms: 0 }]),
    bad(kernel, 'an im of another length', 'RangeError', 'im', () => [f64(8), f64(4)]),
    bad(kernel, 're as im', 'RangeError', 'im', () => {
      const re = f64(8);
      return [re, re];
    }),
    bad(kernel, 'an im over a part of re', 'RangeError', 'im', () => {
      const whole = f64(12);
      return [whole.subarray(0, 8), whole.subarray(4)];
    }),
    bad(kernel, 'transforms as text', 'TypeError', 'transforms', () => [f64(8), f64(8), { transforms: '2' }]),
    bad(kernel, 'half a transform', 'RangeError', 'transforms', () => [f64(8), f64(8), { transforms: 0.5 }]),
    bad(kernel, 'a negative number of transforms', 'RangeError', 'transforms', () => [
      f64(8),
      f64(8),
      { transforms: -1 },
    ]),
    bad(kernel, 'options as a number', 'TypeError', 'options', () => [f64(8), f64(8), 2]),
    bad(kernel, 'zero threads', 'RangeError', 'threads', () => [f64(8), f64(8), { threads: 0 }]),
    bad(kernel, 'a resizable re', 'RangeError', 're', () => [resizable(), f64(8)], 'async'),
  ]),

  bad('distances', 'no queries', 'TypeError', 'queries', () => [undefined, f64(4), pair]),
  bad('distances', 'integers', 'TypeError', 'queries', () => [new Int32Array(4), new Int32Array(4), pair]),
  bad('distances', 'two types', 'TypeError', 'rows', () => [f64(4), new Float32Array(4), pair]),
  bad('distances', 'detached rows', 'TypeError', 'rows', () => [f64(4), detached(), pair]),
  bad('distances', 'no options', 'TypeError', 'options', () => [f64(4), f64(4)]),
  bad('distances', 'no dimension', 'TypeError', 'dimension', () => [f64(4), f64(4), { metric: 'dot' }]),
  bad('distances', 'vectors of no elements', 'RangeError', 'dimension', () => [
    f64(0),
    f64(0),
    { ...pair, dimension: 0 },
  ]),
  bad('distances', 'half an element', 'RangeError', 'dimension', () => [f64(4), f64(4), { ...pair, dimension: 0.5 }]),
  bad('distances', 'a huge dimension', 'RangeError', 'dimension', () => [
    f64(4),
    f64(4),
    { ...pair, dimension: 2 ** 31 },
  ]),
  bad('distances', 'no metric', 'TypeError', 'metric', () => [f64(4), f64(4), { dimension: 2 }]),
  bad('distances', 'another metric', 'RangeError', 'metric', () => [f64(4), f64(4), { ...pair, metric: 'cosine' }]),
  bad('distances', 'part of a query', 'RangeError', 'queries', () => [f64(5), f64(4), pair]),
  bad('distances', 'part of a row', 'RangeError', 'rows', () => [f64(4), f64(3), pair]),
  bad('distances', 'a result that has no room', 'RangeError', 'queries x rows', () => [
    new Float32Array(2 ** 20),
    new Float32Array(2 ** 20),
    { ...pair, dimension: 1 },
  ]),
  bad('distances', 'out of another type', 'TypeError', 'out', () => [
    f64(4),
    f64(4),
    { ...pair, out: new Float32Array(4) },
  ]),
  bad('distances', 'out of another length', 'RangeError', 'out', () => [f64(4), f64(4), { ...pair, out: f64(5) }]),
  bad('distances', 'out over the queries', 'RangeError', 'out', () => {
    const queries = f64(4);
    return [queries, f64(4), { ...pair, out: queries }];
  }),
  bad('distances', 'out over a part of the rows', 'RangeError', 'out', () => {
    const whole = f64(6);
    return [f64(4), whole.subarray(0, 4), { ...pair, out: whole.subarray(2) }];
  }),
  bad('distances', 'zero threads', 'RangeError', 'threads', () => [f64(4), f64(4), { ...pair, threads: 0 }]),
  bad('distances', 'resizable rows', 'RangeError', 'rows', () => [f64(4), resizable(), pair], 'async'),

  bad('mandelbrot', 'nothing', 'TypeError', 'parameters', () => []),
  bad('mandelbrot', 'width as text', 'TypeError', 'width', () => [{ ...picture, width: '4' }]),
  bad('mandelbrot', 'half a pixel', 'RangeError', 'height', () => [{ ...picture, height: 0.5 }]),
  bad('mandelbrot', 'a huge width', 'RangeError', 'width', () => [{ ...picture, width: 2 ** 20 + 1 }]),
  bad('mandelbrot', 'NaN as centre', 'RangeError', 'centerX', () => [{ ...picture, centerX: NaN }]),
  bad('mandelbrot', 'no centre', 'TypeError', 'centerY', () => [{ ...picture, centerY: undefined }]),
  bad('mandelbrot', 'pixels without size', 'RangeError', 'pixelSize', () => [{ ...picture, pixelSize: 0 }]),
  bad('mandelbrot', 'no iterations', 'RangeError', 'maxIter', () => [{ ...picture, maxIter: 0 }]),
  bad('mandelbrot', 'too many iterations', 'RangeError', 'maxIter', () => [{ ...picture, maxIter: 65_536 }]),
  bad('mandelbrot', 'a first row beyond the last', 'RangeError', 'rowStart', () => [{ ...picture, rowStart: 5 }]),
  bad('mandelbrot', 'too many rows', 'RangeError', 'rowCount', () => [{ ...picture, rowStart: 3, rowCount: 2 }]),
  bad('mandelbrot', 'out of another type', 'TypeError', 'out', () => [{ ...picture, out: new Uint32Array(16) }]),
  bad('mandelbrot', 'out of another length', 'RangeError', 'out', () => [{ ...picture, out: new Uint16Array(15) }]),
  bad('mandelbrot', 'zero threads', 'RangeError', 'threads', () => [picture, { threads: 0 }]),

  bad('nbodyAccelerations', 'nothing', 'TypeError', 'parameters', () => []),
  bad('nbodyAccelerations', 'floats', 'TypeError', 'positions', () => [
    { ...system(), positions: new Float32Array(6) },
  ]),
  bad('nbodyAccelerations', 'a missing position', 'RangeError', 'positions', () => [
    { ...system(), positions: f64(5) },
  ]),
  bad('nbodyAccelerations', 'no masses', 'TypeError', 'masses', () => [{ ...system(), masses: undefined }]),
  bad('nbodyAccelerations', 'negative softening', 'RangeError', 'softening', () => [{ ...system(), softening: -1 }]),
  bad('nbodyAccelerations', 'no softening', 'TypeError', 'softening', () => [{ ...system(), softening: undefined }]),
  bad('nbodyAccelerations', 'another precision', 'RangeError', 'precision', () => [
    { ...system(), precision: 'rough' },
  ]),
  bad('nbodyAccelerations', 'precision as a number', 'TypeError', 'precision', () => [{ ...system(), precision: 1 }]),
  bad('nbodyAccelerations', 'a first body beyond the last', 'RangeError', 'bodyStart', () => [
    { ...system(), bodyStart: 3 },
  ]),
  bad('nbodyAccelerations', 'too many bodies', 'RangeError', 'bodyCount', () => [{ ...system(), bodyCount: 3 }]),
  bad('nbodyAccelerations', 'out of another length', 'RangeError', 'out', () => [{ ...system(), out: f64(3) }]),
  bad('nbodyAccelerations', 'out over the positions', 'RangeError', 'out', () => {
    const positions = f64(6);
    return [{ ...system(), positions, out: positions }];
  }),

  bad('monteCarloPi', 'nothing', 'TypeError', 'parameters', () => []),
  bad('monteCarloPi', 'no samples', 'RangeError', 'samples', () => [{ samples: 0, seed: 1 }]),
  bad('monteCarloPi', 'too many samples', 'RangeError', 'samples', () => [{ samples: 2 ** 40 + 1, seed: 1 }]),
  bad('monteCarloPi', 'samples as a bigint', 'TypeError', 'samples', () => [{ samples: 5n, seed: 1 }]),
  bad('monteCarloPi', 'no seed', 'TypeError', 'seed', () => [{ samples: 5 }]),
  bad('monteCarloPi', 'a negative seed', 'RangeError', 'seed', () => [{ samples: 5, seed: -1 }]),
  bad('monteCarloPi', 'half a block', 'RangeError', 'blockStart', () => [{ samples: 5, seed: 1, blockStart: 0.5 }]),

  bad('optionPrice', 'nothing', 'TypeError', 'parameters', () => []),
  bad('optionPrice', 'no kind', 'TypeError', 'kind', () => [{ ...option, kind: undefined }]),
  bad('optionPrice', 'another kind', 'RangeError', 'kind', () => [{ ...option, kind: 'swap' }]),
  bad('optionPrice', 'a worthless asset', 'RangeError', 'spot', () => [{ ...option, spot: 0 }]),
  bad('optionPrice', 'a spot as text', 'TypeError', 'spot', () => [{ ...option, spot: '100' }]),
  bad('optionPrice', 'a negative strike', 'RangeError', 'strike', () => [{ ...option, strike: -1 }]),
  bad('optionPrice', 'endless interest', 'RangeError', 'rate', () => [{ ...option, rate: Infinity }]),
  bad('optionPrice', 'interest in percent', 'RangeError', 'rate', () => [{ ...option, rate: 5 }]),
  bad('optionPrice', 'NaN as volatility', 'RangeError', 'volatility', () => [{ ...option, volatility: NaN }]),
  bad('optionPrice', 'volatility in percent', 'RangeError', 'volatility', () => [{ ...option, volatility: 20 }]),
  bad('optionPrice', 'no years', 'TypeError', 'years', () => [{ ...option, years: undefined }]),
  bad('optionPrice', 'years gone by', 'RangeError', 'years', () => [{ ...option, years: -1 }]),
  bad('optionPrice', 'no date', 'RangeError', 'dates', () => [{ ...option, dates: 0 }]),
  bad('optionPrice', 'too many dates', 'RangeError', 'dates', () => [{ ...option, dates: 1025 }]),
  bad('optionPrice', 'no path', 'RangeError', 'paths', () => [{ ...option, paths: 0 }]),
  bad('optionPrice', 'too many paths', 'RangeError', 'paths', () => [{ ...option, paths: 2 ** 32 + 1 }]),
  bad('optionPrice', 'no seed', 'TypeError', 'seed', () => [{ ...option, seed: undefined }]),
  bad('optionPrice', 'half a block', 'RangeError', 'blockStart', () => [{ ...option, blockStart: 0.5 }]),
  bad('optionPrice', 'sums of another type', 'TypeError', 'sums', () => [{ ...option, sums: new Float32Array(2) }]),
  bad('optionPrice', 'sums of another length', 'RangeError', 'sums', () => [{ ...option, sums: f64(3) }]),
  bad(
    'optionPrice',
    'resizable sums',
    'RangeError',
    'sums',
    () => [{ ...option, paths: 16_000, sums: resizable() }],
    'async',
  ),
  bad('optionPrice', 'zero threads', 'RangeError', 'threads', () => [option, { threads: 0 }]),

  bad('pathTrace', 'nothing', 'TypeError', 'parameters', () => []),
  bad('pathTrace', 'spheres as a list', 'TypeError', 'spheres', () => [{ ...frame(), spheres: sphere(0) }]),
  bad('pathTrace', 'half a sphere', 'RangeError', 'spheres', () => [{ ...frame(), spheres: f64(13) }]),
  bad('pathTrace', 'too many spheres', 'RangeError', 'spheres', () => [{ ...frame(), spheres: f64(9 * 4097) }]),
  bad('pathTrace', 'a sphere nowhere', 'RangeError', 'spheres', () => [
    { ...frame(), spheres: changed(Float64Array.from(sphere(0)), 1, NaN) },
  ]),
  bad('pathTrace', 'a sphere without size', 'RangeError', 'spheres', () => [
    { ...frame(), spheres: changed(Float64Array.from(sphere(0)), 3, 0) },
  ]),
  bad('pathTrace', 'a sphere of wood', 'RangeError', 'spheres', () => [
    { ...frame(), spheres: Float64Array.from(sphere(4)) },
  ]),
  bad('pathTrace', 'no view', 'TypeError', 'view', () => [{ ...frame(), view: undefined }]),
  bad('pathTrace', 'a view of another length', 'RangeError', 'view', () => [{ ...frame(), view: f64(15) }]),
  bad('pathTrace', 'an endless sky', 'RangeError', 'view', () => [
    { ...frame(), view: changed(sceneView([1, 1, 1], [1, 1, 1]), 15, Infinity) },
  ]),
  bad('pathTrace', 'a flat view', 'RangeError', 'view', () => [
    { ...frame(), view: changed(sceneView([1, 1, 1], [1, 1, 1]), 9, 0) },
  ]),
  bad('pathTrace', 'a look at itself', 'RangeError', 'view', () => [
    { ...frame(), view: changed(sceneView([1, 1, 1], [1, 1, 1]), 2, 0) },
  ]),
  bad('pathTrace', 'a look upward', 'RangeError', 'view', () => [
    { ...frame(), view: Float64Array.of(0, 0, 0, 0, 3, 0, 0, 1, 0, 1, 1, 1, 1, 1, 1, 1) },
  ]),
  bad('pathTrace', 'width as text', 'TypeError', 'width', () => [{ ...frame(), width: '2' }]),
  bad('pathTrace', 'a huge height', 'RangeError', 'height', () => [{ ...frame(), height: 32_769 }]),
  bad('pathTrace', 'no path', 'RangeError', 'samples', () => [{ ...frame(), samples: 0 }]),
  bad('pathTrace', 'too many paths', 'RangeError', 'samples', () => [{ ...frame(), samples: 4097 }]),
  bad('pathTrace', 'no seed', 'TypeError', 'seed', () => [{ ...frame(), seed: undefined }]),
  bad('pathTrace', 'a first row beyond the last', 'RangeError', 'rowStart', () => [{ ...frame(), rowStart: 3 }]),
  bad('pathTrace', 'too many rows', 'RangeError', 'rowCount', () => [{ ...frame(), rowStart: 1, rowCount: 2 }]),
  bad('pathTrace', 'out of another type', 'TypeError', 'out', () => [{ ...frame(), out: f64(12) }]),
  bad('pathTrace', 'out of another length', 'RangeError', 'out', () => [{ ...frame(), out: new Float32Array(11) }]),
  bad('pathTrace', 'out over the spheres', 'RangeError', 'out', () => {
    const spheres = Float64Array.from(sphere(0));
    return [{ ...frame(), spheres, out: new Float32Array(spheres.buffer, 8, 12) }];
  }),
  bad('pathTrace', 'out over the view', 'RangeError', 'out', () => {
    const view = sceneView([1, 1, 1], [1, 1, 1]);
    return [{ ...frame(), view, out: new Float32Array(view.buffer, 0, 12) }];
  }),
  bad('pathTrace', 'zero threads', 'RangeError', 'threads', () => [frame(), { threads: 0 }]),
];

/** Makes the call; gives what the synchronous form throws, or undefined when it doesn't. */
export function refusalSync(core: Core, { kernel, args }: BadCall): unknown {
  try {
    (core[`${kernel}Sync`] as AnyFunction)(...args());
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Makes the call; gives what the promise of the asynchronous form rejects with. A throw is a failure of the test. */
export async function refusalAsync(core: Core, { kernel, args }: BadCall): Promise<unknown> {
  const promise = (core[kernel] as AnyFunction)(...args()) as Promise<unknown>;
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}
