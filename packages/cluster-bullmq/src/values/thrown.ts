/**
 * What a task threw, as plain data and back: name, message, stack, code, cause, AggregateError's errors and own properties. Built-in
 * classes and heddle's own are rebuilt as themselves; a class of the user arrives as an Error with its name. Taking apart never throws:
 * what can't be sent arrives as a sentence.
 */
import { inspect } from 'node:util';
import type { HeddleError } from '@heddle/ts-orchestrator';
import { serialize } from '@heddle/codec';
import { CLUSTER_ERRORS, ClusterError, type ClusterErrorCode } from '../errors.ts';

interface Parts {
  readonly kind: 'error';
  readonly base: string;
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly cause?: Thrown;
  readonly errors?: readonly Thrown[];
  readonly own: readonly (readonly [string, Thrown])[];
}
export type Thrown = Parts | { readonly kind: 'value'; readonly value: unknown };

/** Causes within causes: beyond it only the text is kept, as in a pool. */
const DEPTH_MAX = 16;
const TEXT_CHARS_MAX = 1_000;
const BUILT_IN: Readonly<Record<string, ErrorConstructor>> = {
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};
const NOT_OWN: ReadonlySet<string> = new Set(['stack', 'message', 'cause', 'errors', 'name']);

/** Its text: what it is when it does not fit. */
export const textOf = (thrown: unknown): string => {
  const text = read(
    () => (thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : inspect(thrown, { depth: 1 })),
    'unknown',
  );
  return text.length > TEXT_CHARS_MAX ? `${text.slice(0, TEXT_CHARS_MAX)}…` : text;
};

/** An error that is met again, as in a circle of causes, is its text there. */
export function takeApart(thrown: unknown, depth = 0, seen: Set<unknown> = new Set()): Thrown {
  if (!read(() => thrown instanceof Error, false) || depth >= DEPTH_MAX || seen.has(thrown)) {
    if (seen.has(thrown)) return { kind: 'value', value: textOf(thrown) };
    const isSent = depth < DEPTH_MAX && read(() => serialize(thrown) !== undefined, false);
    return { kind: 'value', value: isSent ? thrown : textOf(thrown) };
  }
  const error = thrown as Error;
  seen.add(thrown);
  const inner = (part: unknown) => takeApart(part, depth + 1, seen);
  const errors = read(() => (error as AggregateError).errors as unknown, undefined);
  return {
    kind: 'error',
    base: baseOf(error),
    name: read(() => String(error.name), 'Error'),
    message: read(() => String(error.message), ''),
    stack: read(() => String(error.stack), ''),
    ...(read(() => Object.hasOwn(error, 'cause'), false) ? { cause: inner(read(() => error.cause, undefined)) } : {}),
    ...(Array.isArray(errors) ? { errors: errors.map(inner) } : {}),
    own: read(() => Object.keys(error), [])
      .filter((key) => !NOT_OWN.has(key))
      .map((key) => [key, inner(read(() => (error as unknown as Record<string, unknown>)[key], '[getter threw]'))]),
  };
}

/** `Heddle`: the class of pools, which is loaded when there is a pool. */
export function putTogether(thrown: Thrown, Heddle: typeof HeddleError): unknown {
  if (thrown.kind === 'value') return thrown.value;
  const { base, message, name, stack, cause, errors, own } = thrown;
  const code = own.find(([key]) => key === 'code')?.[1];
  const codeValue = code?.kind === 'value' ? code.value : undefined;
  const error = make(base, message, codeValue, Heddle);
  define(error, 'stack', stack);
  if (error.name !== name) define(error, 'name', name);
  if (cause !== undefined) define(error, 'cause', putTogether(cause, Heddle));
  if (errors !== undefined)
    define(
      error,
      'errors',
      errors.map((each) => putTogether(each, Heddle)),
    );
  for (const [key, value] of own) define(error, key, putTogether(value, Heddle), true);
  return error;
}

function make(base: string, message: string, code: unknown, Heddle: typeof HeddleError): Error {
  if (base === 'AggregateError') return new AggregateError([], message);
  if (base === 'ClusterError' && Object.hasOwn(CLUSTER_ERRORS, String(code)))
    return new ClusterError(code as ClusterErrorCode, message);
  if (base === 'HeddleError' && typeof code === 'string' && code.startsWith('HEDDLE_'))
    return new Heddle(code as HeddleError['code'], message);
  return new (BUILT_IN[base] ?? Error)(message);
}

function baseOf(error: Error): string {
  for (let proto: unknown = error; proto !== null && proto !== undefined; proto = Object.getPrototypeOf(proto)) {
    const name = read(() => (proto as Error).constructor?.name, undefined);
    if (name === undefined) continue;
    if (name === 'AggregateError' || name === 'HeddleError' || name === 'ClusterError' || Object.hasOwn(BUILT_IN, name))
      return name;
  }
  return 'Error';
}

function define(error: Error, key: string, value: unknown, enumerable = false): void {
  Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
}

/** User objects may have getters and proxies that throw. */
function read<T>(get: () => T, fallback: T): T {
  try {
    return get();
  } catch {
    return fallback;
  }
}
