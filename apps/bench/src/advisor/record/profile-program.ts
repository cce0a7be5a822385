// One workload in a fresh program, which says on stdout what it takes: its calls by themselves, or what a pool that chooses knows of them.
//   node profile-program.js <JSON of ProfileOptions>
//
// By themselves the whole job runs twice, as in the programs that are judged (program.ts), and the second time is told: code that has run more often
// than there would be faster than it is there.
import { performance } from 'node:perf_hooks';
import v8 from 'node:v8';
import { createPool } from '@heddle/ts-orchestrator';
import { itemsOf, type Rate } from '../items.ts';
import { runJob } from '../job.ts';
import * as tasks from '../tasks.ts';
import { findWorkload } from '../workloads.ts';
import type { KnownOfCalls, Recording, WorkloadProfile } from './recording.ts';

export interface ProfileOptions {
  readonly workload: string;
  readonly rate: Rate;
  readonly part: 'plain' | 'told';
}

export type PlainSaid = Omit<WorkloadProfile, 'id' | 'known'>;
export type ToldSaid = Pick<Recording, 'believed'> & { readonly known: KnownOfCalls };

/** As many as one turn of the uneven ones. */
const ITEMS_SHOWN = 20;
/** As a pool without workers has them. */
const AT_ONCE = 512;

const { workload: id, rate, part } = JSON.parse(process.argv[2]!) as ProfileOptions;
const workload = findWorkload(id);
if (workload === undefined) throw new RangeError(`there is no workload '${id}'`);
const { task, size, calls } = workload;
const items = itemsOf(task, size, rate, calls);
const call = (tasks as unknown as Readonly<Record<string, (item: unknown) => unknown>>)[task]!;
process.stdout.write(`${JSON.stringify(part === 'plain' ? await plain() : await told())}\n`);

/** Three digits are more than the measurement has. */
function brief(value: number): number {
  return Number(value.toPrecision(3));
}

async function plain(): Promise<PlainSaid> {
  await once();
  const { itemMs, totalMs, copyMs, bytes, isWaited } = await once();
  const together = isWaited ? await atOnce() : { ms: totalMs, computesMs: totalMs };
  const shown = shapeOf(itemMs, totalMs);
  return {
    itemMs: shown.map(brief),
    togetherMs: brief(together.ms / calls),
    computesMs: brief(together.computesMs / calls),
    copyMs: brief(copyMs / calls),
    bytes,
  };
}

/** The whole job, one call after the other: copy, call, copy, as a pool does it. */
async function once() {
  const itemMs: number[] = [];
  let copyMs = 0;
  let totalMs = 0;
  let bytes = 0;
  let isWaited = false;
  for (const [index, item] of items.entries()) {
    const beforeMs = performance.now();
    const copied = structuredClone(item);
    const startMs = performance.now();
    const outcome = call(copied);
    isWaited ||= outcome instanceof Promise;
    const result = isWaited ? await outcome : outcome;
    const endMs = performance.now();
    structuredClone(result);
    copyMs += startMs - beforeMs + (performance.now() - endMs);
    totalMs += endMs - startMs;
    if (index >= ITEMS_SHOWN) continue;
    itemMs.push(endMs - startMs);
    if (index === 0) bytes = v8.serialize([item]).byteLength + v8.serialize(result).byteLength;
  }
  return { itemMs, totalMs, copyMs, bytes, isWaited };
}

/** How long the first calls took, with the mean of all; where only chance makes them differ, the mean alone. */
function shapeOf(itemMs: readonly number[], totalMs: number): readonly number[] {
  const meanMs = totalMs / calls;
  if (task !== 'computeUneven') return [meanMs];
  const factor = meanMs / (itemMs.reduce((sum, ms) => sum + ms, 0) / itemMs.length);
  return itemMs.map((ms) => ms * factor);
}

/** As many at a time as a pool has without workers, twice: elapsed time, and what this thread computes of it. */
async function atOnce(): Promise<{ ms: number; computesMs: number }> {
  let told = { ms: 0, computesMs: 0 };
  for (let pass = 0; pass < 2; pass++) {
    const before = performance.eventLoopUtilization();
    const startMs = performance.now();
    for (let first = 0; first < calls; first += AT_ONCE)
      await Promise.all(items.slice(first, first + AT_ONCE).map((item) => call(item)));
    const ms = performance.now() - startMs;
    told = { ms, computesMs: Math.min(ms, performance.eventLoopUtilization(before).active) };
  }
  return told;
}

async function told(): Promise<ToldSaid> {
  const pool = await createPool(new URL('../tasks.js', import.meta.url), { backend: 'auto' });
  const { costs: believed } = pool.explain();
  await runJob(pool, workload!, items);
  const features = pool.explain().functions.find(({ name }) => name === task)?.features;
  await pool.close();
  if (features === undefined || believed === undefined) throw new Error(`the pool says nothing of '${task}'`);
  const { wallMs, computingShare, cloneMs } = features;
  return { believed, known: { wallMs: wallMs?.median, spreadMs: wallMs?.spread ?? 0, computingShare, cloneMs } };
}
