// What both packages promise beyond their numbers: how bad arguments are refused, and who owns the memory of an
// asynchronous call. One suite, run against each of them.
import { describe, expect, it } from 'vitest';
import { BAD_CALLS, refusalAsync, refusalSync } from './bad-calls.ts';
import { BAD_VECTOR_CALLS } from './bad-vector-calls.ts';
import { expectSameBits } from './bits.ts';
import { javascript, type Core } from './cores.ts';
import { uniform } from './random.ts';

const N = 5000;

function numbers(buffer: ArrayBufferLike = new ArrayBuffer(8 * N)): Float64Array {
  const next = uniform(42);
  return new Float64Array(buffer).map(next);
}

function shared(array: Float64Array): Float64Array {
  const copy = new Float64Array(new SharedArrayBuffer(array.byteLength));
  copy.set(array);
  return copy;
}

export function describeArguments(core: Core): void {
  describe('refuses', () => {
    it.each([...BAD_CALLS, ...BAD_VECTOR_CALLS])('$kernel: $what', async (call) => {
      const refusals = [await refusalAsync(core, call), ...(call.form === 'async' ? [] : [refusalSync(core, call)])];
      for (const error of refusals) {
        expect(error).toBeInstanceOf(call.error === 'TypeError' ? TypeError : RangeError);
        expect(error).toMatchObject({ code: 'HEDDLE_ARGUMENT' });
        const { message } = error as Error;
        expect(message.startsWith(`${call.kernel}: ${call.argument} must `), message).toBe(true);
        expect(message).toMatch(/, got ./);
        expect(message).not.toContain('\n');
      }
    });
  });
}

export function describeMemory(core: Core): void {
  const expected = javascript.sortSync(numbers());

  describe('memory of asynchronous calls', () => {
    it('gives back the plain array that it was given', async () => {
      const x = numbers();
      expect(await core.sort(x)).toBe(x);
      expectSameBits(x, expected);
      const out = new Float64Array(4);
      const [a, b] = [Float64Array.of(1, 2, 3, 4), Float64Array.of(0, 1, 1, 0)];
      expect(await core.matmul(a, b, { m: 2, n: 2, k: 2, out })).toBe(out);
      expect([...out]).toEqual([2, 1, 4, 3]);
    });

    it('works in shared memory without a copy', async () => {
      const x = shared(numbers());
      expect(await core.sort(x)).toBe(x);
      expectSameBits(x, expected);
    });

    it('moves plain arrays when asked to, and gives the new view', async () => {
      const x = numbers().subarray(10, N - 10);
      const sorted = javascript.sortSync(x.slice());
      const result = await core.sort(x, { move: true });
      expect(x.byteLength).toBe(0);
      expect(Object.is(result, x)).toBe(false);
      expectSameBits(result, sorted);
    });

    it('moves a buffer once that two arguments share', async () => {
      const a = Float64Array.of(1, 2, 3, 4);
      const product = await core.matmul(a, a, { m: 2, n: 2, k: 2, move: true });
      expect([...product]).toEqual([7, 10, 15, 22]);
      expect(a.byteLength).toBe(0);
    });

    it('leaves shared memory where it is when asked to move', async () => {
      const x = shared(numbers());
      expect(await core.sort(x, { move: true })).toBe(x);
      expectSameBits(x, expected);
    });

    it('takes x and out as one array when both are', async () => {
      const x = Float64Array.of(1, 2, 3);
      const moved = await core.prefixSum(x, { out: x, move: true });
      expect([...moved]).toEqual([1, 3, 6]);
    });

    it('moves nothing when the call is refused or aborted', async () => {
      const x = numbers();
      const reason = new Error('enough');
      await expect(core.sort(x, { move: true, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      await expect(core.sort(x, { move: true, threads: 0 })).rejects.toThrow(RangeError);
      expect(x.length).toBe(N);
      expectSameBits(x, numbers());
    });
  });

  describe('memory of synchronous calls', () => {
    it('takes shared and resizable buffers', () => {
      const Buffer = ArrayBuffer as unknown as new (length: number, options: { maxByteLength: number }) => ArrayBuffer;
      const resizable = new Float64Array(new Buffer(8 * N, { maxByteLength: 16 * N }));
      resizable.set(numbers());
      expectSameBits(core.sortSync(resizable), expected);
      expectSameBits(core.sortSync(shared(numbers())), expected);
    });
  });
}
