import { describe, expect, it } from 'vitest';
import { coresAllowed } from '@heddle/machine';
import { parsePoolOptions } from '../../src/pool/pool-size.ts';

const messageOf = (raw: unknown): string => {
  try {
    parsePoolOptions(raw);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('expected a refusal');
};

describe('options of a pool', () => {
  it('have defaults and are frozen', () => {
    const options = parsePoolOptions(undefined);
    expect(options).toMatchObject({
      backend: 'threads',
      workersMax: coresAllowed(),
      tasksPerWorker: 1,
      cancelGraceMs: 250,
      idleTimeoutMs: 30_000,
      queueLimit: 1_000_000,
      retries: 0,
      retryOn: 'crash',
      retryDelayMs: 100,
      restartLimit: { count: 5, windowMs: 30_000 },
    });
    expect(Object.isFrozen(options)).toBe(true);
    expect(parsePoolOptions({ backend: 'inline' })).toMatchObject({ workersMax: 1, tasksPerWorker: 512 });
    expect(parsePoolOptions({ backend: 'inline', workers: 3 })).toMatchObject({ workersMax: 1, tasksPerWorker: 3 });
  });

  it.each([
    [{ worker: 2 }, 'createPool has no option "worker"; did you mean "workers"?'],
    [{ unheard: 2 }, 'createPool has no option "unheard"; known: backend, workers'],
    [{ limits: { heapMib: 2 } }, 'limits has no option "heapMib"; did you mean "heapMiB"?'],
    [{ workers: 0 }, 'option "workers" of createPool must be \'auto\' or an integer from 1 to 1024'],
    [{ workers: 2.5 }, 'got 2.5'],
    [{ workers: '2' }, "got '2'"],
    [{ workers: 1025 }, 'from 1 to 1024 with backend "threads"'],
    [{ backend: 'best' }, "must be one of 'auto', 'threads', 'processes', 'inline'; got 'best'"],
    [{ prefer: { isolation: 'heap' } }, `prefer has no effect with backend "threads": nothing is left to choose`],
    [{ objective: 'memory', backend: 'inline' }, 'objective has no effect with backend "inline"'],
    [{ objective: 'speed', backend: 'auto' }, `must be one of 'throughput', 'latency', 'memory'; got 'speed'`],
    [{ prefer: { speed: 1 }, backend: 'auto' }, 'prefer has no option "speed"'],
    [{ backend: null }, 'got null'],
    [
      { taskTimeoutMs: 0 },
      'option "taskTimeoutMs" of createPool must be an integer of milliseconds from 1 to 2147483647',
    ],
    [{ taskTimeoutMs: NaN }, 'got NaN'],
    [{ cancelGraceMs: -1 }, 'from 0 to'],
    [{ idleTimeoutMs: 2 ** 31 }, 'or Infinity; got 2147483648'],
    [{ queueLimit: -1 }, 'of tasks from 0'],
    [{ name: '' }, 'printable'],
    [{ retries: -1 }, 'option "retries" of createPool must be an integer of runs from 0 to 1000; got -1'],
    [{ retries: NaN }, 'got NaN'],
    [{ retries: Infinity }, 'got Infinity'],
    [{ retryOn: 'always' }, "must be 'crash', 'error', or a function (error, attempt) => boolean; got 'always'"],
    [{ retryDelayMs: -0.5 }, 'of milliseconds from 0 to 2147483647; got -0.5'],
    [{ restartLimit: 3 }, 'option "restartLimit" of createPool must be an object; got 3'],
    [{ restartLimit: { count: -1 } }, 'option "count" of restartLimit must be an integer of restarts from 0'],
    [
      { restartLimit: { windowMs: NaN } },
      'option "windowMs" of restartLimit must be an integer of milliseconds from 1',
    ],
    [{ restartLimit: { seconds: 1 } }, 'restartLimit has no option "seconds"; known: count, windowMs'],
    [{ name: 'a\nb' }, "got 'a\\nb'"],
    [{ env: { A: 1 } }, 'an object of strings'],
    [{ execArgv: '--x' }, 'an array of strings'],
    [{ limits: 5 }, 'option "limits" of createPool must be an object; got 5'],
    [{ limits: { heapMiB: 0.5 } }, 'option "heapMiB" of limits must be an integer of MiB from 8'],
    [{ unsafeByReference: 1 }, 'true or false'],
    ['threads', 'the options of createPool must be an object'],
    [[], 'the options of createPool must be an object'],
    [{ backend: 'inline', limits: { heapMiB: 64 } }, 'limits.heapMiB has no effect with backend "inline"'],
    [{ backend: 'inline', env: {} }, 'env has no effect with backend "inline"'],
    [{ backend: 'inline', execArgv: [] }, 'execArgv has no effect with backend "inline"'],
    [{ unsafeByReference: true }, 'unsafeByReference has no effect with backend "threads"'],
    [
      { require: { isolation: 'process' }, backend: 'threads' },
      `require.isolation 'process' can't be met with backend 'threads'`,
    ],
    [{ require: { isolation: 'heap' }, backend: 'inline' }, `use backend 'threads' or 'processes'`],
    [
      { require: { isolation: 'sandbox', sharedMemory: true } },
      `require.sharedMemory true can't be met with require.isolation 'sandbox'`,
    ],
    [
      { require: { sharedMemory: true }, backend: 'processes' },
      `require.sharedMemory true can't be met with backend 'processes'`,
    ],
    [{ require: { isolation: 'container' } }, `one of 'none', 'heap', 'process', 'sandbox'; got 'container'`],
    [{ require: { isolatoin: 'heap' } }, `did you mean "isolation"?`],
    [{ require: 'process' }, 'option "require" of createPool must be an object'],
    [{ limits: { heapMiB: 7 } }, 'an integer of MiB from 8'],
    [
      { limits: { rssMiB: 63 }, backend: 'processes' },
      '"rssMiB" of limits must be an integer of MiB from 64 to 1048576; got 63',
    ],
    [{ limits: { cpuSeconds: 0 }, backend: 'processes' }, 'an integer of seconds from 1'],
    [{ limits: { rssMiB: 100 } }, `limits.rssMiB has no effect with backend "threads": use backend 'processes'`],
    [{ limits: { cpuSeconds: 1 }, backend: 'inline' }, 'limits.cpuSeconds has no effect with backend "inline"'],
  ])('refuse %j', (raw, expected) => {
    expect(messageOf(raw)).toContain(expected);
  });

  it.each([
    [{}, 'threads'],
    [{ require: { isolation: 'none', sharedMemory: true } }, 'threads'],
    [{ require: { isolation: 'heap' } }, 'threads'],
    [{ require: { isolation: 'heap' }, backend: 'processes' }, 'processes'],
    [{ require: { isolation: 'process' } }, 'processes'],
    [{ require: { isolation: 'sandbox', sharedMemory: false } }, 'processes'],
  ])('choose a backend for %j: %s', (raw, backend) => {
    expect(parsePoolOptions(raw).backend).toBe(backend);
  });

  it('take undefined as not given', () => {
    expect(parsePoolOptions({ workers: undefined, env: { A: 'x', B: undefined } }).env).toEqual({ A: 'x' });
  });
});
