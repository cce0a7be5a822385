/**
 * Every option of a single call: meaning, unit, range, default.
 */
import { DELAY_MS_MAX, RETRIES_MAX } from '../clock/deadlines.ts';
import { heddleError } from '../errors/errors.ts';
import {
  booleanOption,
  choiceOption,
  instanceOption,
  numberOption,
  readOptions,
  show,
  type OptionSpec,
} from '../errors/option-reader.ts';
import type { TransferItem } from './payload.ts';

/** Says of one failed attempt (from 1) whether another may follow. Runs in the host, before the wait. */
export type RetryPredicate = (error: unknown, attempt: number) => boolean;

/** When a task that had begun runs again. The defaults of a pool, or of one call. */
export interface RetryOptions {
  /**
   * Most further runs of a task that had begun and failed, 0 to 1,000. Only you know whether running twice does harm. Default 0.
   * Its arguments are kept for sending again, which costs a copy; a MessagePort in `transfer` is refused. A stream that has
   * delivered an item is never run again.
   */
  readonly retries?: number | undefined;
  /**
   * What a task runs again after. `crash`: its worker died. `error`: the function threw (not what heddle refuses, as a result that
   * can't be sent). A function decides itself, from the error and the attempt, and also hears of time-outs; what it throws is
   * what the task rejects with. Never after a cancel. Default `crash`.
   */
  readonly retryOn?: 'crash' | 'error' | RetryPredicate | undefined;
  /**
   * Base of the wait before a task runs again, in milliseconds, 0 to 2,147,483,647: before the n-th further run a random time up to
   * this times 2^(n - 1), at most 30 s or this. Default 100.
   */
  readonly retryDelayMs?: number | undefined;
}

/** The three as one call has them. */
export interface RetryRule {
  readonly retries: number;
  readonly retryOn: 'crash' | 'error' | RetryPredicate;
  readonly retryDelayMs: number;
}

/** What every kind of call takes. Retries: default the pool's. */
export interface CallOptions extends RetryOptions {
  /** Aborting it cancels the task: it rejects with `signal.reason`, once the task has stopped. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Longest run in milliseconds, 1 to 2,147,483,647, counted from the start of the run (not of the wait for a worker). For a
   * stream: the longest wait for one item. Default: the pool's `taskTimeoutMs`.
   */
  readonly timeoutMs?: number | undefined;
  /** Higher goes first; among equals calls take turns, a `map` item by item. Any finite number. Default 0. */
  readonly priority?: number | undefined;
  /** Called with what the task gives to `currentTask().progress(value)`, and with the item's index in `map`. */
  readonly onProgress?: ((value: unknown, index: number | undefined) => void) | undefined;
}

/** Options of `pool.run` and `pool.stream`. */
export interface RunOptions extends CallOptions {
  /** Buffers inside the arguments that are moved instead of copied; detached on this side when the call returns. Default none. */
  readonly transfer?: readonly TransferItem[] | undefined;
}

/** Options of `currentTask().run`, the call of a task by a task of the same pool. */
export interface NestedOptions extends Pick<
  CallOptions,
  'signal' | 'timeoutMs' | 'priority' | 'retries' | 'retryDelayMs'
> {
  /** As for `pool.run`, but no function: it would have to run in the host. */
  readonly retryOn?: 'crash' | 'error' | undefined;
}

/** Options of `pool.map`. */
export interface MapOptions extends CallOptions {
  /** Results in the order of the input. False: as they come. Default true. */
  readonly ordered?: boolean | undefined;
  /** `fail`: the first failing item ends the iteration with its error. `collect`: it yields `{ index, error }`. Default `fail`. */
  readonly onError?: 'fail' | 'collect' | undefined;
}

