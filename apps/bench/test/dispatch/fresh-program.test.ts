// Rounds that start a program of their own, from dist, with the loop that needs no workers.
import { expect, it } from 'vitest';
import type { createScenario } from '../../src/dispatch/scenarios/create.ts';
import { Expectations, type Work } from '../../src/dispatch/scenarios/scenario.ts';

const dist = (file: string): string => new URL(`../../dist/dispatch/${file}`, import.meta.url).href;

it.each([
  ['firstResultMs', { kind: 'start' }],
  ['rssMiB', { kind: 'memory' }],
  ['cpuPercent', { kind: 'idle', windowMs: 1 }],
] as [string, Work][])('%s', async (key, work) => {
  const create = ((await import(dist('scenarios/create.js'))) as { createScenario: typeof createScenario })
    .createScenario;
  const expected = new Expectations();
  const place = { backend: 'inline', adapter: dist('peers/plain-loop.js'), expect: expected } as const;
  const scenario = await create({ ...place, open: () => Promise.reject(new Error('opened here')) }, work);
  const figures = await scenario.round();
  await scenario.close();
  expect(expected.problem).toBeUndefined();
  expect(figures[key]).toBeGreaterThanOrEqual(0);
});
