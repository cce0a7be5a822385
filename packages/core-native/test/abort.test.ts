import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { mandelbrot, monteCarloPi, optionPrice, pathTrace } from '../src/examples/index.ts';
import { axpy, dot, fft, minMax, poolThreads, randomNormal, randomUniform, sort, sum } from '../src/index.ts';
import { isMissing, numbers, reportMissing, shared } from './native.ts';

/** Hours of work: a test that waits for it hangs. */
const ENDLESS = { samples: 2 ** 40, seed: 1 };

reportMissing();

describe.skipIf(isMissing)('AbortSignal', () => {
  it('that is aborted already rejects with its reason, and nothing is moved', async () => {
    const reason = new Error('not wanted');
    const x = numbers(10);
    await expect(sort(x, { signal: AbortSignal.abort(reason), move: true })).rejects.toBe(reason);
    expect(x.length).toBe(10);
  });

  it('stops work that runs, on any number of threads', async () => {
    const market = { kind: 'call', spot: 100, strike: 100, rate: 0, volatility: 0.2, years: 1, dates: 1024 } as const;
    const scene = {
      spheres: Float64Array.of(0, 0, 0, 1, 0, 1, 1, 1, 0),
      view: Float64Array.of(0, 0, 5, 0, 0, 0, 0, 1, 0, 1, 1, 1, 1, 1, 1, 1),
      width: 1000,
      height: 8000,
      samples: 4096,
      seed: 1,
    };
    const starts = [1, 2].flatMap((threads) => [
      (signal: AbortSignal) => monteCarloPi(ENDLESS, { signal, threads }),
      (signal: AbortSignal) => optionPrice({ ...market, paths: 2 ** 32, seed: 1 }, { signal, threads }),
      (signal: AbortSignal) => pathTrace(scene, { signal, threads }),
    ]);
    for (const start of starts) {
      const controller = new AbortController();
      const promise = start(controller.signal);
      // Something that ran after the first kernel was queued has come back: the pool is at work.
      await sum(numbers(10), { threads: 1 });
      const reason = { any: 'value' };
      controller.abort(reason);
      await expect(promise).rejects.toBe(reason);
    }
  });

  it('stops work that still waits for a thread', async () => {
    const controller = new AbortController();
    const promises = Array.from({ length: 50 }, () => monteCarloPi(ENDLESS, { signal: controller.signal }));
    controller.abort();
    for (const outcome of await Promise.allSettled(promises)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } });
    }
  });

  it('stops vector and random kernels that wait behind others', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const [x, y] = [shared(numbers(1000)), shared(numbers(1000, 2))];
    // More than there are threads: jobs are taken in turn, so none is left for those behind.
    const busy = Array.from({ length: 2 * poolThreads() }, () => monteCarloPi(ENDLESS, { signal }));
    const promises = [
      minMax(x, { signal }),
      dot(x, y, { signal }),
      axpy(2, x, y, { signal }),
      randomUniform(y, { signal, seed: 1 }),
      randomNormal(y, { signal, seed: 1 }),
    ];
    controller.abort();
    for (const outcome of await Promise.allSettled([...busy, ...promises])) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } });
    }
  });

  it('stops one call and leaves the others alone', async () => {
    const controller = new AbortController();
    const stopped = monteCarloPi(ENDLESS, { signal: controller.signal });
    const picture = { width: 200, height: 200, centerX: -0.6, centerY: 0, pixelSize: 0.01, maxIter: 200 };
    const kept = mandelbrot(picture);
    controller.abort();
    await expect(stopped).rejects.toThrow();
    expect(await kept).toHaveLength(40_000);
  });

  it('leaves a plain array as it was', async () => {
    const x = numbers(2_000_000);
    const copy = x.slice();
    const controller = new AbortController();
    const promise = sort(x, { signal: controller.signal });
    controller.abort();
    await expect(promise).rejects.toThrow();
    expect(Buffer.compare(Buffer.from(x.buffer), Buffer.from(copy.buffer))).toBe(0);
  });

  it('stops a transform between its tiles, and leaves plain arrays as they were', async () => {
    const [re, im] = [numbers(2 ** 21), numbers(2 ** 21, 2)];
    const controller = new AbortController();
    const promise = fft(re, im, { signal: controller.signal });
    controller.abort();
    await expect(promise).rejects.toMatchObject({ name: 'AbortError' });
    // By bytes: the runner's own comparison takes many seconds over so many numbers.
    for (const [seed, part] of [re, im].entries()) {
      const untouched = numbers(2 ** 21, seed + 1);
      expect(Buffer.compare(Buffer.from(part.buffer), Buffer.from(untouched.buffer))).toBe(0);
    }
  });

  it('after the end changes nothing, and calls don’t pile up listeners', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const x = shared(numbers(1000));
    for (let call = 0; call < 20; call++) await sort(x, { signal });
    await expect(sort(x, { signal, threads: 0 })).rejects.toThrow(RangeError);
    expect(getEventListeners(signal, 'abort').length).toBeLessThanOrEqual(1);
    controller.abort();
    expect(x[0]).toBeLessThanOrEqual(x[999]!);
  });
});
