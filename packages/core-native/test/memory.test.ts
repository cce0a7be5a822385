// Who owns the memory of an asynchronous call: shared in place, plain copied or moved, resizable refused; and nothing
// that JavaScript does to a buffer during the work harms the process.
import { markAsUntransferable } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import { mandelbrot, mandelbrotSync, nbodyAccelerations, nbodyAccelerationsSync } from '../src/examples/index.ts';
import {
  distances,
  distancesSync,
  fft,
  fftSync,
  histogram,
  histogramSync,
  matmul,
  matmulSync,
  meanVariance,
  meanVarianceSync,
  poolThreads,
  prefixSum,
  prefixSumSync,
  setPoolThreads,
  sort,
  sortSync,
  sum,
  sumSync,
} from '../src/index.ts';
import { isMissing, numbers, reportMissing, shared } from './native.ts';

const LENGTH = 100_000;

type WasmMemory = new (descriptor: { initial: number }) => { buffer: ArrayBuffer };

reportMissing();

describe.skipIf(isMissing)('memory of asynchronous kernels', () => {
  const before = isMissing ? 1 : poolThreads();
  if (!isMissing) setPoolThreads(4);
  afterAll(() => setPoolThreads(before));

  it('plain arrays give what the synchronous form gives, in the caller’s own array', async () => {
    const x = numbers(LENGTH);
    const sorted = sortSync(x.slice());
    const mine = x.slice();
    expect(await sort(mine)).toBe(mine);
    expect(mine).toEqual(sorted);
    expect(await sum(x)).toBe(sumSync(x));
    expect(await meanVariance(x)).toEqual(meanVarianceSync(x));
    const inPlace = x.slice();
    expect(await prefixSum(inPlace)).toBe(inPlace);
    expect(inPlace).toEqual(prefixSumSync(x.slice()));
    const out = new Float64Array(LENGTH);
    expect(await prefixSum(x, { out })).toBe(out);
    expect(out).toEqual(inPlace);
    const range = { bins: 10, min: -1, max: 1 };
    expect(await histogram(x, range)).toEqual(histogramSync(x, range));
    const product = await matmul(x.subarray(0, 600), x.subarray(0, 1500), { m: 20, n: 50, k: 30 });
    expect(product).toEqual(matmulSync(x.subarray(0, 600), x.subarray(0, 1500), { m: 20, n: 50, k: 30 }));
    const [re, im] = [x.slice(0, 1024), x.slice(1024, 2048)];
    const parts = await fft(re, im);
    expect([parts.re === re, parts.im === im]).toEqual([true, true]);
    expect(parts).toEqual(fftSync(x.slice(0, 1024), x.slice(1024, 2048)));
    const shape = { dimension: 30, metric: 'dot' } as const;
    const [queries, rows] = [x.subarray(0, 600), x.subarray(600, 9000)];
    expect(await distances(queries, rows, shape)).toEqual(distancesSync(queries, rows, shape));
    const bodies = { positions: x.subarray(0, 300), masses: x.subarray(300, 400), softening: 0.1 };
    expect(await nbodyAccelerations(bodies)).toEqual(nbodyAccelerationsSync(bodies));
    const picture = { width: 64, height: 64, centerX: -0.6, centerY: 0, pixelSize: 0.04, maxIter: 100 };
    expect(await mandelbrot(picture)).toEqual(mandelbrotSync(picture));
  });

  it('shared arrays are worked on in place', async () => {
    const x = shared(numbers(LENGTH));
    const expected = sortSync(numbers(LENGTH));
    // The copy taken at once is unsorted or being sorted; the shared array itself is the result.
    expect(await sort(x)).toBe(x);
    expect(x.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(x).toEqual(shared(expected));
    const out = new Uint16Array(new SharedArrayBuffer(2 * 100));
    const picture = { width: 10, height: 10, centerX: 0, centerY: 0, pixelSize: 0.3, maxIter: 50, out };
    expect(await mandelbrot(picture)).toBe(out);
    expect([...out]).toEqual([...mandelbrotSync({ ...picture, out: new Uint16Array(100) })]);
  });

  it('a part of a shared array is sorted, the rest untouched', async () => {
    const x = shared(new Float64Array([9, 8, 7, 6, 5, 4]));
    await sort(x.subarray(1, 4));
    expect([...x]).toEqual([9, 6, 7, 8, 5, 4]);
  });

  it('moved arrays leave the caller with detached views and the promise with new ones', async () => {
    const x = numbers(LENGTH);
    const expected = sortSync(x.slice());
    const promise = sort(x, { move: true });
    expect(x.length).toBe(0);
    const result = await promise;
    expect(result === x).toBe(false);
    expect(result).toEqual(expected);
  });

  it('moving takes the whole buffer and gives the same part of it', async () => {
    const all = new Float64Array([9, 8, 7, 6]);
    const result = await sort(all.subarray(1, 3), { move: true });
    expect(all.length).toBe(0);
    expect([...result]).toEqual([7, 8]);
    expect(result.byteOffset).toBe(8);
  });

  it('several arrays over one buffer are moved together, shared ones stay', async () => {
    const buffer = new ArrayBuffer(8 * 8);
    const x: Float64Array = new Float64Array(buffer, 0, 4).fill(1);
    const out: Float64Array = new Float64Array(buffer, 32, 4);
    const result = await prefixSum(x, { out, move: true });
    expect([...result]).toEqual([1, 2, 3, 4]);
    expect(buffer.byteLength).toBe(0);
    const sharedOut: Float64Array = new Float64Array(new SharedArrayBuffer(32));
    const ones: Float64Array = new Float64Array([1, 1, 1, 1]);
    expect(await prefixSum(ones, { out: sharedOut, move: true })).toBe(sharedOut);
    expect([...sharedOut]).toEqual([1, 2, 3, 4]);
  });

  it('the two halves of a buffer are moved, and transformed in place in shared memory', async () => {
    const x = numbers(512);
    const expected = fftSync(x.slice(0, 256), x.slice(256));
    const all = shared(x);
    const inPlace = await fft(all.subarray(0, 256), all.subarray(256));
    expect([...all]).toEqual([...expected.re, ...expected.im]);
    expect(inPlace.re.buffer).toBe(all.buffer);
    const { re, im } = await fft(x.subarray(0, 256), x.subarray(256), { move: true });
    expect(x.length).toBe(0);
    expect(re.buffer).toBe(im.buffer);
    expect({ re: re.slice(), im: im.slice() }).toEqual(expected);
  });

  it('a buffer that can’t be transferred is refused when it should be moved', async () => {
    const x = numbers(10);
    markAsUntransferable(x.buffer);
    await expect(sort(x, { move: true })).rejects.toMatchObject({ name: 'TypeError', code: 'HEDDLE_ARGUMENT' });
    expect(x.length).toBe(10);
    const { Memory } = (globalThis as unknown as { WebAssembly: { Memory: WasmMemory } }).WebAssembly;
    const memory = new Float64Array(new Memory({ initial: 1 }).buffer);
    await expect(sum(memory, { move: true })).rejects.toMatchObject({ code: 'HEDDLE_ARGUMENT' });
    expect(await sum(memory)).toBe(0);
  });

  it('resizable buffers are refused, but taken by the synchronous form', async () => {
    type Resizable = new (length: number, options: { maxByteLength: number }) => ArrayBuffer;
    const x = new Float64Array(new (ArrayBuffer as Resizable)(80, { maxByteLength: 800 }));
    for (const options of [{}, { move: true }]) {
      await expect(sort(x, options)).rejects.toMatchObject({ name: 'RangeError', code: 'HEDDLE_ARGUMENT' });
    }
    await expect(matmul(numbers(1), x.subarray(0, 1), { m: 1, n: 1, k: 1 })).rejects.toThrow(
      /b must have .* fixed size/,
    );
    x.set([3, 1, 2]);
    expect(sortSync(x.subarray(0, 3))).toEqual(new Float64Array([1, 2, 3]));
  });

  it('a transfer during the work harms nobody: the result has nowhere to go and the promise says so', async () => {
    const x = numbers(LENGTH);
    const promise = sort(x);
    structuredClone(x, { transfer: [x.buffer as ArrayBuffer] });
    await expect(promise).rejects.toMatchObject({ name: 'TypeError', code: 'HEDDLE_ARGUMENT' });
    const input = numbers(LENGTH);
    const expected = sumSync(input);
    const total = sum(input);
    structuredClone(input, { transfer: [input.buffer as ArrayBuffer] });
    expect(await total).toBe(expected); // copied before: an input is not needed any more
  });

  it('a view that lies about its buffer is moved, or refused, as what it is', async () => {
    class Lying extends Float64Array<ArrayBuffer> {
      override get buffer(): ArrayBuffer {
        return new SharedArrayBuffer(8) as unknown as ArrayBuffer;
      }
    }
    const x = new Lying(Float64Array.of(3, 1, 2).buffer);
    const result = await sort<Float64Array>(x, { move: true });
    expect(result === x).toBe(false);
    expect(x.length).toBe(0);
    expect([...result]).toEqual([1, 2, 3]);
    type Resizable = new (length: number, options: { maxByteLength: number }) => ArrayBuffer;
    const resizable = new Lying(new (ArrayBuffer as Resizable)(24, { maxByteLength: 80 }));
    await expect(sum(resizable)).rejects.toMatchObject({ name: 'RangeError', code: 'HEDDLE_ARGUMENT' });
  });

  // Two readings of an option may differ: the array that was checked counts, and it stays the caller's.
  const x = numbers(100);
  const pair = x.subarray(0, 2);
  it.each([
    ['histogram', new Uint32Array(4), { bins: 4, min: -1, max: 1 }, (all: never) => histogram(x, all)],
    ['matmul', new Float64Array(4), { m: 2, n: 2, k: 1 }, (all: never) => matmul(pair, pair, all)],
    ['distances', new Float64Array(4), { dimension: 1, metric: 'dot' }, (all: never) => distances(pair, pair, all)],
    [
      'mandelbrot',
      new Uint16Array(4),
      { width: 2, height: 2, centerX: 0, centerY: 0, pixelSize: 1, maxIter: 10 },
      (all: never) => mandelbrot(all),
    ],
    [
      'nbodyAccelerations',
      new Float64Array(6),
      { positions: x.subarray(0, 6), masses: pair, softening: 1 },
      (all: never) => nbodyAccelerations(all),
    ],
  ])('%s keeps no output that is there at one reading only', async (_, { constructor, length }, base, call) => {
    for (let readings = 1; readings < 6; readings++) {
      const out = new (constructor as new (length: number) => Float64Array)(length);
      let read = 0;
      const options = Object.defineProperty({ ...base }, 'out', {
        get: () => (read++ < readings ? out : undefined),
      });
      const promise = call(options as never);
      // The memory stays alive, so that a write to it is seen here and is no crash.
      const { buffer } = out;
      const kept = structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });
      await expect(promise).rejects.toMatchObject({ name: 'TypeError', code: 'HEDDLE_ARGUMENT' });
      expect(new Uint8Array(kept)).toEqual(new Uint8Array(kept.byteLength));
    }
  });

  it('changes made during the work don’t reach a copied input', async () => {
    const x = numbers(LENGTH);
    const expected = sumSync(x);
    const promise = sum(x);
    x.fill(0);
    expect(await promise).toBe(expected);
  });

  it('many calls at once settle each with its own result', async () => {
    const inputs = Array.from({ length: 200 }, (_, index) => numbers(500 + index, index + 1));
    const sums = await Promise.all(inputs.map((input) => sum(input)));
    expect(sums).toEqual(inputs.map((input) => sumSync(input)));
    const sorted = await Promise.all(inputs.map((input) => sort(input.slice(), { move: true })));
    expect(sorted).toEqual(inputs.map((input) => sortSync(input.slice())));
  });

  it('empty and one-element arrays work everywhere', async () => {
    for (const length of [0, 1]) {
      const x = new Float64Array(length).fill(7);
      expect(await sort(x.slice())).toEqual(x);
      expect(await sort(x.slice(), { move: true })).toEqual(x);
      expect(await sort(shared(x))).toHaveLength(length);
      expect(await sum(x)).toBe(length * 7);
      expect(await prefixSum(x.slice())).toEqual(x);
      expect(await histogram(x, { bins: 1, min: 0, max: 10 })).toEqual(Uint32Array.of(length));
      expect(await matmul(x, x, { m: length, n: length, k: length })).toEqual(x.map((v) => v * v));
    }
    expect(Object.is(await sum(new Float64Array(0)), 0)).toBe(true);
  });
});
