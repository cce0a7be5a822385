// Calls at random: thousands of seeds for what no list of cases names. They run in a process of their own, because the
// fault that they look for ends one.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { KERNEL_TABLE } from '../src/generated/kernel-table.ts';
import { sum } from '../src/index.ts';
import { fixture, isMissing, numbers, reportMissing } from './native.ts';

type Counts = Record<string, Record<'sync' | 'async', [taken: number, refused: number]>>;

/** Calls of kernels; .ci/run has a million made. */
const CALLS = Number(process.env['HEDDLE_KERNEL_CALLS'] ?? 20_000);
const SEED = 1 + Math.floor(Math.random() * 2 ** 31);
const WORKERS = CALLS < 100_000 ? 8 : 48;

reportMissing();

describe.skipIf(isMissing)(`calls at random, seed ${SEED}`, () => {
  it('do what was asked for or are refused, whatever happens to their memory, and every kernel meets all of it', async () => {
    const args = ['--expose-gc', fixture('random-calls.mjs'), String(SEED), String(CALLS)];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const counts = JSON.parse(stdout) as Counts;
    expect(Object.keys(counts)).toEqual(KERNEL_TABLE.map(([name]) => name));
    for (const [name, { sync, async }] of Object.entries(counts)) {
      expect(
        [...sync, ...async].every((count) => count > 0),
        `${name}: ${[...sync, ...async].join(' ')}`,
      ).toBe(true);
    }
  }, 600_000);

  it('of worker threads that are terminated meanwhile harm neither the others nor the pool', async () => {
    for (let seed = SEED; seed < SEED + WORKERS; seed += 4) {
      const workers = [0, 1, 2, 3].map(
        (each) =>
          new Worker(fixture('random-calls.mjs'), {
            workerData: { seed: seed + each, after: each * 300 },
            execArgv: [],
          }),
      );
      await Promise.all(workers.map((worker) => once(worker, 'message')));
      expect(await Promise.all(workers.map((worker) => worker.terminate()))).toEqual([1, 1, 1, 1]);
    }
    expect(await sum(numbers(1000))).toBeTypeOf('number');
  }, 600_000);
});
