/**
 * Which backends a pool that chooses may use at all. An option that one of them can't honour rules that one out, with the sentence that a
 * pool of that backend alone would refuse it with.
 */
import type { Wishes } from '@heddle/advisor';
import { HeddleError } from '../errors/errors.ts';
import type { ReadPoolOptions, ResolvedPoolOptions } from '../pool/pool-options.ts';
import { resolveOptions } from '../pool/pool-size.ts';
import type { RetryRule } from '../task/task-options.ts';
import type { Backend } from '../transport/transport.ts';

export interface Unavailable {
  readonly backend: Backend;
  readonly reason: string;
}

export interface AutoPlan {
  readonly name: string;
  readonly recordTimes: boolean;
  readonly wishes: Wishes;
  /** What holds for calls that say nothing of it. */
  readonly retry: Pick<RetryRule, 'retries' | 'retryOn'>;
  /** With the options as each has them; never empty. */
  readonly available: ReadonlyMap<Backend, ResolvedPoolOptions>;
  readonly unavailable: readonly Unavailable[];
  /** The same with one backend less. */
  without(backend: Backend, reason: string): AutoPlan;
}

const STOPS = 'what runs on this thread can’t be stopped from outside';

/**
 * What a call, or the pool for all its calls, asks for that inline can't give; undefined: nothing. An abort that only acts between awaits
 * is no abort for a function that computes, and inline a crash leaves nobody to try again.
 */
export function demandOf(
  wish: { readonly signal?: unknown; readonly timeoutMs?: unknown } & Partial<RetryRule>,
): string | undefined {
  if (wish.signal !== undefined) return `signal: ${STOPS}`;
  if (wish.timeoutMs !== undefined) return `timeoutMs: ${STOPS}`;
  if ((wish.retries ?? 0) > 0 && (wish.retryOn ?? 'crash') === 'crash')
    return 'retries after a crash: a crash on this thread leaves nobody to try again';
  return undefined;
}

/**
 * Does this error say that a value can't go to another process, where it could go to a thread? Nobody asked for processes then: the call
 * goes elsewhere, with all that follow.
 */
export function isForThisProcess(error: unknown): boolean {
  const { code } = Object(error) as { code?: unknown };
  return error instanceof HeddleError && (code === 'HEDDLE_SHARED_ARRAY' || code === 'HEDDLE_PAYLOAD_BYTES');
}

/** @throws {HeddleError} HEDDLE_OPTION_INVALID; HEDDLE_OPTION_UNSUPPORTED, HEDDLE_OPTION_CONFLICT when no backend is left. */
export function planAuto(read: ReadPoolOptions): AutoPlan {
  const available = new Map<Backend, ResolvedPoolOptions>();
  const unavailable: Unavailable[] = [];
  let refusal: unknown;
  const { name, recordTimes, prefer, objective, retries, retryOn } = read;
  const demand = demandOf({ timeoutMs: read.taskTimeoutMs, retries, retryOn });
  for (const backend of ['inline', 'threads', 'processes'] as const) {
    if (backend === 'inline' && demand !== undefined) {
      unavailable.push({ backend, reason: demand });
      continue;
    }
    try {
      available.set(backend, resolveOptions(forBackend(read, backend), backend));
    } catch (error) {
      if (!(error instanceof HeddleError) || error.code === 'HEDDLE_OPTION_INVALID') throw error;
      refusal = error;
      unavailable.push({ backend, reason: error.message });
    }
  }
  if (available.size === 0) throw refusal;
  const { isolation, sharedMemory } = read.require;
  const wishes = { require: { isolation, sharedMemory }, prefer, objective };
  return makePlan({ name, recordTimes, wishes, retry: { retries, retryOn } }, available, unavailable);
}

/** No options of Node's own is what inline has in any case. */
function forBackend(read: ReadPoolOptions, backend: Backend): ReadPoolOptions {
  return backend === 'inline' && read.execArgv?.length === 0 ? { ...read, execArgv: undefined } : read;
}

function makePlan(
  about: Pick<AutoPlan, 'name' | 'recordTimes' | 'wishes' | 'retry'>,
  available: AutoPlan['available'],
  unavailable: readonly Unavailable[],
): AutoPlan {
  return {
    ...about,
    available,
    unavailable,
    without(backend, reason) {
      if (!available.has(backend)) return this;
      const left = new Map(available);
      left.delete(backend);
      return makePlan(about, left, [...unavailable, { backend, reason }]);
    },
  };
}
