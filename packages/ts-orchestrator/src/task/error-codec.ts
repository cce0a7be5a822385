/**
 * Errors across the wire. Structured clone keeps name, message and stack of the built-in errors and drops `code`, `cause`'s
 * own fields and every own property, so an error travels as plain data made here and is rebuilt on the other side: name,
 * message, stack, code, cause, AggregateError's errors and own properties. Built-in classes are rebuilt as themselves,
 * heddle's own too; a class of the user arrives as an Error with its name (its prototype can't travel).
 *
 * Never throws: a property that can't be cloned arrives as a sentence that says so.
 */
import { inspect } from 'node:util';
import { ERROR_CODES, type ErrorCode } from '../errors/codes.ts';
import { HeddleError } from '../errors/errors.ts';

/** An error or any other thrown value, as plain data. */
export type EncodedThrow =
  | { readonly kind: 'value'; readonly value: unknown }
  /** An error that was encoded before in the same throw: causes may be shared, and run in circles. */
  | { readonly kind: 'again'; readonly id: number }
  | EncodedError;

interface EncodedError {
  readonly kind: 'error';
  readonly id: number;
  readonly base: string;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly cause: EncodedThrow | undefined;
  readonly errors: readonly EncodedThrow[] | undefined;
  readonly own: ReadonlyArray<readonly [string, EncodedThrow]>;
}

/** Causes within causes: beyond this depth only the text is kept. A guess; real chains have two or three. */
const DEPTH_MAX = 16;
const TEXT_CHARS_MAX = 1_000;

const BUILT_IN: Record<string, ErrorConstructor> = {
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/** Encodes what was thrown. `canSend` tells whether a value survives the wire of this backend. */
export function encodeThrow(thrown: unknown, canSend: (value: unknown) => boolean): EncodedThrow {
  const ids = new Map<unknown, number>();
  const encode = (value: unknown, depth: number): EncodedThrow => {
    if (!isError(value)) {
      const isPlain = typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol';
      return { kind: 'value', value: isPlain || canSend(value) ? value : describe(value) };
    }
    const known = ids.get(value);
    if (known !== undefined) return { kind: 'again', id: known };
    if (depth >= DEPTH_MAX) return { kind: 'value', value: describe(value) };
    const id = ids.size;
    ids.set(value, id);
    const nested = (part: unknown) => encode(part, depth + 1);
    const own: Array<readonly [string, EncodedThrow]> = [];
    for (const key of read(() => Object.keys(value), [])) {
      if (key === 'stack' || key === 'message' || key === 'cause' || key === 'errors') continue;
      own.push([key, nested(read(() => (value as unknown as Record<string, unknown>)[key], '[getter threw]'))]);
    }
    const errors: unknown = read(() => (value as AggregateError).errors, undefined);
    return {
      kind: 'error',
      id,
      base: baseOf(value),
      name: read(() => String(value.name), 'Error'),
      message: read(() => String(value.message), ''),
      stack: read(() => (typeof value.stack === 'string' ? value.stack : undefined), undefined),
      cause: read(() => Object.hasOwn(value, 'cause'), false) ? nested(read(() => value.cause, undefined)) : undefined,
      errors: Array.isArray(errors) ? errors.map(nested) : undefined,
      own,
    };
  };
  return encode(thrown, 0);
}

/** Rebuilds what `encodeThrow` took apart. */
export function decodeThrow(encoded: EncodedThrow): unknown {
  const made = new Map<number, Error>();
  const decode = (part: EncodedThrow): unknown => {
    if (part.kind === 'value') return part.value;
    if (part.kind === 'again') return made.get(part.id);
    const error = rebuild(part);
    made.set(part.id, error);
    if (part.stack !== undefined) define(error, 'stack', part.stack);
    if (error.name !== part.name) define(error, 'name', part.name);
    if (part.cause !== undefined) define(error, 'cause', decode(part.cause));
    if (part.errors !== undefined) define(error, 'errors', part.errors.map(decode), !(error instanceof AggregateError));
    for (const [key, value] of part.own) define(error, key, decode(value), true);
    return error;
  };
  return decode(encoded);
}

function rebuild({ base, message, name, own }: EncodedError): Error {
  if (base === 'AggregateError') return new AggregateError([], message);
  if (base === 'DOMException') return new DOMException(message, name);
  if (base === 'HeddleError') {
    const code = own.find(([key]) => key === 'code')?.[1];
    if (code?.kind === 'value' && Object.hasOwn(ERROR_CODES, code.value as string))
      return new HeddleError(code.value as ErrorCode, message);
  }
  return new (BUILT_IN[base] ?? Error)(message);
}

function baseOf(error: Error): string {
  if (error instanceof HeddleError) return 'HeddleError';
  if (typeof DOMException === 'function' && error instanceof DOMException) return 'DOMException';
  for (let proto: unknown = error; proto !== null && proto !== undefined; proto = Object.getPrototypeOf(proto)) {
    const name = read(() => (proto as Error).constructor?.name, undefined);
    if (name === 'AggregateError' || (name !== undefined && Object.hasOwn(BUILT_IN, name))) return name;
  }
  return 'Error';
}

/** Errors of another realm (a vm context) count: they carry the tag and a stack. */
function isError(value: unknown): value is Error {
  return read(() => value instanceof Error || Object.prototype.toString.call(value) === '[object Error]', false);
}

function define(error: Error, key: string, value: unknown, enumerable = false): void {
  Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
}

function describe(value: unknown): string {
  const text = read(() => inspect(value, { depth: 1, breakLength: Infinity }), '[value that throws when looked at]');
  return text.length > TEXT_CHARS_MAX ? `${text.slice(0, TEXT_CHARS_MAX)}…` : text;
}

/** User objects may have getters and proxies that throw. */
function read<T>(get: () => T, fallback: T): T {
  try {
    return get();
  } catch {
    return fallback;
  }
}
