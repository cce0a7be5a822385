// Bad input: every case is a TypeError or RangeError with code HEDDLE_ARGUMENT that names the argument, in both forms,
// and nothing is written.
import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import * as examples from '../src/examples/index.ts';
import * as root from '../src/index.ts';
import { isMissing, reportMissing } from './native.ts';

type Call = (...values: unknown[]) => unknown;
type AsyncCall = (...values: unknown[]) => Promise<unknown>;
interface Case {
  kernel: string;
  argument: string;
  error: typeof TypeError | typeof RangeError;
  values: unknown[];
}

const api: Record<string, unknown> = { ...root, ...examples };

const x = (): Float64Array => new Float64Array([3, 1, 2, 4]);
const picture = { width: 2, height: 2, centerX: 0, centerY: 0, pixelSize: 1, maxIter: 10 };
const bodies = { positions: new Float64Array(6), masses: new Float64Array(2), softening: 0.1 };
const option = { kind: 'call', spot: 100, strike: 100, rate: 0, volatility: 0.2, years: 1, paths: 10, seed: 1 };
const scene = {
  spheres: Float64Array.of(0, 0, 0, 1, 0, 1, 1, 1, 0),
  view: Float64Array.of(0, 0, 5, 0, 0, 0, 0, 1, 0, 1, 1, 1, 1, 1, 1, 1),
  width: 2,
  height: 2,
  samples: 1,
  seed: 1,
};
const oneByOne = { m: 1, n: 1, k: 1 };
const pair = { dimension: 2, metric: 'squaredL2' };
const one = (): Float64Array => new Float64Array(1);

function detached(): Float64Array {
  const array = x();
  structuredClone(array, { transfer: [array.buffer as ArrayBuffer] });
  return array;
}

/** Values that are no typed array that `sort` takes. */
const notArrays: unknown[] = [
  undefined,
  null,
  0,
  Number.NaN,
  'abc',
  'x'.repeat(10_000),
  true,
  10n,
  Symbol('x'),
  () => 1,
  {},
  [3, 1, 2],
  new ArrayBuffer(8),
  new SharedArrayBuffer(8),
  new DataView(new ArrayBuffer(8)),
  new Uint16Array(2),
  new BigInt64Array(2),
  new Uint8ClampedArray(2),
  new Int8Array(2),
  { length: 3, buffer: new ArrayBuffer(24), byteOffset: 0, byteLength: 24 },
  Object.create(Float64Array.prototype),
  new Proxy(x(), {}),
];
/** Values that are no size, count, or other whole number. */
const notWhole: unknown[] = [Number.NaN, Infinity, -1, 0.5, 2 ** 53, '1', null, {}, 1n];

const type = (kernel: string, argument: string, ...values: unknown[]): Case => ({
  kernel,
  argument,
  error: TypeError,
  values,
});
const range = (kernel: string, argument: string, ...values: unknown[]): Case => ({
  kernel,
  argument,
  error: RangeError,
  values,
});
const either = (kernel: string, argument: string, value: unknown, ...values: unknown[]): Case =>
  (typeof value === 'number' ? range : type)(kernel, argument, ...values);

const overlapping = new Float64Array(8);

const seeded = { seed: 1 };

