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
  | {
      readonly kind: 'error';
      readonly base: string;
      readonly name: string;
      readonly message: string;
      readonly stack: string | undefined;
      readonly cause: EncodedThrow | undefined;
      readonly errors: readonly EncodedThrow[] | undefined;
      readonly own: ReadonlyArray<readonly [string, EncodedThrow]>;
    };

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
export function encodeThrow(thrown: unknown, canSend: (value: unknown) => boolean, depth = 0): EncodedThrow {
  if (!isError(thrown)) {
    if (typeof thrown !== 'object' && typeof thrown !== 'function' && typeof thrown !== 'symbol')
      return { kind: 'value', value: thrown };
    return { kind: 'value', value: canSend(thrown) ? thrown : describe(thrown) };
  }
  if (depth >= DEPTH_MAX) return { kind: 'value', value: describe(thrown) };
  const nested = (value: unknown) => encodeThrow(value, canSend, depth + 1);
  const own: Array<readonly [string, EncodedThrow]> = [];
  for (const key of read(() => Object.keys(thrown), [])) {
    if (key === 'stack' || key === 'message' || key === 'cause' || key === 'errors') continue;
    own.push([key, nested(read(() => (thrown as unknown as Record<string, unknown>)[key], '[getter threw]'))]);
  }
  const errors = read(() => (thrown as AggregateError).errors, undefined) as unknown;
  return {
    kind: 'error',
    base: baseOf(thrown),
    name: read(() => String(thrown.name), 'Error'),
    message: read(() => String(thrown.message), ''),
    stack: read(() => (typeof thrown.stack === 'string' ? thrown.stack : undefined), undefined),
    cause: read(() => Object.hasOwn(thrown, 'cause'), false) ? nested(read(() => thrown.cause, undefined)) : undefined,
    errors: Array.isArray(errors) ? errors.map(nested) : undefined,
    own,
  };
}

/** Rebuilds what `encodeThrow` took apart. */
export function decodeThrow(encoded: EncodedThrow): unknown {
  if (encoded.kind === 'value') return encoded.value;
  const error = rebuild(encoded);
  if (encoded.stack !== undefined) define(error, 'stack', encoded.stack);
  if (error.name !== encoded.name) define(error, 'name', encoded.name);
  if (encoded.cause !== undefined) define(error, 'cause', decodeThrow(encoded.cause));
  for (const [key, value] of encoded.own)
    Object.defineProperty(error, key, {
      value: decodeThrow(value),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  return error;
}

function rebuild(encoded: EncodedThrow & { kind: 'error' }): Error {
  const { base, message } = encoded;
  if (base === 'AggregateError') return new AggregateError((encoded.errors ?? []).map(decodeThrow), message);
  if (base === 'DOMException') return new DOMException(message, encoded.name);
  if (base === 'HeddleError') {
    const code = encoded.own.find(([key]) => key === 'code')?.[1];
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

function define(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, enumerable: false, writable: true, configurable: true });
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
