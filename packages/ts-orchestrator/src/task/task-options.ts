/**
 * Every option of a single call: meaning, unit, range, default.
 */
import { DELAY_MS_MAX } from '../clock/deadlines.ts';
import {
  booleanOption,
  choiceOption,
  instanceOption,
  numberOption,
  readOptions,
  type OptionSpec,
} from '../errors/option-reader.ts';
import type { TransferItem } from './payload.ts';

/** What every kind of call takes. */
export interface CallOptions {
  /** Aborting it cancels the task: it rejects with `signal.reason`, once the task has stopped. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Longest run in milliseconds, 1 to 2,147,483,647, counted from the start of the run (not of the wait for a worker). For a
   * stream: the longest wait for one item. Default: the pool's `taskTimeoutMs`.
   */
  readonly timeoutMs?: number | undefined;
  /** Higher goes first; first in, first out among equals. Any finite number. Default 0. */
  readonly priority?: number | undefined;
  /** Called with what the task gives to `currentTask().progress(value)`, and with the item's index in `map`. */
  readonly onProgress?: ((value: unknown, index: number | undefined) => void) | undefined;
}

/** Options of `pool.run` and `pool.stream`. */
export interface RunOptions extends CallOptions {
  /** Buffers inside the arguments that are moved instead of copied; detached on this side when the call returns. Default none. */
  readonly transfer?: readonly TransferItem[] | undefined;
}

/** Options of `pool.map`. */
export interface MapOptions extends CallOptions {
  /** Results in the order of the input. False: as they come. Default true. */
  readonly ordered?: boolean | undefined;
  /** `fail`: the first failing item ends the iteration with its error. `collect`: it yields `{ index, error }`. Default `fail`. */
  readonly onError?: 'fail' | 'collect' | undefined;
}

const CALL_SPECS = {
  signal: instanceOption('an AbortSignal', (raw): raw is AbortSignal => raw instanceof AbortSignal),
  timeoutMs: numberOption({ min: 1, max: DELAY_MS_MAX, unit: 'milliseconds' }, undefined),
  priority: numberOption({ min: -Number.MAX_VALUE, max: Number.MAX_VALUE, unit: 'rank', integer: false }, 0),
  onProgress: instanceOption(
    'a function',
    (raw): raw is NonNullable<CallOptions['onProgress']> => typeof raw === 'function',
  ),
};

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

const RUN_DEFAULTS = readOptions('run', undefined, RUN_SPECS);

export const parseRunOptions = (raw: unknown, what: 'run' | 'stream') =>
  raw === undefined ? RUN_DEFAULTS : readOptions(what, raw, RUN_SPECS);
export const parseMapOptions = (raw: unknown) => readOptions('map', raw, MAP_SPECS);
