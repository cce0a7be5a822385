// Pools of one tree of programs share its cores: what each worker is told, and what nested pools then take.
import { isAvailable } from '@heddle/core-native';
import os from 'node:os';
import { coresAllowed, parseShare, shareOf } from '@heddle/machine';
import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createPool, type PoolOptions } from '@heddle/ts-orchestrator';
import { shareVariables, threadCounts, withUvThreads } from '../../src/isolation/budget.ts';
import { firstShare } from '../../src/pool/first-share.ts';
import { fixture } from '../helpers.ts';

const LIBRARY = new URL('../../dist/bundle/index.js', import.meta.url).href;
const NATIVE = new URL('../../../core-native/dist/index.js', import.meta.url).href;
const cores = coresAllowed();

async function open(options: PoolOptions) {
  const pool = await createPool(fixture('nested-pools.mjs'), { execArgv: [], ...options });
  onTestFinished(() => pool.close());
  return pool;
}

describe('the part of a worker', () => {
  it('leaves nested pools within the cores, however deep, but for the one that each worker needs', () => {
    const workers = fc.integer({ min: 1, max: 64 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 128 }), fc.array(workers, { maxLength: 5 }), (cores, sizes) => {
        let [part, running] = [cores, 1];
        for (const size of sizes) {
          // A pool's default size is its part; who asks for more explicitly gets it.
          const most = Math.min(size, part);
          running *= most;
          part = shareOf(part, most);
        }
        expect(running * part).toBeLessThanOrEqual(cores);
      }),
    );
    expect([shareOf(8, 3), shareOf(8, 8), shareOf(2, 16), shareOf(1, 1)]).toEqual([2, 1, 1, 1]);
  });

  it('is told to known libraries, and keeps two threads for files and names', () => {
    expect(threadCounts(3)).toMatchObject({ HEDDLE_CORES: '3', OMP_NUM_THREADS: '3', UV_THREADPOOL_SIZE: '3' });
    expect(threadCounts(1)).toMatchObject({ HEDDLE_CORES: '1', GOMAXPROCS: '1', UV_THREADPOOL_SIZE: '2' });
    expect(threadCounts(64)).toMatchObject({ HEDDLE_CORES: '64', UV_THREADPOOL_SIZE: '4' });
  });

  it('takes no setting of the user away', () => {
    const env = { OMP_NUM_THREADS: '7', PATH: '/bin' };
    const { OMP_NUM_THREADS: _omp, ...others } = threadCounts(2);
    expect(shareVariables(env, { cores: 2, ofHost: undefined })).toEqual(others);
    expect(shareVariables({ HEDDLE_CORES: '5' }, { cores: 2, ofHost: undefined })).not.toHaveProperty('HEDDLE_CORES');
    expect(env).toEqual({ OMP_NUM_THREADS: '7', PATH: '/bin' });
  });

  it('takes the place of what this program was given itself', () => {
    const { GOMAXPROCS: _go, ...others } = threadCounts(2);
    const given = { ...threadCounts(4), GOMAXPROCS: '9' };
    expect(shareVariables(given, { cores: 2, ofHost: '4' })).toEqual(others);
    // Nonsense is nobody's part.
    const told = shareVariables({ OMP_NUM_THREADS: 'x' }, { cores: 2, ofHost: 'x' });
    expect(told).toMatchObject({ HEDDLE_CORES: '2' });
    expect(told).not.toHaveProperty('OMP_NUM_THREADS');
  });

  it('has its threads of libuv from the start of a process on', () => {
    expect(withUvThreads({ PATH: '/bin' }, '3', undefined)).toEqual({ PATH: '/bin', UV_THREADPOOL_SIZE: '3' });
    expect(withUvThreads({ UV_THREADPOOL_SIZE: '9' }, '3', '9')).toEqual({ UV_THREADPOOL_SIZE: '9' });
    expect(withUvThreads({ UV_THREADPOOL_SIZE: '4' }, '3', '9')).toEqual({ UV_THREADPOOL_SIZE: '3' });
  });

  it('is known without reading the machine, but for pools that are much smaller', () => {
    const most = Math.min(os.availableParallelism(), parseShare(process.env.HEDDLE_CORES) ?? Infinity);
    expect(firstShare('threads', 'auto')).toEqual({ cores: 1, isExact: true });
    expect(firstShare('processes', 1)).toEqual({ cores: undefined, isExact: true });
    expect(firstShare('inline', 512)).toEqual({ cores: undefined, isExact: true });
    for (const size of [2, 3, 1_000])
      expect(firstShare('threads', size)).toEqual({ cores: shareOf(most, size), isExact: 2 * size > most });
  });
});

