// Real workers tell what they take, and the pool counts with it.
import { coresAllowed, readMemoryNow } from '@heddle/machine';
import { createPool } from '@heddle/ts-orchestrator';
import { expect, it, onTestFinished } from 'vitest';
import { fixture } from '../helpers.ts';

it.skipIf(coresAllowed() < 2).each(['threads', 'processes'] as const)(
  'a pool of %s knows the most that a worker has taken',
  async (backend) => {
    const pool = await createPool(fixture('takes-memory.mjs'), { backend, execArgv: [] });
    onTestFinished(() => pool.close());
    expect(pool.stats().workers).toMatchObject({ maxFrom: 'cores', memory: undefined });
    expect(await pool.run('hold', [200])).toBe(200 * 2 ** 20);
    // What it takes is told between its tasks, before the answer of the next.
    await pool.run('nothing');
    // Only a second worker is a question of memory.
    await Promise.all([pool.run('nothing'), pool.run('nothing'), pool.run('nothing')]);
    const { max, memory } = pool.stats().workers;
    expect(memory!.workerMiB).toBeGreaterThanOrEqual(200);
    expect(memory!.workerMiB).toBeLessThan(400);
    const { limitBytes, source } = readMemoryNow();
    expect(memory).toMatchObject({ limitMiB: Math.round(limitBytes / 2 ** 20), source });
    expect(max).toBe(Math.min(coresAllowed(), memory!.workers));
  },
);
