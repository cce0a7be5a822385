/** Maps a long source while its results are taken slowly. Tells how far the source was ahead, and what the memory did. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createPool, type Backend } from '@heddle/ts-orchestrator';
import { readOrder, tell } from './program.ts';
import type * as tasks from './slow-consumer-tasks.ts';

export interface ConsumerOrder {
  readonly backend: Backend;
  /** Length of the source. */
  readonly items: number;
  /** The consumer leaves after so many. */
  readonly taken: number;
  /** It rests for a millisecond after so many. */
  readonly restEvery: number;
}

export interface ConsumerReport {
  readonly consumed: number;
  /** Most items that the source had given and the consumer had not taken. */
  readonly aheadMax: number;
  /** The same of items that take 2 ms each. */
  readonly slowAheadMax: number;
  readonly isRight: boolean;
  /** RSS at a hundred moments, the first after a twentieth of the items. */
  readonly rssBytes: readonly number[];
  readonly elapsedMs: number;
}

const { backend, items, taken, restEvery } = readOrder<ConsumerOrder>();
const pool = await createPool<typeof tasks>(new URL('./slow-consumer-tasks.js', import.meta.url), {
  backend,
  workers: backend === 'inline' ? 64 : 2,
});

const SLOW_ITEMS = 100;
let slowPulled = 0;
function* slowSource() {
  for (; slowPulled < SLOW_ITEMS; slowPulled++) yield 2;
}
let slowConsumed = 0;
let slowAheadMax = 0;
for await (const _ of pool.map('spinFor', slowSource())) {
  slowAheadMax = Math.max(slowAheadMax, slowPulled - slowConsumed);
  slowConsumed++;
}

let pulled = 0;
function* source() {
  for (; pulled < items;) yield pulled++;
}
let consumed = 0;
let aheadMax = 0;
let isRight = true;
const rssBytes: number[] = [];
const startMs = performance.now();
for await (const { index, value } of pool.map('triple', source())) {
  aheadMax = Math.max(aheadMax, pulled - consumed);
  isRight &&= index === consumed && value === 3 * consumed;
  consumed++;
  if (consumed % restEvery === 0) await sleep(1);
  if (consumed >= taken / 20 && consumed % Math.ceil(taken / 100) === 0) rssBytes.push(process.memoryUsage.rss());
  if (consumed === taken) break;
}
const elapsedMs = performance.now() - startMs;
await pool.close();
tell({ consumed, aheadMax, slowAheadMax, isRight, rssBytes, elapsedMs } satisfies ConsumerReport);
