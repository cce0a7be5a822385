// The asynchronous forms of minMax, dot, axpy and the random numbers: whose memory the results are in, and that they are
// those of the synchronous forms. One suite, run against each package.
import { describe, expect, it } from 'vitest';
import type { KernelOptions, RandomParameters } from '../../src/index.ts';
import { expectSameBits } from './bits.ts';
import { javascript, type Core } from './cores.ts';
import { uniform } from './random.ts';

const N = 100_000;

type FillSync = (out: Float64Array, options: RandomParameters) => Float64Array;
type Fill = (out: Float64Array, options: RandomParameters & KernelOptions) => Promise<Float64Array>;

function numbers(seed: number): Float64Array {
  return new Float64Array(N).map(uniform(seed));
}

function shared(array: Float64Array): Float64Array {
  const copy = new Float64Array(new SharedArrayBuffer(array.byteLength));
  copy.set(array);
  return copy;
}

export function describeVectors(core: Core): void {
  describe('asynchronous vector kernels', () => {
    it('reduce plain, shared and moved arrays alike', async () => {
      const expected = { dot: javascript.dotSync(numbers(1), numbers(2)), minMax: javascript.minMaxSync(numbers(1)) };
      expect(await core.dot(numbers(1), numbers(2))).toBe(expected.dot);
      expect(await core.dot(shared(numbers(1)), numbers(2))).toBe(expected.dot);
      expect(await core.minMax(numbers(1))).toEqual(expected.minMax);
      expect(await core.minMax(shared(numbers(1)))).toEqual(expected.minMax);
      const [x, y] = [numbers(1), numbers(2)];
      expect(await core.dot(x, y, { move: true })).toBe(expected.dot);
      expect([x.length, y.length]).toEqual([0, 0]);
    });

    it('axpy changes the given y, shared or not, and no x', async () => {
      const expected = javascript.axpySync(0.3, numbers(1), numbers(2));
      const [x, y] = [numbers(1), numbers(2)];
      expect(await core.axpy(0.3, x, y)).toBe(y);
      expectSameBits(y, expected, 'plain');
      expectSameBits(x, numbers(1), 'x');
      const sharedY = shared(numbers(2));
      expect(await core.axpy(0.3, x, sharedY)).toBe(sharedY);
      expectSameBits(sharedY, expected, 'shared');
    });

    it('axpy gives the moved y', async () => {
      const expected = javascript.axpySync(0.3, numbers(1), numbers(2));
      const [x, y] = [numbers(1), numbers(2)];
      const moved = await core.axpy(0.3, x, y, { move: true });
      expect([x.length, y.length]).toEqual([0, 0]);
      expectSameBits(moved, expected);
    });

    it('axpy takes one array for both', async () => {
      const expected = numbers(1);
      javascript.axpySync(2, expected, expected);
      for (const options of [{}, { move: true }]) {
        const x = numbers(1);
        expectSameBits(await core.axpy(2, x, x, options), expected);
        const both = shared(numbers(1));
        expect(await core.axpy(2, both, both, options)).toBe(both);
        expectSameBits(both, expected, 'shared');
      }
    });

    it.each(['randomUniform', 'randomNormal'] as const)(
      '%s fills the given array, shared, moved or not',
      async (kernel) => {
        const options = { seed: 5, blockStart: 3 };
        const fillSync: FillSync = javascript[`${kernel}Sync`];
        const fill: Fill = core[kernel];
        const expected = fillSync(new Float64Array(N), options);
        const plain = new Float64Array(N);
        expect(await fill(plain, options)).toBe(plain);
        expectSameBits(plain, expected, 'plain');
        const inPlace = shared(new Float64Array(N));
        expect(await fill(inPlace, options)).toBe(inPlace);
        expectSameBits(inPlace, expected, 'shared');
        const given = new Float64Array(N);
        const moved = await fill(given, { ...options, move: true });
        expect(given.length).toBe(0);
        expectSameBits(moved, expected, 'moved');
      },
    );

    it('take empty arrays where there is an answer', async () => {
      const none = new Float64Array(0);
      expect(Object.is(await core.dot(none, none), 0)).toBe(true);
      expect(Object.is(core.dotSync(none, none), 0)).toBe(true);
      expect(await core.axpy(2, none, none)).toBe(none);
      expect(await core.randomUniform(none, { seed: 1 })).toBe(none);
      expect(core.randomNormalSync(none, { seed: 1 })).toBe(none);
    });

    it('end with the signal’s reason and leave plain arrays alone', async () => {
      const reason = new Error('enough');
      const options = { signal: AbortSignal.abort(reason), move: true };
      const [x, y] = [numbers(1), numbers(2)];
      await expect(core.dot(x, y, options)).rejects.toBe(reason);
      await expect(core.minMax(x, options)).rejects.toBe(reason);
      await expect(core.axpy(2, x, y, options)).rejects.toBe(reason);
      await expect(core.randomUniform(x, { ...options, seed: 1 })).rejects.toBe(reason);
      await expect(core.randomNormal(x, { ...options, seed: 1 })).rejects.toBe(reason);
      expectSameBits(x, numbers(1), 'x');
      expectSameBits(y, numbers(2), 'y');
    });
  });
}
