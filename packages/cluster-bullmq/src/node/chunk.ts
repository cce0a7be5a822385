/**
 * One chunk on a node: inputs out of Redis, through the local pool, outcomes back.
 *
 * Whoever runs it, and however often: the first outcome stays (scripts.ts), so a chunk whose lock was lost, or whose node died after it
 * had given the outcome, does no harm. A chunk that lost its node STALLS_BEFORE_CARE times is run with care: item by item, each try
 * counted before it begins and each outcome kept when it ends. So a chunk that takes longer than its nodes live still gets done, and
 * the one input that ends them is found: it gets its own error, and all others their results.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { Pool } from '@heddle/ts-orchestrator';
import type { Redis } from 'ioredis';
import { clusterError } from '../errors.ts';
import type { RunKeys } from '../redis/keys.ts';
import { COMMIT, FAIL, FETCH, TRY } from '../redis/scripts.ts';
import type { RunIdentity, RunManner, RunSpec } from '../run-spec.ts';
import { decodeList, encodeOutcomes, encodeResult, encodeThrown } from '../values/items.ts';
import { takeApart } from '../values/thrown.ts';

type AnyPool = Pool<Record<string, (...args: unknown[]) => unknown>>;

export interface ChunkContext {
  readonly redis: Redis;
  readonly keys: RunKeys;
  readonly first: number;
  readonly pool: () => Promise<AnyPool>;
  readonly resultBytesMax: number;
  /** Aborted when the run is cancelled or this node has to end at once. */
  readonly signal: AbortSignal;
}

/** `run`: outcomes were kept first, `late`: another node was first. The others: there was nothing to do. */
export type ChunkEnd = {
  readonly what: 'run' | 'late' | 'done' | 'gone' | 'cancelled' | 'expired' | 'failed';
  readonly items: number;
};

/** What a local pool says of itself and not of an item: the chunk is for another attempt, here or on another node. */
const NODE_FAULTS: ReadonlySet<unknown> = new Set([
  'HEDDLE_POOL_FAILED',
  'HEDDLE_POOL_CLOSED',
  'HEDDLE_SPAWN',
  'HEDDLE_START_TIMEOUT',
  'HEDDLE_SETUP',
]);
const isNodeFault = (error: unknown): boolean => NODE_FAULTS.has((Object(error) as { code?: unknown }).code);

/** A failure of this node that is told as one of the run, unless that was opened again meanwhile: `opens` as the chunk was fetched. */
export class ChunkFailure extends Error {
  readonly opens: string;

  constructor(cause: unknown, opens: string) {
    super('a chunk has failed', { cause });
    this.opens = opens;
  }
}

/** @throws {ChunkFailure} what is the node's own fault, and what Redis refuses, once the chunk was fetched; what Redis refuses before. */
export async function runChunk(context: ChunkContext, isCareful: boolean): Promise<ChunkEnd> {
  const { redis, keys, first } = context;
  const fetched = (await redis.callBuffer(
    'EVAL',
    FETCH,
    4,
    keys.run,
    keys.out,
    keys.input(first),
    keys.chunks,
    first,
  )) as Buffer[];
  const state = String(fetched[0]);
  if (state !== 'run') return { what: state as ChunkEnd['what'], items: 0 };
  const opens = String(fetched[5]);
  try {
    return await runFetched(context, fetched, opens, isCareful);
  } catch (error) {
    throw new ChunkFailure(error, opens);
  }
}

async function runFetched(
  context: ChunkContext,
  fetched: readonly Buffer[],
  opens: string,
  isCareful: boolean,
): Promise<ChunkEnd> {
  const { redis, keys, first } = context;
  const is = String(fetched[1]);
  const border = String(fetched[3]);
  const spec = { ...(JSON.parse(is) as RunIdentity), ...(JSON.parse(String(fetched[4])) as RunManner) };
  const care = keys.care(first, createHash('sha256').update(is).update(border).digest('base64url').slice(0, 22));
  const inputs = [...decodeList(fetched[2]!, 'the inputs of a chunk')].map(({ value }) => value);
  const pool = await context.pool();
  const began = performance.now();
  let refusal: unknown;
  let outcomes: Buffer[] | undefined;
  try {
    outcomes = isCareful
      ? await runWithCare(context, pool, spec, inputs, care)
      : await collect(context, pool, spec, inputs);
  } catch (error) {
    if (context.signal.aborted || !isRefusal(error)) throw error;
    refusal = error;
  }
  if (outcomes === undefined) {
    await failRun(redis, keys, refusal, opens);
    return { what: 'failed', items: 0 };
  }
  const isFirst = await redis.eval(
    COMMIT,
    5,
    keys.run,
    keys.chunks,
    keys.out,
    keys.input(first),
    care,
    spec.expiryMs,
    first,
    encodeOutcomes(performance.now() - began, outcomes),
    keys.news,
    is,
    border,
  );
  return { what: isFirst === 1 ? 'run' : 'late', items: inputs.length };
}

