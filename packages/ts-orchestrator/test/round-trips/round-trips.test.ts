import { describe, expect, it } from 'vitest';
import { createPool } from '@heddle/ts-orchestrator';
import { roundTrips } from './round-trips.ts';

/** A million, and any backend: npm run round-trips -- 1000000 */
const VALUES = 600;

describe('values of every kind come back exact', () => {
  it.each(['threads', 'processes', 'inline'] as const)(
    '%s',
    async (backend) => {
      const pool = await createPool(new URL('../fixtures/large-tasks.mjs', import.meta.url), {
        backend,
        ...(backend === 'inline' ? {} : { workers: 1, execArgv: [] }),
      });
      try {
        const shown: string[] = [];
        const result = await roundTrips(pool as never, VALUES, 1, (line) => shown.push(line));
        expect(shown).toEqual([]);
        expect(result).toEqual({ values: VALUES, failed: 0 });
      } finally {
        await pool.close();
      }
    },
    120_000,
  );
});
