// Asynchronous calls between their start and the moment their promises settle.
//
// The binary knows a call in flight by a number and says of many at once that they have ended: it writes their numbers
// and results into `lines` and calls `settle`. The promise, and the values that it works on, are here: what is listed
// can't be collected, so the memory under the arrays of a running call stays.
import { addon } from './load-addon.ts';

/** A line: the call's number, and four results at most. Both sizes are those of binding/listener.h, which checks them. */
const LINE_NUMBERS = 5;
const LINES = 256;

/** What the call gives, made from its results and the values it was called with, arrays first. */
export type Finish<Results, Values, Value> = (results: Results, values: Values) => Value;

/** The finish of any call: each is given the results and values that belong to it. */
export type AnyFinish = (results: never, values: never) => unknown;

type Resolve = (value: unknown) => void;
type Reject = (reason: unknown) => void;

interface Call {
  readonly resolve: Resolve;
  readonly reject: Reject;
  readonly resultCount: number;
  readonly finish: AnyFinish;
  readonly values: readonly unknown[];
  readonly signal: AbortSignal | undefined;
}

/** By number. Undefined: no call of this thread's has the number. */
const calls: (Call | undefined)[] = [];

// Shared, so that it can't be detached. Made with the first call.
let lines = new Float64Array(new SharedArrayBuffer(0));
let listener: number | undefined;

/** What the binary knows this module by. */
export function listenerIndex(): number {
  if (listener === undefined) {
    const bytes = LINES * LINE_NUMBERS * Float64Array.BYTES_PER_ELEMENT;
    const memory = new Float64Array(new SharedArrayBuffer(bytes));
    listener = addon().listen(settle, memory);
    lines = memory;
  }
  return listener;
}

function finished(line: number, resultCount: number, finish: AnyFinish, values: readonly unknown[]): unknown {
  const first = line * LINE_NUMBERS + 1;
  let results: unknown;
  if (resultCount === 1) results = lines[first];
  else if (resultCount > 1) results = Array.from(lines.subarray(first, first + resultCount));
  return (finish as (results: unknown, values: readonly unknown[]) => unknown)(results, values);
}

function settle(count: number, errors: readonly unknown[] | undefined): void {
  let errorsTold = 0;
  for (let line = 1; line <= count; line++) {
    const told = lines[line * LINE_NUMBERS]!;
    const isDone = told >= 0;
    const number = isDone ? told : -1 - told;
    const { resolve, reject, resultCount, finish, values, signal } = calls[number]!;
    calls[number] = undefined;
    if (signal !== undefined) running.get(signal)!.delete(number);
    const error = isDone ? undefined : errors![errorsTold++];
    if (signal?.aborted === true) reject(signal.reason);
    else if (!isDone) reject(error);
    else resolve(finished(line, resultCount, finish, values));
  }
}

// One listener per signal however many calls use it: Node warns of a leak when a signal has more than ten.
const running = new WeakMap<AbortSignal, Set<number>>();

function cancelOnAbort(signal: AbortSignal, number: number): void {
  let numbers = running.get(signal);
  if (numbers === undefined) {
    const fresh = new Set<number>();
    running.set(signal, (numbers = fresh));
    signal.addEventListener('abort', () => fresh.forEach((each) => addon().cancel(each)), { once: true });
  }
  numbers.add(number);
}

const nothing = (): void => {};
let newResolve: Resolve = nothing;
let newReject: Reject = nothing;
/** One function for all promises: a closure for each would cost half as much as the promise. */
const keepFunctions = (resolve: Resolve, reject: Reject): void => {
  newResolve = resolve;
  newReject = reject;
};

/** The promise of a call that the binary has just given a number; -1: it is done already. */
export function promiseOf<Value>(
  number: number,
  resultCount: number,
  finish: AnyFinish,
  values: readonly unknown[],
  signal: AbortSignal | undefined,
): Promise<Value> {
  if (number < 0) return Promise.resolve(finished(0, resultCount, finish, values) as Value);
  const promise = new Promise<unknown>(keepFunctions);
  calls[number] = { resolve: newResolve, reject: newReject, resultCount, finish, values, signal };
  // They hold the promise, which holds what it gives, which may be an array over much memory.
  newResolve = newReject = nothing;
  if (signal !== undefined) cancelOnAbort(signal, number);
  return promise as Promise<Value>;
}
