/**
 * What it costs the host to copy a value, where that is worth a look: measured for values of COUNTED_BYTES or more, so that a small
 * task pays nothing for it.
 */
import { segmentOf } from './os-services.ts';

export interface CloneCost {
  /** Counted where the value became bytes, else estimated from a look at some of its parts. */
  readonly bytes: number;
  /**
   * Time of this thread. 0 for the first of a function, which nobody expected; and where Node copies on its own, as for what structured
   * clone carries from a thread.
   */
  ms: number;
}

/** Values below cost microseconds. */
export const COUNTED_BYTES = 16_384;

/** Parts that an estimate looks at. */
const LOOKS_MAX = 64;
/** Elements of a list that stand for the others. */
const SAMPLES = 8;
/** About what a number, an empty object or a key takes. */
const PART_BYTES = 8;

export interface Costed<T> {
  readonly made: T;
  readonly cost: CloneCost | undefined;
}

/**
 * Makes copies, and says what those of COUNTED_BYTES or more cost. To look at the clock takes longer than to copy a small value (0.3 us on
 * some machines), so that is done for those alone of which large ones are known: functions that had one before.
 */
export class CostedCopies {
  readonly #withLarge = new Set<string>();

  /** Has this function had a large value? */
  isLarge(name: string): boolean {
    return this.#withLarge.has(name);
  }

  /** `bytesOf`: counts what was made. */
  make<T>(name: string, make: () => T, bytesOf: (made: T) => number): Costed<T> {
    if (this.#withLarge.has(name)) return timed(make, bytesOf);
    const made = make();
    const bytes = bytesOf(made);
    if (bytes < COUNTED_BYTES) return { made, cost: undefined };
    this.#withLarge.add(name);
    return { made, cost: { bytes, ms: 0 } };
  }
}

/** Makes a copy of something that is large, and says what it cost. */
export function timed<T>(make: () => T, bytesOf: (made: T) => number): Costed<T> {
  const startedAt = performance.now();
  const made = make();
  const ms = performance.now() - startedAt;
  const bytes = bytesOf(made);
  return { made, cost: bytes < COUNTED_BYTES ? undefined : { bytes, ms } };
}

/** About so many bytes does a copy of this take. Looks at no more than LOOKS_MAX parts, and runs no getter. */
export function estimateBytes(root: unknown): number {
  if (ArrayBuffer.isView(root)) return bufferBytes(root.buffer);
  let looks = 0;
  const bytesOf = (value: unknown): number => {
    if (typeof value === 'string') return value.length;
    if (typeof value !== 'object' || value === null) return PART_BYTES;
    if (ArrayBuffer.isView(value)) return bufferBytes(value.buffer);
    if (value instanceof ArrayBuffer) return bufferBytes(value);
    if (++looks > LOOKS_MAX) return PART_BYTES;
    if (Array.isArray(value)) return listBytes(value);
    if (value instanceof Map || value instanceof Set) return PART_BYTES + mean(value, SAMPLES) * value.size;
    let bytes = PART_BYTES;
    let keys = 0;
    for (const key in value) {
      bytes += PART_BYTES;
      if (++keys <= LOOKS_MAX) bytes += bytesOf(ownValue(value, key));
    }
    return bytes;
  };
  const listBytes = (list: readonly unknown[]): number => {
    const { length } = list;
    if (length <= SAMPLES)
      return list.reduce<number>((sum, _, index) => sum + bytesOf(ownValue(list, index)), PART_BYTES);
    const step = Math.floor(length / SAMPLES);
    let sum = 0;
    for (let sample = 0; sample < SAMPLES; sample++) sum += bytesOf(ownValue(list, sample * step));
    return PART_BYTES + (sum / SAMPLES) * length;
  };
  const mean = (parts: Iterable<unknown>, count: number): number => {
    let sum = 0;
    let seen = 0;
    for (const part of parts) {
      sum += bytesOf(part);
      if (++seen === count) break;
    }
    return seen === 0 ? 0 : sum / seen;
  };
  return Math.round(bytesOf(root));
}

/** Memory that is shared is not copied. */
function bufferBytes(buffer: ArrayBufferLike): number {
  return buffer instanceof ArrayBuffer && segmentOf(buffer) === undefined ? buffer.byteLength : PART_BYTES;
}

function ownValue(object: object, key: PropertyKey): unknown {
  return Object.getOwnPropertyDescriptor(object, key)?.value;
}
