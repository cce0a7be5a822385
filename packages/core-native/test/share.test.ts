// A worker of a pool has a part of the cores: kernels that it calls ask for no more threads, unless somebody says so.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isMissing, reportMissing } from './native.ts';

type Pool = typeof import('../src/pool.ts');

/** The module as a thread with this environment loads it. */
async function loadWith(share: string | undefined): Promise<Pool> {
  vi.stubEnv('HEDDLE_CORES', share);
  vi.resetModules();
  return import('../src/pool.ts');
}

/** The binary cuts what is asked for to the pool's size. */
const threadsOf = ({ threadsByDefault, poolThreads }: Pool): number => Math.min(threadsByDefault(), poolThreads());

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

reportMissing();

describe.skipIf(isMissing)('threads of a kernel when nothing is said', () => {
  it('are the pool’s, or the part of this worker where that is less', async () => {
    const whole = await loadWith(undefined);
    whole.setPoolThreads(4);
    expect(threadsOf(await loadWith(undefined))).toBe(4);
    expect(threadsOf(await loadWith('3'))).toBe(3);
    expect(threadsOf(await loadWith('9'))).toBe(4);
    expect(threadsOf(await loadWith('nonsense'))).toBe(4);
    // The size of the pool is the process's: other threads have their own part of it.
    expect((await loadWith('1')).poolThreads()).toBe(4);
  });

  it('are what the worker itself has said', async () => {
    const own = await loadWith('1');
    expect(threadsOf(own)).toBe(1);
    own.setPoolThreads(5);
    expect(threadsOf(own)).toBe(5);
  });
});
