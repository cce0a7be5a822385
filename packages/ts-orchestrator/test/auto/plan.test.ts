import { describe, expect, it } from 'vitest';
import { demandOf, planAuto } from '../../src/auto/plan.ts';
import { readPoolOptions } from '../../src/pool/pool-options.ts';

const plan = (options: object) => planAuto(readPoolOptions({ backend: 'auto', ...options }));

describe('backends that a pool may choose from', () => {
  it.each([
    [{}, ['inline', 'threads', 'processes']],
    [{ execArgv: [] }, ['inline', 'threads', 'processes']],
    [{ retries: 2, retryOn: 'error' }, ['inline', 'threads', 'processes']],
    [{ require: { sharedMemory: true } }, ['inline', 'threads']],
    [{ unsafeByReference: true }, ['inline']],
    [{ taskTimeoutMs: 5 }, ['threads', 'processes']],
    [{ retries: 2 }, ['threads', 'processes']],
    [{ retries: 2, retryOn: 'crash' }, ['threads', 'processes']],
    [{ env: {} }, ['threads', 'processes']],
    [{ execArgv: ['--trace-warnings'] }, ['threads', 'processes']],
    [{ limits: { heapMiB: 64 } }, ['threads', 'processes']],
    [{ recycleAfterTasks: 10 }, ['threads', 'processes']],
    [{ require: { isolation: 'heap' } }, ['threads', 'processes']],
    [{ limits: { rssMiB: 100 } }, ['processes']],
    [{ require: { isolation: 'sandbox' } }, ['processes']],
    [{ require: { isolation: 'heap', sharedMemory: true } }, ['threads']],
  ])('%j', (options, backends) => {
    const { available, unavailable } = plan(options);
    expect([...available.keys()]).toEqual(backends);
    expect(available.size + unavailable.length).toBe(3);
    for (const { reason } of unavailable) expect(reason).not.toBe('');
  });

  it('are none where options exclude each other, and that is told', () => {
    expect(() => plan({ require: { isolation: 'process', sharedMemory: true } })).toThrow('processes share no memory');
    expect(() => plan({ unsafeByReference: true, taskTimeoutMs: 5 })).toThrow('unsafeByReference');
    expect(() => plan({ workers: 2_000 })).toThrow('from 1 to 1024');
  });

  it('have their own reading of workers', () => {
    const { available } = plan({ workers: 3 });
    expect(available.get('inline')).toMatchObject({ workersMax: 1, tasksPerWorker: 3 });
    expect(available.get('threads')).toMatchObject({ workersMax: 3, tasksPerWorker: 1 });
  });

  it('may become one less', () => {
    const less = plan({}).without('inline', 'it is busy');
    expect([...less.available.keys()]).toEqual(['threads', 'processes']);
    expect(less.unavailable).toEqual([{ backend: 'inline', reason: 'it is busy' }]);
    expect(less.without('inline', 'again')).toBe(less);
  });
});

it('a call demands what inline can not give by what it says', () => {
  expect(demandOf({})).toBeUndefined();
  expect(demandOf({ retries: 0 })).toBeUndefined();
  expect(demandOf({ retries: 1, retryOn: 'error' })).toBeUndefined();
  expect(demandOf({ retries: 1 })).toContain('crash');
  expect(demandOf({ timeoutMs: 1 })).toContain('timeoutMs');
  expect(demandOf({ signal: new AbortController().signal })).toContain('signal');
});