/** The pool refuses the call as such: every node's would, because the module is the same. */
class CallRefused extends Error {}
const isRefusal = (error: unknown): boolean => error instanceof CallRefused;

/** Ends the run for all who wait for it, unless it was opened again since. */
export async function failRun(redis: Redis, keys: RunKeys, error: unknown, opens: string): Promise<void> {
  const told = error instanceof CallRefused ? error.cause : error;
  await redis.eval(FAIL, 1, keys.run, encodeThrown(takeApart(told)), keys.news, opens);
}

function optionsOf({ timeoutMs, attempts, retryOn, retryDelayMs }: RunSpec, signal: AbortSignal) {
  const retries = attempts - 1;
  return {
    signal,
    ...(timeoutMs === null ? {} : { timeoutMs }),
    ...(retries === 0 ? { retries } : { retries, retryOn, retryDelayMs }),
  };
}

/** Outcomes of all inputs, in their order. */
async function collect(
  context: ChunkContext,
  pool: AnyPool,
  spec: RunSpec,
  inputs: readonly unknown[],
): Promise<Buffer[]> {
  if (spec.form === 'call') return [await callOnce(context, pool, spec, inputs[0])];
  const outcomes: Buffer[] = [];
  let items: ReturnType<AnyPool['map']>;
  try {
    items = pool.map(spec.name, inputs as never, { ...optionsOf(spec, context.signal), onError: 'collect' });
  } catch (error) {
    if (isNodeFault(error)) throw error;
    throw new CallRefused('', { cause: error });
  }
  for await (const outcome of items as AsyncIterable<{ value?: unknown; error?: unknown }>)
    outcomes.push('error' in outcome ? thrownOf(outcome.error) : resultOf(context, outcome.value));
  if (outcomes.length !== inputs.length)
    throw context.signal.reason ?? new Error('a chunk ended before its inputs did');
  return outcomes;
}

async function callOnce(context: ChunkContext, pool: AnyPool, spec: RunSpec, args: unknown): Promise<Buffer> {
  let value: unknown;
  try {
    value = await pool.run(spec.name, args as never, optionsOf(spec, context.signal));
  } catch (error) {
    if (context.signal.aborted) throw error;
    return thrownOf(error);
  }
  return resultOf(context, value);
}

function thrownOf(error: unknown): Buffer {
  if (isNodeFault(error)) throw error;
  return encodeThrown(takeApart(error));
}

function resultOf({ resultBytesMax }: ChunkContext, value: unknown): Buffer {
  try {
    return encodeResult(value, resultBytesMax);
  } catch (error) {
    return encodeThrown(takeApart(error));
  }
}

async function runWithCare(
  context: ChunkContext,
  pool: AnyPool,
  spec: RunSpec,
  inputs: readonly unknown[],
  care: string,
): Promise<Buffer[]> {
  const { redis, signal } = context;
  for (const [index, input] of inputs.entries()) {
    signal.throwIfAborted();
    const verdict = await redis.eval(TRY, 1, care, spec.expiryMs, index, spec.attempts, randomUUID());
    if (verdict === 'known') continue;
    const outcome =
      verdict === 'spent'
        ? encodeThrown(takeApart(clusterError('CLUSTER_QUARANTINED', spec.attempts)))
        : (await collect(context, pool, spec, [input]))[0]!;
    await redis.hsetnx(care, `r${index}`, outcome);
  }
  const kept = await redis.hmgetBuffer(care, ...inputs.map((_, index) => `r${index}`));
  // Gone: another node gave the outcome of the whole meanwhile, or Redis lost it. The next attempt finds out.
  if (kept.includes(null)) throw new Error('what was kept of a chunk is gone');
  return kept as Buffer[];
}
