/** Options of waiting, read once. Unknown names throw: a mistyped time-out would be none. */
import { show, syncError } from './errors.ts';

/** How long to wait for a lock. */
export interface LockOptions {
  /** Milliseconds until the wait fails with SYNC_TIMEOUT: 0 (only if it can be had at once) to 2147483647, or Infinity (default). */
  readonly timeoutMs?: number | undefined;
  /** Ends the wait; it rejects with the signal's reason. A lock that was had before stays held. */
  readonly signal?: AbortSignal | undefined;
}

export type LockSyncOptions = Pick<LockOptions, 'timeoutMs'>;

/** The longest time of setTimeout. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

export const WAIT_OPTIONS = ['timeoutMs', 'signal'] as const;
/** Nobody can abort a thread that blocks. */
export const BLOCK_OPTIONS = ['timeoutMs'] as const;

/** What is left of the options of a wait when they are read. */
export interface WaitOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** What a call has when its caller gives no options: known without a look. */
export const NO_OPTIONS = Object.freeze({});
const NO_LIMIT: WaitOptions = Object.freeze({ timeoutMs: Infinity, signal: undefined });

export function readOptions(call: string, options: LockOptions, known: readonly string[]): WaitOptions {
  if (options === NO_OPTIONS) return NO_LIMIT;
  const given: unknown = options;
  if (typeof given !== 'object' || given === null)
    throw syncError('SYNC_ARGUMENT', `the options of ${call}`, 'an object', show(given));
  for (const name of Object.keys(given))
    if (!known.includes(name))
      throw syncError('SYNC_ARGUMENT', `an option of ${call}`, `one of ${known.join(', ')}`, show(name));
  const { timeoutMs = Infinity, signal } = given as Readonly<Record<string, unknown>>;
  if (typeof timeoutMs !== 'number' || !(timeoutMs >= 0 && (timeoutMs <= MAX_TIMEOUT_MS || timeoutMs === Infinity)))
    throw syncError('SYNC_ARGUMENT', `timeoutMs of ${call}`, `0 to ${MAX_TIMEOUT_MS} or Infinity`, show(timeoutMs));
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw syncError('SYNC_ARGUMENT', `signal of ${call}`, 'an AbortSignal', show(signal));
  return { timeoutMs, signal };
}

/** Who can share a thing: the threads of this process, or those of several. */
export type Across = 'threads' | 'processes';
const ACROSS: readonly unknown[] = ['threads', 'processes'] satisfies readonly Across[];

/** Who shares a thing, where it is put, and how it is called in messages. */
export interface CreateOptions {
  /**
   * Who can share it. `'threads'`: the threads of this process. `'processes'`: other processes too, over memory of the operating system;
   * Linux, with @heddle/core-native installed. Default: what `memory` is for, or else threads.
   */
  readonly across?: Across | undefined;
  /**
   * Zeros, `WORDS` elements of the class, over a SharedArrayBuffer, or for processes over a shared array of theirs; default: memory of its
   * own. Nobody else may write there.
   */
  readonly memory?: Int32Array | undefined;
  /** 1 to 100 characters, for messages of deadlocks and for `checkLockOrder`; default: none, it goes by its number. */
  readonly name?: string | undefined;
}

/** Where a name means something. */
export type OpenOptions = Pick<CreateOptions, 'across'>;

const CREATE_OPTIONS: readonly string[] = ['across', 'memory', 'name'];
const MAX_NAME_CHARS = 100;

export function isName(name: unknown): name is string | undefined {
  return name === undefined || (typeof name === 'string' && name !== '' && name.length <= MAX_NAME_CHARS);
}

/** Of `open` of this kind. @throws SYNC_ARGUMENT. */
export function readOpening(kind: string, name: unknown, options: unknown): { name: string; across: Across } {
  if (name === undefined || !isName(name))
    throw syncError('SYNC_ARGUMENT', `name of a ${kind}`, `a string of 1 to ${MAX_NAME_CHARS} characters`, show(name));
  if (typeof options !== 'object' || options === null)
    throw syncError('SYNC_ARGUMENT', `the options of a ${kind}`, 'an object', show(options));
  for (const option of Object.keys(options))
    if (option !== 'across') throw syncError('SYNC_ARGUMENT', `an option to open a ${kind}`, 'across', show(option));
  return { name, across: readAcross(kind, (options as OpenOptions).across) ?? 'threads' };
}

/** `given`: the memory itself, or options. */
export function readPlacement(kind: string, given: unknown): CreateOptions {
  if (typeof given !== 'object' || given === null || ArrayBuffer.isView(given))
    return { memory: given as Int32Array | undefined };
  for (const option of Object.keys(given))
    if (!CREATE_OPTIONS.includes(option))
      throw syncError('SYNC_ARGUMENT', `an option of a ${kind}`, `one of ${CREATE_OPTIONS.join(', ')}`, show(option));
  const { memory, name } = given as Readonly<Record<string, unknown>>;
  const across = readAcross(kind, (given as CreateOptions).across);
  if (!isName(name))
    throw syncError('SYNC_ARGUMENT', `name of a ${kind}`, `a string of 1 to ${MAX_NAME_CHARS} characters`, show(name));
  return { memory: memory as Int32Array | undefined, name, across };
}

/** @throws SYNC_ARGUMENT. */
export function readAcross(kind: string, across: unknown): Across | undefined {
  if (across !== undefined && !ACROSS.includes(across))
    throw syncError(
      'SYNC_ARGUMENT',
      `across of a ${kind}`,
      ACROSS.map((each) => `'${each}'`).join(' or '),
      show(across),
    );
  return across as Across | undefined;
}

export function checkFunction(what: string, fn: unknown): void {
  if (typeof fn !== 'function') throw syncError('SYNC_ARGUMENT', what, 'a function', show(fn));
}

/** What `label` was made with is what everybody says. */
export function checkSame(what: string, made: number, label: string, said: number): void {
  if (made !== said) throw syncError('SYNC_ARGUMENT', what, `${made}, with which ${label} was made`, String(said));
}

/** An integer from `min` to `max`. */
export function checkCount(what: string, count: unknown, min: number, max: number): void {
  if (typeof count !== 'number' || !Number.isInteger(count) || count < min || count > max)
    throw syncError('SYNC_ARGUMENT', what, `an integer from ${min} to ${max}`, show(count));
}
