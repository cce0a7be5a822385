// What calls of a function that does nothing take in one backend, from the first on, in a fresh program: it says it on stdout.
//   node calls-program.js <JSON of CallsOptions>
import { performance } from 'node:perf_hooks';
import { createPool } from '@heddle/ts-orchestrator';
import type { FixedBackend } from '../contestants.ts';
import type { CallKind, CallsSoFar } from './recording.ts';

export interface CallsOptions {
  readonly backend: FixedBackend;
  readonly kind: CallKind;
}

/** All so far. As many as the largest jobs have. */
const STEPS: Readonly<Record<CallKind, readonly number[]>> = {
  batched: [1, 10, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000],
  single: [1, 10, 100, 300, 1_000, 3_000, 10_000, 30_000],
  serial: [1, 10, 100, 300, 1_000, 3_000],
};

const { backend, kind } = JSON.parse(process.argv[2]!) as CallsOptions;
const pool = await createPool(
  new URL('./costs-tasks.js', import.meta.url),
  backend === 'inline' ? { backend } : { backend, workers: 1 },
);
// The worker is there, its task module loaded.
await pool.run('nothing', [{ id: 0 }]);

const run: Readonly<Record<CallKind, (ids: readonly number[]) => Promise<void>>> = {
  async batched(ids) {
    for await (const result of pool.map('nothing', ids)) void result;
  },
  async single(ids) {
    await Promise.all(ids.map((id) => pool.run('nothing', [{ id }])));
  },
  async serial(ids) {
    for (const id of ids) await pool.run('nothing', [{ id }]);
  },
};

const soFar: CallsSoFar[] = [];
let last: CallsSoFar = { calls: 0, ms: 0, callerMs: 0 };
for (const calls of STEPS[kind]) {
  const ids = Array.from({ length: calls - last.calls }, (_, index) => index);
  const before = performance.eventLoopUtilization();
  const startMs = performance.now();
  await run[kind](ids);
  const ms = performance.now() - startMs;
  const callerMs = Math.min(ms, performance.eventLoopUtilization(before).active);
  soFar.push((last = { calls, ms: last.ms + ms, callerMs: last.callerMs + callerMs }));
}
await pool.close();
process.stdout.write(`${JSON.stringify(soFar)}\n`);