const cases: Case[] = [
  ...notArrays.flatMap((value) => [
    type('minMax', 'x', value),
    type('dot', 'x', value, x()),
    type('dot', 'y', x(), value),
    type('axpy', 'x', 2, value, x()),
    type('axpy', 'y', 2, x(), value),
    type('randomUniform', 'out', value, seeded),
    type('randomNormal', 'out', value, seeded),
  ]),
  ...notWhole.flatMap((value) => [
    either('randomUniform', 'seed', value, x(), { seed: value }),
    either('randomNormal', 'seed', value, x(), { seed: value }),
  ]),
  range('randomUniform', 'blockStart', x(), { seed: 1, blockStart: 0.5 }),
  type('randomNormal', 'blockStart', x(), { seed: 1, blockStart: '1' }),
  range('minMax', 'x', new Float64Array(0)),
  range('dot', 'y', x(), new Float64Array(3)),
  ...[undefined, null, '2', 2n, {}].map((a) => type('axpy', 'a', a, x(), x())),
  range('axpy', 'y', 2, overlapping.subarray(0, 4), overlapping.subarray(3, 7)),
  range('axpy', 'y', 2, x(), new Float64Array(5)),
  range('randomNormal', 'mean', x(), { seed: 1, mean: Number.NaN }),
  range('randomNormal', 'deviation', x(), { seed: 1, deviation: -1 }),
  ...['sort', 'sum', 'meanVariance', 'prefixSum', 'histogram'].flatMap((kernel) =>
    notArrays.map((value) => type(kernel, 'x', value)),
  ),
  ...['sort', 'sum', 'meanVariance', 'prefixSum'].map((kernel) => type(kernel, 'x', detached())),
  ...notWhole.map((threads) => either('sum', 'threads', threads, x(), { threads })),
  range('sum', 'threads', x(), { threads: 257 }),
  range('sum', 'threads', x(), { threads: 0 }),
  type('sum', 'options', x(), 3),
  type('sum', 'options', x(), null),
  type('prefixSum', 'out', x(), { out: new Float32Array(4) }),
  type('prefixSum', 'out', x(), { out: [0, 0, 0, 0] }),
  type('prefixSum', 'out', x(), { out: detached() }),
  range('prefixSum', 'out', x(), { out: new Float64Array(3) }),
  range('prefixSum', 'out', overlapping.subarray(0, 4), { out: overlapping.subarray(1, 5) }),
  type('histogram', 'bins', x(), { min: 0, max: 1 }),
  ...notWhole.map((bins) => either('histogram', 'bins', bins, x(), { bins, min: 0, max: 1 })),
  range('histogram', 'bins', x(), { bins: 2 ** 20 + 1, min: 0, max: 1 }),
  range('histogram', 'min', x(), { bins: 2, min: Number.NaN, max: 1 }),
  range('histogram', 'max', x(), { bins: 2, min: 0, max: Infinity }),
  range('histogram', 'max', x(), { bins: 2, min: 1, max: 1 }),
  range('histogram', 'max', x(), { bins: 2, min: -1e308, max: 1e308 }),
  range('histogram', 'max', x(), { bins: 2, min: 0, max: 5e-324 }),
  type('histogram', 'bins', new Uint8Array(3), { bins: 4 }),
  type('histogram', 'out', x(), { bins: 2, min: 0, max: 1, out: new Int32Array(2) }),
  range('histogram', 'out', x(), { bins: 2, min: 0, max: 1, out: new Uint32Array(3) }),
  ...notArrays.flatMap((value) => [
    type('matmul', 'a', value, one(), oneByOne),
    type('matmul', 'b', one(), value, oneByOne),
  ]),
  type('matmul', 'a', new Int32Array(1), one(), oneByOne),
  type('matmul', 'b', one(), new Float32Array(1), oneByOne),
  type('matmul', 'options', one(), one()),
  type('matmul', 'm', one(), one(), {}),
  ...(['m', 'n', 'k'] as const).flatMap((side) =>
    notWhole.map((value) => either('matmul', side, value, one(), one(), { ...oneByOne, [side]: value })),
  ),
  range('matmul', 'a', one(), one(), { m: 2 ** 31 - 1, n: 1, k: 2 ** 31 - 1 }),
  range('matmul', 'b', one(), one(), { m: 1, n: 2, k: 1 }),
  range('matmul', 'm x n', new Float64Array(0), new Float64Array(0), { m: 2 ** 31 - 1, n: 2 ** 31 - 1, k: 0 }),
  type('matmul', 'out', one(), one(), { ...oneByOne, out: new Float32Array(1) }),
  range('matmul', 'out', one(), one(), { ...oneByOne, out: new Float64Array(2) }),
  range('matmul', 'out', overlapping.subarray(0, 1), one(), { ...oneByOne, out: overlapping.subarray(0, 1) }),
  ...['fft', 'ifft'].flatMap((kernel) => [
    ...notArrays.flatMap((value) => [type(kernel, 're', value, x()), type(kernel, 'im', x(), value)]),
    type(kernel, 're', new Float32Array(4), x()),
    type(kernel, 'im', x(), detached()),
    range(kernel, 're', new Float64Array(6), new Float64Array(6)),
    range(kernel, 're', new Float64Array(0), new Float64Array(0)),
    range(kernel, 're', x(), x(), { transforms: 3 }),
    range(kernel, 're', x(), x(), { transforms: 0 }),
    range(kernel, 'im', x(), new Float64Array(8)),
    range(kernel, 'im', overlapping.subarray(0, 4), overlapping.subarray(3, 7)),
    ...notWhole.map((value) => either(kernel, 'transforms', value, x(), x(), { transforms: value })),
    type(kernel, 'options', x(), x(), 2),
    range(kernel, 'threads', x(), x(), { threads: 0 }),
  ]),
  ...notArrays.flatMap((value) => [
    type('distances', 'queries', value, x(), pair),
    type('distances', 'rows', x(), value, pair),
  ]),
  type('distances', 'rows', x(), new Float32Array(4), pair),
  type('distances', 'options', x(), x()),
  type('distances', 'dimension', x(), x(), { metric: 'dot' }),
  ...notWhole.map((dimension) => either('distances', 'dimension', dimension, x(), x(), { ...pair, dimension })),
  range('distances', 'dimension', x(), x(), { ...pair, dimension: 0 }),
  type('distances', 'metric', x(), x(), { dimension: 2 }),
  type('distances', 'metric', x(), x(), { dimension: 2, metric: 1 }),
  range('distances', 'metric', x(), x(), { dimension: 2, metric: 'cosine'.repeat(100) }),
  range('distances', 'queries', x(), x(), { ...pair, dimension: 3 }),
  range('distances', 'rows', x(), new Float64Array(5), pair),
  type('distances', 'out', x(), x(), { ...pair, out: new Float32Array(4) }),
  range('distances', 'out', x(), x(), { ...pair, out: new Float64Array(5) }),
  range('distances', 'out', overlapping.subarray(0, 4), x(), { ...pair, out: overlapping.subarray(2, 6) }),
  range('distances', 'out', x(), overlapping.subarray(0, 4), { ...pair, out: overlapping.subarray(2, 6) }),
  ...[undefined, null, 'abc', 7].map((value) => type('mandelbrot', 'parameters', value)),
  ...(['width', 'height', 'maxIter'] as const).flatMap((name) =>
    notWhole.map((value) => either('mandelbrot', name, value, { ...picture, [name]: value })),
  ),
  range('mandelbrot', 'width', { ...picture, width: 2 ** 20 + 1 }),
  range('mandelbrot', 'maxIter', { ...picture, maxIter: 0 }),
  range('mandelbrot', 'maxIter', { ...picture, maxIter: 65_536 }),
  range('mandelbrot', 'centerX', { ...picture, centerX: Number.NaN }),
  type('mandelbrot', 'centerY', { ...picture, centerY: '0' }),
  range('mandelbrot', 'pixelSize', { ...picture, pixelSize: 0 }),
  range('mandelbrot', 'pixelSize', { ...picture, pixelSize: Infinity }),
  range('mandelbrot', 'rowStart', { ...picture, rowStart: 3 }),
  range('mandelbrot', 'rowCount', { ...picture, rowStart: 1, rowCount: 2 }),
  range('mandelbrot', 'rowCount x width', { ...picture, width: 2 ** 20, height: 2 ** 20 }),
  type('mandelbrot', 'out', { ...picture, out: new Uint8Array(4) }),
  range('mandelbrot', 'out', { ...picture, out: new Uint16Array(5) }),
  type('nbodyAccelerations', 'parameters', undefined),
  type('nbodyAccelerations', 'positions', { ...bodies, positions: new Float32Array(6) }),
  type('nbodyAccelerations', 'masses', { ...bodies, masses: [1, 2] }),
  range('nbodyAccelerations', 'positions', { ...bodies, positions: new Float64Array(7) }),
  range('nbodyAccelerations', 'softening', { ...bodies, softening: -1 }),
  range('nbodyAccelerations', 'softening', { ...bodies, softening: Number.NaN }),
  range('nbodyAccelerations', 'precision', { ...bodies, precision: 'sloppy' }),
  type('nbodyAccelerations', 'precision', { ...bodies, precision: 1 }),
  range('nbodyAccelerations', 'bodyStart', { ...bodies, bodyStart: 3 }),
  range('nbodyAccelerations', 'bodyCount', { ...bodies, bodyStart: 1, bodyCount: 2 }),
  range('nbodyAccelerations', 'out', { ...bodies, out: new Float64Array(5) }),
  range('nbodyAccelerations', 'out', { ...bodies, out: bodies.positions }),
  ...[Number.NaN, 0, -1, 1.5, 2 ** 40 + 1].map((samples) => range('monteCarloPi', 'samples', { samples, seed: 1 })),
  ...[Number.NaN, -1, 1.5, 2 ** 32].map((seed) => range('monteCarloPi', 'seed', { samples: 1, seed })),
  range('monteCarloPi', 'blockStart', { samples: 1, seed: 1, blockStart: 2 ** 40 + 1 }),
  ...(['spot', 'strike', 'rate', 'volatility', 'years'] as const).flatMap((name) => [
    ...[Number.NaN, Infinity, -2, 2e15].map((value) => range('optionPrice', name, { ...option, [name]: value })),
    ...[undefined, null, '1', 1n, {}].map((value) => type('optionPrice', name, { ...option, [name]: value })),
  ]),
  ...(['dates', 'paths', 'seed', 'blockStart'] as const).flatMap((name) =>
    notWhole
      .filter((value) => value !== null)
      .map((value) => either('optionPrice', name, value, { ...option, [name]: value })),
  ),
  range('optionPrice', 'paths', { ...option, paths: 0 }),
  range('optionPrice', 'spot', { ...option, spot: 0 }),
  range('optionPrice', 'kind', { ...option, kind: 'x'.repeat(1000) }),
  type('optionPrice', 'kind', { ...option, kind: 1 }),
  type('optionPrice', 'sums', { ...option, sums: [0, 0] }),
  type('optionPrice', 'sums', { ...option, sums: detached() }),
  range('optionPrice', 'sums', { ...option, sums: new Float64Array(4) }),
  ...(['width', 'height', 'samples', 'seed'] as const).flatMap((name) =>
    notWhole.map((value) => either('pathTrace', name, value, { ...scene, [name]: value })),
  ),
  range('pathTrace', 'samples', { ...scene, samples: 0 }),
  range('pathTrace', 'width', { ...scene, width: 32_769 }),
  range('pathTrace', 'rowStart', { ...scene, rowStart: 3 }),
  range('pathTrace', 'rowCount', { ...scene, rowStart: 1, rowCount: 2 }),
  ...notArrays.flatMap((value) => [
    type('pathTrace', 'spheres', { ...scene, spheres: value }),
    type('pathTrace', 'view', { ...scene, view: value }),
  ]),
  type('pathTrace', 'spheres', { ...scene, spheres: detached() }),
  range('pathTrace', 'spheres', { ...scene, spheres: new Float64Array(10) }),
  range('pathTrace', 'spheres', { ...scene, spheres: Float64Array.of(0, 0, 0, 0, 0, 1, 1, 1, 0) }),
  range('pathTrace', 'spheres', { ...scene, spheres: Float64Array.of(0, 0, 0, 1, 0.5, 1, 1, 1, 0) }),
  range('pathTrace', 'spheres', { ...scene, spheres: Float64Array.of(0, 0, 0, 1, 0, 1, 1, Infinity, 0) }),
  range('pathTrace', 'view', { ...scene, view: new Float64Array(16) }),
  range('pathTrace', 'view', { ...scene, view: new Float64Array(17) }),
  type('pathTrace', 'out', { ...scene, out: new Float64Array(12) }),
  range('pathTrace', 'out', { ...scene, out: new Float32Array(13) }),
  range('pathTrace', 'out', { ...scene, out: new Float32Array(scene.view.buffer, 64, 12) }),
  range('pathTrace', 'out', { ...scene, out: new Float32Array(scene.spheres.buffer, 0, 12) }),
];

