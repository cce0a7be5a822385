/** Pools at each level of isolation, closed after each test. */
import { afterEach, expect, it } from 'vitest';
import { createPool, type Pool, type PoolOptions } from '@heddle/ts-orchestrator';
import { requireBubblewrap } from '../../src/isolation/programs.ts';
import type { UntypedModule } from '../../src/task/module-types.ts';
import { fixture } from '../helpers.ts';

export const LEVELS = ['process', 'sandbox'] as const;
type Level = (typeof LEVELS)[number];

const noSandbox = await requireBubblewrap([]).then(
  () => undefined,
  (error: Error) => error.message,
);
if (noSandbox !== undefined) console.log(`tests of the sandbox are skipped: ${noSandbox}`);

/** A test of a level; skipped, with the reason, where the level can't be had. */
export function onLevel(level: Level, name: string, body: () => Promise<void>): void {
  it(name, async ({ skip }) => {
    if (level === 'sandbox' && noSandbox !== undefined) {
      if (process.env.HEDDLE_REQUIRE_TOOLS === '1') expect.fail(noSandbox);
      skip(noSandbox);
    }
    await body();
  });
}

const open: Array<Pool<UntypedModule>> = [];
afterEach(async () => {
  await Promise.allSettled(open.splice(0).map((pool) => pool.close({ cancel: true })));
});

export async function makePool(options: PoolOptions): Promise<Pool<UntypedModule>> {
  const pool = await createPool(fixture('escapes.mjs'), { workers: 1, execArgv: [], ...options });
  open.push(pool);
  return pool;
}
