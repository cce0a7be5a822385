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

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

reportMissing();

describe.skipIf(isMissing)('threads of a kernel when nothing is said', () => {
  it('are the pool’s, or the part of this worker where that is less', async () => {
    const whole = await loadWith(undefined);
    whole.setPoolThreads(4);
    expect((await loadWith(undefined)).threadsByDefault()).toBe(4);
    expect((await loadWith('3')).threadsByDefault()).toBe(3);
    expect((await loadWith('9')).threadsByDefault()).toBe(4);
    expect((await loadWith('nonsense')).threadsByDefault()).toBe(4);
    // The size of the pool is the process's: other threads have their own part of it.
    expect((await loadWith('1')).poolThreads()).toBe(4);
  });

  it('are what the worker itself has said', async () => {
    const own = await loadWith('1');
    expect(own.threadsByDefault()).toBe(1);
    own.setPoolThreads(5);
    expect(own.threadsByDefault()).toBe(5);
  });
});
