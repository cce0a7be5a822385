import { expect, it } from 'vitest';
import { createPool } from '@heddle/ts-orchestrator';
import { fixture } from './helpers.ts';
import { poolContract } from './pool.contract.ts';

poolContract('inline');

it('a task that reaches its own pool object may call it, on one worker', async () => {
  await using pool = await createPool(fixture('tasks.mjs'), { backend: 'inline', workers: 1, unsafeByReference: true });
  await pool.run('setOwnPool', [pool]);
  expect(await pool.run('nestsDirectly', [10])).toBe(10);
  const others = [pool.run('nestsDirectly', [3]), pool.run('square', [3]), pool.run('nestsDirectly', [2])];
  expect(await Promise.all(others)).toEqual([3, 9, 2]);
});
