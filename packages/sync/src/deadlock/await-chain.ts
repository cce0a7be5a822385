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
 *      listener. A function of ours that the wait resumes (`probe`) sees how many functions stand above it. When a second listener is put
 *      on a promise, the way ends there. So it is seen whether the way leads over a promise, and how many functions are before it: here over
 *      the promise of the wait, and then, with exactly one function more, over what the function has given.
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
}

/** What the engine shows above the function that asks: how many wait for it, and where. */
export interface Sight {
  readonly depth: number;
  readonly stack: string;
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
    const depth = sites.length < MAX_SIGHT ? waiting.length : 0;
    return { depth, stack: ['', ...waiting.map((site) => `    at ${String(site)}`)].join('\n') };
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
}

/**
 * How many of the guards around the call, from the inner on, are held until its wait has ended. `probe` resumes the function that waits,
 * which gives what it sees.
 */
export async function provenHolders(
  inner: OwnCall,
  holders: readonly HeldGuard[],
  probe: () => Promise<Sight>,
): Promise<number> {
  const links = linksOf(inner, holders);
  let { depth } = await probe();
  // From the outer to the inner: a way that was cut stays so.
  const depths: { before: number; at: number }[] = [];
  for (const { awaited, given } of links.toReversed()) {
    if (given === awaited) {
      depths.push({ before: -1, at: -1 });
      continue;
    }
    const at = await cut(given, depth, probe);
    const before = await cut(awaited, at, probe);
    depths.push({ at: at < depth ? at : 0, before });
    depth = before;
  }
  depths.reverse();
  const isLink = (index: number) => {
    const { call, given, awaited } = links[index]!;
    const { at, before } = depths[index]!;
    return !call.isThenUsed && (given === awaited || (at > 0 && at === before + 1));
  };
  const wrong = links.findIndex((_link, index) => !isLink(index));
  return wrong < 0 ? links.length : wrong;
}

interface Link {
  readonly call: OwnCall;
  readonly awaited: Promise<unknown>;
  /** By the function. */
  readonly given: Promise<unknown>;
}

/** As far as the functions can be told to wait. */
function linksOf(inner: OwnCall, holders: readonly HeldGuard[]): Link[] {
  const links: Link[] = [];
  let call: OwnCall | undefined = inner;
  for (const { fn, given, getsGuard, call: outer } of holders) {
    const awaited: Promise<unknown> | undefined = call?.promise;
    if (call === undefined || awaited === undefined || !isPlain(given)) break;
    const text = Function.prototype.toString.call(fn);
    if (given === awaited ? getsGuard && !ARROW.test(text) : !awaitsOnly(text, getsGuard)) break;
    links.push({ call, awaited, given });
    call = outer;
  }
  return links;
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

/** How many functions stand before the promise; `depth` of them if the way does not lead over it. */
async function cut(promise: Promise<unknown>, depth: number, probe: () => Promise<Sight>): Promise<number> {
  // Nothing was seen above: perhaps nobody has taken care of its failure, and this must not hide it.
  if (depth === 0) return 0;
  const ignore = () => {};
  Promise.prototype.then.call(promise, ignore, ignore);
  return (await probe()).depth;
}
