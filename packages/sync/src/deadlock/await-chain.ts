/**
 * Whether a function that holds something can do nothing before a wait has ended: the proof of an asynchronous holder.
 *
 * A `with…` call runs a function and holds until the promise that it gives settles. That the wait was begun inside of the function proves
 * nothing: it may go on without it, or wait for a time-out as well, and the guard may be released by others. What proves it, for each call
 * from the inner to the outer:
 *
 * 1. Nobody else has the guard: the function has no parameters (an arrow function then has no way to it; any other not if it says neither
 *    `arguments` nor `eval`).
 * 2. Either the function has given back the very promise of the wait; or
 * 3. it is async, and awaits that promise itself. Both of:
 *    - The engine says so. It keeps, for stacks, which async function awaits which promise, and follows that as far as each promise has one
 *      listener. A function of ours that the wait resumes (`sight`) sees the names of the functions that stand above it. The one of ours
 *      that gives the promise of the inner call, and the one that awaits what the function gives, have names that no other has that
 *      runs now (`Runners`). Exactly one function is between the two.
 *    - No other way leads there. The engine also follows `then`, `new Promise` and `Promise.race`, unseen, where something else may come
 *      first. On the promise of the wait they call `then`, which is noticed. On what the function gives they can only be when it has
 *      returned; but it has no `return` with a value, so until that promise settles it has not. So the one function is this one.
 *
 * What can't be proven is no holder, and its deadlock is not found.
 */
import { types } from 'node:util';
import type { HeldGuard } from '../registry/membership.ts';
import { withLimit } from './stacks.ts';

/** A call of ours that gave a promise, made inside of a `with…` function. */
export interface OwnCall {
  promise: Promise<unknown> | undefined;
  /** Somebody waits for it otherwise than by `await`. */
  isThenUsed: boolean;
  /** The name of the function that gives the promise. */
  mark: string;
}

/** What the engine shows above the function that asks: the names of those that wait for it, and where they are. */
export interface Sight {
  readonly names: readonly string[];
  readonly stack: string;
}

type Run = <T>(body: () => T | PromiseLike<T>, end: (() => void) | undefined) => Promise<T>;
interface Runner {
  readonly mark: string;
  readonly run: Run;
}

/** Async functions, each with a name of its own; one is used by one call at a time. As many are kept as there were calls at once. */
export class Runners {
  readonly #free: Runner[] = [];
  readonly #prefix: string;
  #count = 0;

  constructor(what: string) {
    // Another copy of this module in the thread has others.
    this.#prefix = `heddle ${what} ${Math.random().toString(36).slice(2)} `;
  }

  /** Runs and awaits `body`, then `end`; `user.mark` is set to the name of the function that does. */
  use<T>(user: { mark: string }, body: () => T | PromiseLike<T>, end?: () => void): Promise<T> {
    const runner = this.#free.pop() ?? this.#make();
    user.mark = runner.mark;
    return runner.run(body, end);
  }

  #make(): Runner {
    const mark = this.#prefix + String(++this.#count);
    const free = this.#free;
    const { [mark]: run } = {
      async [mark]<T>(body: () => T | PromiseLike<T>, end: (() => void) | undefined): Promise<T> {
        try {
          return await body();
        } finally {
          free.push(runner);
          end?.();
        }
      },
    };
    const runner: Runner = { mark, run: run as Run };
    return runner;
  }
}

/** A chain longer than this is cut, and then not proven. */
const MAX_SIGHT = 200;

const FUNCTION = /^async\s*(?<kind>function\b[^(]*)?\((?<parameters>[^()]*)\)\s*(?:=>\s*)?\{/;
const ARROW = /^\(\s*\)\s*=>/;
const RETURNS_VALUE = /\breturn\b(?!\s*(?:;|\}|$))/m;
const REACHES_GUARD = /\b(?:arguments|eval)\b/;

export function sight(): Sight {
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = (_error, sites) => sites;
  try {
    const sites = withLimit(MAX_SIGHT, () => new Error('here').stack as unknown as readonly NodeJS.CallSite[]);
    // What runs now is how it was resumed, and differs from time to time.
    const waiting = sites.filter((site) => site.isAsync());
    const names = sites.length < MAX_SIGHT ? waiting.map((site) => site.getFunctionName() ?? '') : [];
    return { names, stack: ['', ...waiting.map((site) => `    at ${String(site)}`)].join('\n') };
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
}

/** How many of the guards around the call, from the inner on, are held until its wait has ended. `names`: as seen by the function that waits. */
export function provenHolders(inner: OwnCall, holders: readonly HeldGuard[], { names }: Sight): number {
  let call: OwnCall | undefined = inner;
  for (const [index, holder] of holders.entries()) {
    if (call === undefined || !isLinked(call, holder, names)) return index;
    call = holder.call;
  }
  return holders.length;
}

function isLinked(call: OwnCall, { fn, given, getsGuard, mark }: HeldGuard, names: readonly string[]): boolean {
  if (call.promise === undefined || call.isThenUsed || !isPlain(given)) return false;
  const text = Function.prototype.toString.call(fn);
  if (given === call.promise) return !getsGuard || ARROW.test(text);
  const at = names.indexOf(call.mark);
  // A once has a function of its own between the two.
  return at >= 0 && names[at + (getsGuard ? 2 : 3)] === mark && awaitsOnly(text, getsGuard);
}

function awaitsOnly(text: string, getsGuard: boolean): boolean {
  const { kind, parameters } = FUNCTION.exec(text)?.groups ?? {};
  if (parameters === undefined || RETURNS_VALUE.test(text)) return false;
  if (!getsGuard) return true;
  return parameters.trim() === '' && (kind === undefined ? !/\beval\b/.test(text) : !REACHES_GUARD.test(text));
}

function isPlain(given: unknown): given is Promise<unknown> {
  return types.isPromise(given) && Object.getPrototypeOf(given) === Promise.prototype;
}
