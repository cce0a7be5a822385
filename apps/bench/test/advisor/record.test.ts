// What is recorded of one workload and of calls, by the programs as they are built.
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { CallsSoFar } from '../../src/advisor/record/recording.ts';
import type { profileOf as ProfileOf } from '../../src/advisor/record/record.ts';
import { runProgram } from '../../src/advisor/run-program.ts';

const built = (name: string) => fileURLToPath(new URL(`../../dist/advisor/${name}`, import.meta.url));

it('records what a workload takes by itself, and what a pool knows of it', async () => {
  const { profileOf } = (await import(built('record/record.js'))) as { profileOf: typeof ProfileOf };
  const rate = { stepsPerUs: 10 };
  const { profile, believed } = await profileOf('uneven: 40 of 1000 us', rate, true);
  expect(profile).toMatchObject({ id: 'uneven: 40 of 1000 us', known: [{ computingShare: 1 }] });
  // One of twenty takes longer than the others together do on average.
  expect(profile.itemMs).toHaveLength(20);
  expect(Math.max(...profile.itemMs)).toBeGreaterThan(profile.togetherMs);
  expect(profile.bytes).toBeGreaterThan(0);
  expect(believed.inline.startMs).toBe(0);
  const { profile: waits } = await profileOf('timers, map: 10 of 5 ms', rate, true);
  expect(waits.itemMs).toHaveLength(1);
  expect(waits.computesMs).toBeLessThanOrEqual(waits.togetherMs);
});

it('records what calls took so far', async () => {
  const options = JSON.stringify({ backend: 'inline', kind: 'serial' });
  const soFar = await runProgram<CallsSoFar[]>(built('record/calls-program.js'), options);
  expect(soFar.map(({ calls }) => calls)).toEqual([1, 10, 100, 300, 1_000, 3_000]);
  expect([...soFar].sort((a, b) => a.ms - b.ms)).toEqual(soFar);
  for (const { ms, callerMs } of soFar) expect(callerMs).toBeLessThanOrEqual(ms);
});

it('says with what a program has ended', async () => {
  await expect(runProgram(built('record/calls-program.js'), 'null')).rejects.toThrow('the program ended with 1');
});
