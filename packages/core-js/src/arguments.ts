// The checks that every kernel makes of its arguments, and the errors they end in. A bad argument is a TypeError (wrong
// kind of value) or a RangeError (right kind, impossible value) with `code` 'HEDDLE_ARGUMENT'; its message names the
// kernel, the argument, what was expected and what came. All checks run before any element is read or written.

/** Arrays of IEEE numbers. */
export type FloatArray = Float64Array | Float32Array;
/** Arrays that the general kernels take. */
export type NumericArray = FloatArray | Int32Array | Uint32Array;
/** Any array that some kernel takes. */
export type KernelArray = NumericArray | Uint8Array | Uint16Array;

/** Options of every `Sync` kernel. */
export interface SyncKernelOptions {
  /** Threads to use, 1 to 256. Accepted so that calls fit both cores; this package always uses the calling thread. */
  threads?: number;
}

/** Options of every asynchronous kernel. */
export interface KernelOptions extends SyncKernelOptions {
  /** Rejects with the signal's reason when it is aborted before the work starts. */
  signal?: AbortSignal;
  /** Takes over the buffers of plain arrays: the caller's views are detached, the promise gives the new ones. */
  move?: boolean;
}

/** Most threads that a kernel may be asked to use. */
export const THREADS_MAX = 256;

/** The arrays by the names that error messages call them. */
interface ArrayTypes {
  Float64Array: Float64Array;
  Float32Array: Float32Array;
  Int32Array: Int32Array;
  Uint32Array: Uint32Array;
  Uint16Array: Uint16Array;
  Uint8Array: Uint8Array;
}
export type ArrayTypeName = keyof ArrayTypes;

const FLOAT_TYPES = ['Float64Array', 'Float32Array'] as const;
const NUMERIC_TYPES = [...FLOAT_TYPES, 'Int32Array', 'Uint32Array'] as const;

/** What a value is, short enough for one line of an error message. */
function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string') return value.length > 40 ? `a string of ${value.length} characters` : `'${value}'`;
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return 'a bigint';
  if (typeof value === 'symbol') return 'a symbol';
  if (typeof value === 'function') return 'a function';
  const name =
    typeNameOf(value) ?? (Array.isArray(value) ? 'Array' : Object.prototype.toString.call(value).slice(8, -1));
  return /^[AEIOU](?!int)/.test(name) ? `an ${name}` : `a ${name}`;
}

function withCode<E extends Error>(error: E): E & { code: 'HEDDLE_ARGUMENT' } {
  return Object.assign(error, { code: 'HEDDLE_ARGUMENT' as const });
}

/** A value of the wrong kind: "sum: x must be a Float64Array …, got 'abc'". */
export function wrongType(kernel: string, argument: string, expected: string, value: unknown): TypeError {
  return withCode(new TypeError(`${kernel}: ${argument} must be ${expected}, got ${describe(value)}`));
}

/** A value of the right kind that can't be used: "matmul: out must have length 12 (m x n), got 11". */
export function wrongRange(kernel: string, argument: string, expected: string, got: string): RangeError {
  return withCode(new RangeError(`${kernel}: ${argument} must ${expected}, got ${got}`));
}

const typedArrayTag = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)!.get!;

/** 'Float64Array' and the like for typed arrays of any realm (a Buffer is a 'Uint8Array'), undefined for the rest. */
export function typeNameOf(value: unknown): string | undefined {
  return typedArrayTag.call(value) as string | undefined;
}

/** Whether `array` is of the named type, in whichever realm it was made. */
export function isOf<N extends ArrayTypeName>(array: KernelArray, name: N): array is ArrayTypes[N] {
  return typeNameOf(array) === name;
}

function listNames(names: readonly string[]): string {
  const articled = names.map((name) => (name.startsWith('I') ? `an ${name}` : `a ${name}`));
  return articled.length < 2 ? articled.join('') : `${articled.slice(0, -1).join(', ')} or ${articled.at(-1)}`;
}