function check(error: unknown, { kernel, argument, error: Class }: Case): void {
  expect(error).toBeInstanceOf(Class);
  expect(error).toHaveProperty('code', 'HEDDLE_ARGUMENT');
  const { message } = error as Error;
  expect(message.startsWith(`${kernel}: ${argument} `), message).toBe(true);
  expect(message).toMatch(/ must .*, got /);
  expect(message.length).toBeLessThan(250);
}

reportMissing();

describe.skipIf(isMissing)('bad arguments', () => {
  it(`are refused by the synchronous form, each with its name (${cases.length} cases)`, () => {
    for (const bad of cases) {
      let thrown: unknown;
      try {
        (api[`${bad.kernel}Sync`] as Call)(...bad.values);
      } catch (error) {
        thrown = error;
      }
      check(thrown, bad);
    }
  });

  it('are rejected, not thrown, by the asynchronous form', async () => {
    for (const bad of cases) {
      const promise = (api[bad.kernel] as Call)(...bad.values) as Promise<unknown>;
      expect(promise).toBeInstanceOf(Promise);
      check(await promise.catch((error: unknown) => error), bad);
    }
  });

  it.each([
    ['signal', { signal: {} }],
    ['signal', { signal: null }],
    ['move', { move: 1 }],
  ])('%s of the wrong kind is rejected', async (argument, options) => {
    const error: unknown = await (root.sum as AsyncCall)(x(), options).catch((caught: unknown) => caught);
    check(error, { kernel: 'sum', argument, error: TypeError, values: [] });
  });

  it('setPoolThreads refuses what is no number of threads', () => {
    for (const value of [0, 257, Number.NaN, 1.5]) {
      expect(() => root.setPoolThreads(value)).toThrow(expect.objectContaining({ code: 'HEDDLE_ARGUMENT' }));
    }
    expect(() => root.setPoolThreads('2' as unknown as number)).toThrow(TypeError);
  });

  it('leave arrays as they were', async () => {
    const array = x();
    await expect(root.sort(array, { threads: 0 })).rejects.toThrow(RangeError);
    await expect(root.sort(array, { move: 'yes' as unknown as boolean })).rejects.toThrow(TypeError);
    expect(array).toEqual(x());
  });

  it('typed arrays of another realm, subclasses and Buffers are taken', () => {
    const foreign = vm.runInNewContext('new Float64Array([3, 1, 2])') as Float64Array;
    expect([...root.sortSync(foreign)]).toEqual([1, 2, 3]);
    class Mine extends Int32Array {}
    expect([...root.sortSync(Mine.of(3, -1, 2))]).toEqual([-1, 2, 3]);
    expect(root.histogramSync(Buffer.from('aab'))['a'.charCodeAt(0)]).toBe(2);
  });

  it('a lying length or buffer property is not believed', () => {
    const array = x();
    Object.defineProperty(array, 'length', { value: 1_000_000_000 });
    expect(() => root.sortSync(array)).not.toThrow();
    expect(Array.prototype.slice.call(array, 0, 4)).toEqual([1, 2, 3, 4]);
    const small = new Float64Array(2);
    Object.defineProperty(small, 'length', { value: 4 });
    expect(() => root.prefixSumSync(x(), { out: small })).toThrow(RangeError);
    expect(() => root.matmulSync(x(), x(), { m: 2, n: 2, k: 2, out: small })).toThrow(RangeError);
    expect(() => root.dotSync(x(), small)).toThrow(RangeError);
    expect(() => root.axpySync(1, x(), small)).toThrow(RangeError);
    const empty = new Float64Array(0);
    Object.defineProperty(empty, 'length', { value: 4 });
    expect(() => root.minMaxSync(empty)).toThrow(RangeError);
    root.randomUniformSync(small, { seed: 1 });
    expect(small[1]).toBeLessThan(1);
  });
});