/** `retries`, `retryOn` and `retryDelayMs` with these defaults. */
export const retrySpecs = <R, O, D>(retries: R, retryOn: O, retryDelayMs: D) => ({
  retries: numberOption({ min: 0, max: RETRIES_MAX, unit: 'runs' }, retries),
  retryOn: {
    expected: `'crash', 'error', or a function (error, attempt) => boolean`,
    fallback: retryOn,
    parse: (raw) =>
      raw === 'crash' || raw === 'error' || typeof raw === 'function'
        ? { value: raw as 'crash' | 'error' | RetryPredicate }
        : undefined,
  } as OptionSpec<'crash' | 'error' | RetryPredicate | O>,
  retryDelayMs: numberOption({ min: 0, max: DELAY_MS_MAX, unit: 'milliseconds' }, retryDelayMs),
});

const CALL_SPECS = {
  ...retrySpecs(undefined, undefined, undefined),
  signal: instanceOption('an AbortSignal', (raw): raw is AbortSignal => raw instanceof AbortSignal),
  timeoutMs: numberOption({ min: 1, max: DELAY_MS_MAX, unit: 'milliseconds' }, undefined),
  priority: numberOption({ min: -Number.MAX_VALUE, max: Number.MAX_VALUE, unit: 'rank', integer: false }, 0),
  onProgress: instanceOption(
    'a function',
    (raw): raw is NonNullable<CallOptions['onProgress']> => typeof raw === 'function',
  ),
};

/**
 * What a call says about retries, the rest from `fallback`.
 * @throws {HeddleError} HEDDLE_OPTION_INVALID, when it says when to run again and the number of further runs is 0.
 */
export function retryRuleOf(what: string, call: RetryOptions, fallback: RetryRule): RetryRule {
  const { retries, retryOn, retryDelayMs } = call;
  if (retries === undefined && retryOn === undefined && retryDelayMs === undefined) return fallback;
  const rule = {
    retries: retries ?? fallback.retries,
    retryOn: retryOn ?? fallback.retryOn,
    retryDelayMs: retryDelayMs ?? fallback.retryDelayMs,
  };
  for (const option of ['retryOn', 'retryDelayMs'] as const)
    if (rule.retries === 0 && call[option] !== undefined)
      throw heddleError('HEDDLE_OPTION_INVALID', {
        option: `option "${option}" of ${what}`,
        expected: 'left out where retries is 0',
        got: show(call[option]),
      });
  return rule;
}

const RUN_SPECS = {
  ...CALL_SPECS,
  transfer: {
    expected: 'an array of ArrayBuffer (for a typed array: its .buffer)',
    fallback: [],
    parse: (raw) =>
      Array.isArray(raw) && raw.every((item) => typeof item === 'object' && item !== null && !ArrayBuffer.isView(item))
        ? { value: raw as TransferItem[] }
        : undefined,
  } as OptionSpec<readonly TransferItem[]>,
};

const MAP_SPECS = {
  ...CALL_SPECS,
  ordered: booleanOption(true),
  onError: choiceOption(['fail', 'collect'], 'fail') as OptionSpec<'fail' | 'collect'>,
};

const { onProgress: _onProgress, ...NESTED } = CALL_SPECS;
const NESTED_SPECS = {
  ...NESTED,
  retryOn: choiceOption(['crash', 'error'], undefined) as OptionSpec<'crash' | 'error' | undefined>,
};

const RUN_DEFAULTS = readOptions('run', undefined, RUN_SPECS);

export const parseRunOptions = (raw: unknown, what: 'run' | 'stream') =>
  raw === undefined ? RUN_DEFAULTS : readOptions(what, raw, RUN_SPECS);
export const parseNestedOptions = (raw: unknown) => readOptions('currentTask().run', raw, NESTED_SPECS);
export const parseMapOptions = (raw: unknown) => readOptions('map', raw, MAP_SPECS);

/**
 * The list as it is now: the caller may change its array right after the call.
 * @throws {HeddleError} HEDDLE_OPTION_INVALID, when it is no array.
 */
export function checkArguments(call: string, name: string, args: unknown): readonly unknown[] {
  if (args === undefined) return [];
  if (Array.isArray(args)) return [...(args as unknown[])];
  throw heddleError('HEDDLE_OPTION_INVALID', {
    option: `the arguments of ${call}("${name}")`,
    expected: 'an array, one element per argument',
    got: show(args),
  });
}
