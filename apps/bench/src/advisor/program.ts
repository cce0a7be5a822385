// A program that makes a pool and does a job twice: what a user's program does, without anything of the bench. It says on stdout how
// long each took: the first from the making of the pool on, the second with a pool that knows the function.
//   node program.js <JSON of ProgramOptions>
import { createPool } from '@heddle/ts-orchestrator';
import { itemsOf, type Rate } from './items.ts';
import { runJob } from './job.ts';
import type { AdvisorBackend } from './contestants.ts';
import { findWorkload } from './workloads.ts';

export interface ProgramOptions {
  readonly workload: string;
  readonly backend: AdvisorBackend;
  readonly rate: Rate;
}

export interface Said {
  readonly newMs: number;
  readonly knownMs: number;
  readonly digest: number;
  /** Where the pool sent the calls of each job. Empty where it does not choose. */
  readonly places: ReadonlyArray<Readonly<Record<string, number>>>;
}

const { workload: id, backend, rate } = JSON.parse(process.argv[2]!) as ProgramOptions;
const workload = findWorkload(id);
if (workload === undefined) throw new RangeError(`there is no workload '${id}'`);
const items = itemsOf(workload.task, workload.size, rate, workload.calls);

const startMs = performance.now();
const pool = await createPool(new URL('./tasks.js', import.meta.url), { backend });
const digest = await runJob(pool, workload, items);
const newMs = performance.now() - startMs;
const placesNew = placesOf();

const againMs = performance.now();
const digestAgain = await runJob(pool, workload, items);
const knownMs = performance.now() - againMs;
if (digestAgain !== digest) throw new Error(`the second job gave ${digestAgain}, the first ${digest}`);

const placesAll = placesOf();
const placesKnown = Object.fromEntries(
  Object.entries(placesAll).map(([place, calls]) => [place, calls - (placesNew[place] ?? 0)]),
);
await pool.close();
const said: Said = { newMs, knownMs, digest, places: backend === 'auto' ? [placesNew, placesKnown] : [] };
process.stdout.write(`${JSON.stringify(said)}\n`);

function placesOf(): Record<string, number> {
  const told = pool.explain().functions.find(({ name }) => name === workload!.task);
  return { ...told?.calls } as Record<string, number>;
}
