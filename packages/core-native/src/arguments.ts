// Checks of what callers pass, all before the addon is called: a TypeError (not the kind of value that is expected) or
// a RangeError (right kind, impossible value) with `code` 'HEDDLE_ARGUMENT' that names kernel, argument, expectation
// and value. The addon checks types and lengths again for itself, with fewer words.
import { types } from 'node:util';

/** Arrays of IEEE numbers. */
export type FloatArray = Float64Array | Float32Array;
/** Arrays that the general kernels take. */
export type NumericArray = FloatArray | Int32Array | Uint32Array;
/** Every array that some kernel takes. */
export type KernelArray = NumericArray | Uint8Array | Uint16Array;

export type ArrayTypeName =
  'Float64Array' | 'Float32Array' | 'Int32Array' | 'Uint32Array' | 'Uint16Array' | 'Uint8Array';

export const FLOAT_TYPES = ['Float64Array', 'Float32Array'] as const;
export const NUMERIC_TYPES = [...FLOAT_TYPES, 'Int32Array', 'Uint32Array'] as const;

/** Most threads that a call may ask for. */
export const THREADS_MAX = 256;

const TEXT_MAX = 40;

// The getter of %TypedArray%.prototype looks at the object itself: it can't be fooled by a property and takes views
// made in another context (vm, test runners).
const ofViews: object = Object.getPrototypeOf(Uint8Array.prototype);
const tagOf = Object.getOwnPropertyDescriptor(ofViews, Symbol.toStringTag)!.get!;
const bufferGetter = Object.getOwnPropertyDescriptor(ofViews, 'buffer')!.get!;

/** The buffer that the view lies over, whatever a property of that name or a subclass says. */
export const bufferOf = (view: KernelArray): ArrayBufferLike => bufferGetter.call(view) as ArrayBufferLike;

function describe(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value.length > TEXT_MAX ? `a string of ${value.length} characters` : `'${value}'`;
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'object': {
      if (value === null) return 'null';
      const name = (tagOf.call(value) as string | undefined) ?? Object.prototype.toString.call(value).slice(8, -1);
      return `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`;
    }
    default:
      return `a ${typeof value}`;
  }
}

function named<E extends Error>(error: E): E {
  return Object.assign(error, { code: 'HEDDLE_ARGUMENT' });
}

/** `kernel: argument must be <expected>, got <value>` as a TypeError. */
export function wrongType(kernel: string, argument: string, expected: string, value: unknown): TypeError {
  return named(new TypeError(`${kernel}: ${argument} must be ${expected}, got ${describe(value)}`));
}

/** `kernel: argument must <expected>, got <got>` as a RangeError. */
export function wrongRange(kernel: string, argument: string, expected: string, got: string): RangeError {
  return named(new RangeError(`${kernel}: ${argument} must ${expected}, got ${got}`));
}

function isDetached(view: KernelArray): boolean {
  try {
    // Constructing a view is what every Node version refuses on a detached buffer and allows on an empty one.
    return new Uint8Array(view.buffer, 0, 0).length !== 0;
  } catch {
    return true;
  }
}

function listOf(names: readonly ArrayTypeName[]): string {
  const [last, ...others] = names.map((name) => (name === 'Int32Array' ? `an ${name}` : `a ${name}`)).reverse();
  return others.length === 0 ? last! : `${others.reverse().join(', ')} or ${last}`;
}

/** Throws unless `value` is a typed array of a named type whose buffer is there; gives the type's name. */
export function checkArray(
  kernel: string,
  argument: string,
  value: unknown,
  names: readonly ArrayTypeName[],
): ArrayTypeName {
  const name = tagOf.call(value) as ArrayTypeName | undefined;
  if (name === undefined || !names.includes(name)) throw wrongType(kernel, argument, listOf(names), value);
  if ((value as KernelArray).length === 0 && isDetached(value as KernelArray)) {
    throw named(new TypeError(`${kernel}: ${argument} must have a buffer, got a ${name} whose buffer is detached`));
  }
  return name;
}

/** Throws unless the array has exactly `length` elements; `meaning` says where that number comes from. */
export function checkLength(
  kernel: string,
  argument: string,
  array: KernelArray,
  length: number,
  meaning: string,
): void {
  if (array.length === length) return;
  throw wrongRange(kernel, argument, `have ${length} elements (${meaning})`, `${array.length}`);
}

/** Throws unless `value` is an integer in min..max. */
export function checkInteger(kernel: string, argument: string, value: unknown, min: number, max: number): number {
  const expected = `an integer from ${min} to ${max}`;
  if (typeof value !== 'number') throw wrongType(kernel, argument, expected, value);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw wrongRange(kernel, argument, `be ${expected}`, describe(value));
}

/** Throws unless `value` is a finite number. */
export function checkFinite(kernel: string, argument: string, value: unknown): number {
  if (typeof value !== 'number') throw wrongType(kernel, argument, 'a finite number', value);
  if (Number.isFinite(value)) return value;
  throw wrongRange(kernel, argument, 'be a finite number', describe(value));
}

/** Throws unless `value` is an object that carries named values. */
export function checkObject(kernel: string, argument: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) throw wrongType(kernel, argument, 'an object', value);
}

/** Throws unless `value` is undefined or a whole number of threads. */
export function checkThreads(kernel: string, value: unknown): void {
  if (value !== undefined) checkInteger(kernel, 'threads', value, 1, THREADS_MAX);
}

/** Throws when `array` shares a byte with `other`; `mayBeSame` allows exactly the same bytes. */
export function checkNoOverlap(
  kernel: string,
  argument: string,
  array: KernelArray,
  otherArgument: string,
  other: KernelArray,
  mayBeSame = false,
): void {
  if (array.buffer !== other.buffer || array.byteLength === 0 || other.byteLength === 0) return;
  const begin = array.byteOffset;
  const end = begin + array.byteLength;
  const otherBegin = other.byteOffset;
  const otherEnd = otherBegin + other.byteLength;
  if (end <= otherBegin || otherEnd <= begin) return;
  if (mayBeSame && begin === otherBegin && end === otherEnd) return;
  const expected = mayBeSame
    ? `be the same bytes as ${otherArgument} or share none with it`
    : `share no byte with ${otherArgument}`;
  throw wrongRange(kernel, argument, expected, `bytes ${begin}..${end} beside ${otherBegin}..${otherEnd}`);
}

/** True for buffers that can shrink under a running job. A growable SharedArrayBuffer can't. */
export function isResizable(buffer: ArrayBufferLike): boolean {
  return (buffer as { resizable?: boolean }).resizable === true && !types.isSharedArrayBuffer(buffer);
}

/** A new array; a RangeError of this package when the machine can't give that much memory. */
export function allocate<T extends KernelArray>(
  kernel: string,
  argument: string,
  Type: new (length: number) => T,
  length: number,
): T {
  try {
    return new Type(length);
  } catch {
    throw wrongRange(kernel, argument, 'fit into memory', `${length} elements`);
  }
}