/** Throws unless `value` is a typed array of one of the named types whose buffer is still there. */
export function checkArray(
  kernel: string,
  argument: string,
  value: unknown,
  types: readonly ArrayTypeName[],
): asserts value is KernelArray {
  const name = typeNameOf(value);
  if (name === undefined || !(types as readonly string[]).includes(name)) {
    throw wrongType(kernel, argument, listNames(types), value);
  }
  if ((value as KernelArray).length === 0 && isDetached(value as KernelArray)) {
    throw withCode(new TypeError(`${kernel}: ${argument} must have a buffer, got a ${name} whose buffer is detached`));
  }
}

/** Any of the general kernels' arrays. */
export function checkNumericArray(kernel: string, argument: string, value: unknown): asserts value is NumericArray {
  checkArray(kernel, argument, value, NUMERIC_TYPES);
}

/** A Float64Array or a Float32Array. */
export function checkFloatArray(kernel: string, argument: string, value: unknown): asserts value is FloatArray {
  checkArray(kernel, argument, value, FLOAT_TYPES);
}

function isDetached(view: KernelArray): boolean {
  try {
    // The one operation that tells a detached buffer from an empty one on every supported Node version.
    return new Uint8Array(view.buffer, 0, 0).length !== 0;
  } catch {
    return true;
  }
}

/** Throws unless `array` has exactly `length` elements; `meaning` says where the length comes from. */
export function checkLength(
  kernel: string,
  argument: string,
  array: KernelArray,
  length: number,
  meaning: string,
): void {
  if (array.length !== length) {
    throw wrongRange(kernel, argument, `have length ${length} (${meaning})`, String(array.length));
  }
}

/** Throws unless `value` is an integer in min..max. */
export function checkInteger(kernel: string, argument: string, value: unknown, min: number, max: number): number {
  if (typeof value !== 'number') throw wrongType(kernel, argument, `an integer from ${min} to ${max}`, value);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw wrongRange(kernel, argument, `be an integer from ${min} to ${max}`, describe(value));
  }
  return value;
}

/** Throws unless `value` is a finite number. */
export function checkFinite(kernel: string, argument: string, value: unknown): number {
  if (typeof value !== 'number') throw wrongType(kernel, argument, 'a finite number', value);
  if (!Number.isFinite(value)) throw wrongRange(kernel, argument, 'be a finite number', describe(value));
  return value;
}

/** Throws unless `value` is an object that can carry named values (options, parameters). */
export function checkObject(kernel: string, argument: string, value: unknown): asserts value is object {
  if (typeof value !== 'object' || value === null) throw wrongType(kernel, argument, 'an object', value);
}

/** Throws when two views share bytes; `allowSame` permits exactly the same bytes. */
export function checkNoOverlap(
  kernel: string,
  argument: string,
  array: KernelArray,
  otherArgument: string,
  other: KernelArray,
  allowSame = false,
): void {
  if (array.buffer !== other.buffer || array.byteLength === 0 || other.byteLength === 0) return;
  const [start, end] = [array.byteOffset, array.byteOffset + array.byteLength];
  const [otherStart, otherEnd] = [other.byteOffset, other.byteOffset + other.byteLength];
  if (end <= otherStart || otherEnd <= start || (allowSame && start === otherStart && end === otherEnd)) return;
  const got = `bytes ${start} to ${end} of the buffer in which ${otherArgument} has bytes ${otherStart} to ${otherEnd}`;
  throw wrongRange(
    kernel,
    argument,
    `${allowSame ? `be ${otherArgument} itself or ` : ''}not overlap ${otherArgument}`,
    got,
  );
}

/** Throws unless `options` is undefined or a well-formed set of the options that every kernel takes. */
export function checkOptions(kernel: string, options: SyncKernelOptions | undefined): void {
  if (options === undefined) return;
  checkObject(kernel, 'options', options);
  if (options.threads !== undefined) checkInteger(kernel, 'threads', options.threads, 1, THREADS_MAX);
}

/** A new array, or a RangeError of this library when the machine can't give that much memory. */
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