describe.each(['threads', 'processes'] as const)('workers (%s)', (backend) => {
  it('are told their part, and what they start too', async () => {
    const pool = await open({ backend, workers: cores });
    expect(pool.stats().workers).toMatchObject({ max: cores, coresEach: 1 });
    expect(await pool.run('environment')).toEqual({
      HEDDLE_CORES: '1',
      OMP_NUM_THREADS: process.env.OMP_NUM_THREADS ?? '1',
      GOMAXPROCS: process.env.GOMAXPROCS ?? '1',
      UV_THREADPOOL_SIZE: process.env.UV_THREADPOOL_SIZE ?? '2',
    });
  });

  it('keep what the user has set for them', async () => {
    const pool = await open({ backend, workers: 2, env: { OMP_NUM_THREADS: '6', HEDDLE_CORES: '3' } });
    expect(await pool.run('environment')).toMatchObject({ OMP_NUM_THREADS: '6', HEDDLE_CORES: '3' });
  });

  it('are told nothing where there is one of them', async () => {
    const pool = await open({ backend, workers: 1 });
    expect(pool.stats().workers.coresEach).toBe(cores);
    expect(await pool.run('environment')).toMatchObject({ HEDDLE_CORES: process.env.HEDDLE_CORES });
  });

  it('are told what the machine says, where it has to be read for that', async () => {
    const spy = vi.spyOn(os, 'availableParallelism').mockReturnValue(64);
    onTestFinished(() => spy.mockRestore());
    expect(firstShare(backend, 2)).toEqual({ cores: 32, isExact: false });
    const pool = await open({ backend, workers: 2 });
    expect(pool.stats().workers.coresEach).toBe(shareOf(cores, 2));
    expect(await pool.run('environment')).toMatchObject({ HEDDLE_CORES: `${shareOf(cores, 2)}` });
  });

  it('take no more cores together than there are, nested three deep, and an explicit size stays', async () => {
    const pool = await open({ backend });
    const levels = (await pool.run('nest', [LIBRARY, ['threads', 'processes', 'auto']])) as Array<{ max: number }>;
    const inner = levels.slice(0, -1).map(({ max }) => max);
    expect(inner).toHaveLength(3);
    const most = pool.stats().workers.max;
    // If every worker of every level had such pools of its own and all of the innermost ran.
    expect(most * inner.reduce((product, max) => product * max, 1)).toBeLessThanOrEqual(1.25 * cores);
    const [explicit] = (await pool.run('nest', [LIBRARY, ['threads'], 3])) as Array<{ max: number }>;
    expect(explicit).toEqual({ max: 3, coresEach: 1 });
  });
});

it('an isolated process is told its part too', async () => {
  const pool = await open({ require: { isolation: 'process' }, workers: 2 });
  expect(await pool.run('environment')).toMatchObject({ HEDDLE_CORES: `${shareOf(cores, 2)}` });
});

describe.skipIf(!isAvailable())('kernels', () => {
  it.each([
    // Threads of one process have its pool in common, and each call takes its part of it: see core-native.
    ['threads', cores],
    ['processes', 1],
  ] as const)('in %s: a pool of %i threads', async (backend, threads) => {
    const pool = await open({ backend, workers: cores });
    expect(await pool.run('kernelThreads', [NATIVE])).toBe(threads);
  });
});
