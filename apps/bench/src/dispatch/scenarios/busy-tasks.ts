// Tasks that take their time: how much of the workers is used, and what a pool adds to one of them.
import { quantile } from '@heddle/measure';
import { WORKERS } from '../peers/pool-under-test.ts';
import type { Figures, Place, Scenario, WorkOf } from './scenario.ts';

const US_PER_MS = 1_000;

export async function busy({ expect, open }: Place, { calls, ms }: WorkOf<'busy'>): Promise<Scenario> {
  const pool = await open('small');
  const idealMs = (calls * ms) / WORKERS;
  return {
    async round() {
      const startMs = performance.now();
      const values = await Promise.all(Array.from({ length: calls }, () => pool.run('spin', ms)));
      const elapsedMs = performance.now() - startMs;
      for (const value of values) expect.that(value === ms, () => `spin(${ms}) gave ${String(value)}`);
      return { sharePercent: (idealMs / elapsedMs) * 100 };
    },
    close: () => pool.close(),
  };
}

export async function latency({ expect, open }: Place, { calls, lengthsMs }: WorkOf<'latency'>): Promise<Scenario> {
  const pool = await open('small');
  return {
    async round() {
      const figures: Figures = {};
      for (const ms of lengthsMs) {
        const addedMs = new Float64Array(calls);
        for (let i = 0; i < calls; i++) {
          const startMs = performance.now();
          const value = await pool.run('spin', ms);
          addedMs[i] = performance.now() - startMs - ms;
          expect.that(value === ms, () => `spin(${ms}) gave ${String(value)}`);
        }
        figures[`added${ms}Us`] = quantile(addedMs.sort(), 0.5) * US_PER_MS;
      }
      return figures;
    },
    close: () => pool.close(),
  };
}
