/**
 * What a task threw, as plain data and back: name, message, stack, code, cause, AggregateError's errors, own properties, and the trace
 * that a pool leaves in it (`task`). Built-in classes and heddle's own are rebuilt as themselves; a class of the user arrives as an Error
 * with its name. Errors that are met again, as in a circle of causes, are one error again. Taking apart never throws: what can't be sent
 * arrives as a sentence.
 */
import { inspect } from 'node:util';
import type { HeddleError, TaskTrace } from '@heddle/ts-orchestrator';
import { serialize } from '@heddle/codec';
import { CLUSTER_ERRORS, ClusterError, type ClusterErrorCode } from '../errors.ts';

interface Parts {
  readonly kind: 'error';
  readonly id: number;
  readonly base: string;
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly cause?: Thrown;
  readonly errors?: readonly Thrown[];
  readonly own: readonly (readonly [string, Thrown])[];
  readonly task?: TaskTrace;
}
export type Thrown =
  | Parts
  | { readonly kind: 'value'; readonly value: unknown }
  /** An array with errors in it, as `causes` of a quarantined task. */
  | { readonly kind: 'list'; readonly id: number; readonly items: readonly Thrown[] }
  | { readonly kind: 'again'; readonly id: number };

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

const isError = (thrown: unknown): thrown is Error => read(() => thrown instanceof Error, false);
/** What is in an array that has errors in it; undefined for anything else. */
const partsOf = (thrown: unknown): unknown[] | undefined =>
  read(() => (Array.isArray(thrown) && thrown.some(isError) ? thrown.slice() : undefined), undefined);

export function takeApart(thrown: unknown): Thrown {
  const ids = new Map<unknown, number>();
  const remember = (part: unknown): number => {
    const id = ids.size;
    ids.set(part, id);
    return id;
  };
  const take = (part: unknown, depth: number): Thrown => {
    const inner = (each: unknown) => take(each, depth + 1);
    if (depth >= DEPTH_MAX) return { kind: 'value', value: textOf(part) };
    const known = ids.get(part);
    if (known !== undefined) return { kind: 'again', id: known };
    const parts = partsOf(part);
    if (parts !== undefined) return { kind: 'list', id: remember(part), items: parts.map(inner) };
    if (!isError(part)) {
      const isSent = read(() => serialize(part) !== undefined, false);
      return { kind: 'value', value: isSent ? part : textOf(part) };
    }
    const id = remember(part);
    const errors = read(() => (part as AggregateError).errors as unknown, undefined);
    const task = traceOf(part);
    return {
      kind: 'error',
      id,
      base: baseOf(part),
      name: read(() => String(part.name), 'Error'),
      message: read(() => String(part.message), ''),
      stack: read(() => String(part.stack), ''),
      ...(read(() => Object.hasOwn(part, 'cause'), false) ? { cause: inner(read(() => part.cause, undefined)) } : {}),
      ...(Array.isArray(errors) ? { errors: errors.map(inner) } : {}),
      ...(task === undefined ? {} : { task }),
      own: read(() => Object.keys(part), [])
        .filter((key) => !NOT_OWN.has(key))
        .map((key) => [key, inner(read(() => (part as unknown as Record<string, unknown>)[key], '[getter threw]'))]),
    };
  };
  return take(thrown, 0);
}

/** What a pool has left in an error, unseen by who lists its properties. */
function traceOf(error: Error): TaskTrace | undefined {
  const found = read(() => Object.getOwnPropertyDescriptor(error, 'task'), undefined);
  const isTrace = found !== undefined && found.enumerable !== true && read(() => serialize(found.value), undefined);
  return isTrace ? (found.value as TaskTrace) : undefined;
}

/**
 * `Heddle`: the class of pools, which is loaded when there is a pool. `index`: that of the item that it is the outcome of; the trace has the
 * index within the chunk.
 */
export function putTogether(thrown: Thrown, Heddle: typeof HeddleError, index?: number): unknown {
  const made = new Map<number, unknown>();
  const put = (part: Thrown): unknown => {
    if (part.kind === 'value') return part.value;
    if (part.kind === 'again') return made.get(part.id);
    if (part.kind === 'list') {
      const list: unknown[] = [];
      made.set(part.id, list);
      for (const item of part.items) list.push(put(item));
      return list;
    }
    const { id, base, message, name, stack, cause, errors, own, task } = part;
    const code = own.find(([key]) => key === 'code')?.[1];
    const error = make(base, message, code?.kind === 'value' ? code.value : undefined, Heddle);
    made.set(id, error);
    define(error, 'stack', stack);
    if (error.name !== name) define(error, 'name', name);
    if (cause !== undefined) define(error, 'cause', put(cause));
    if (errors !== undefined) define(error, 'errors', errors.map(put));
    for (const [key, value] of own) define(error, key, put(value), true);
    const isOfItem = index !== undefined && task?.index !== undefined;
    if (task !== undefined) define(error, 'task', isOfItem ? { ...task, index } : task);
    return error;
  };
  return put(thrown);
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
