/**
 * Shared arrays across processes are passed beside the value that they belong to: as an argument of its own, or as the whole
 * result. Here they are taken out of it and put in again.
 */
import { hasSegments } from '@heddle/codec/segments';
import { segmentOf, type Segment } from './os-services.ts';
import type { PayloadRole } from './payload.ts';
import { TYPES, type SharedArrayType } from './shared-array.ts';

export type SharedView = InstanceType<SharedArrayType>;

export interface SharedPart {
  /** Place in the list; undefined: it is the value itself. */
  readonly at: number | undefined;
  readonly array: SharedView;
  readonly segment: Segment;
}

export interface Parted {
  readonly parts: readonly SharedPart[];
  /** The value with null in their place. */
  readonly rest: unknown;
}

/** The value without its shared arrays; undefined: it has none at such a place. Costs nothing as long as this thread has no segment. */
export function takeOut(value: unknown, role: PayloadRole): Parted | undefined {
  if (!hasSegments()) return undefined;
  if (role.subject !== 'arguments' && role.isList !== true) {
    const segment = sharedSegment(value);
    return segment && { parts: [{ at: undefined, array: value as SharedView, segment }], rest: null };
  }
  const parts: SharedPart[] = [];
  const rest = [...(value as readonly unknown[])];
  for (const [at, item] of rest.entries()) {
    const segment = sharedSegment(item);
    if (segment === undefined) continue;
    parts.push({ at, array: item as SharedView, segment });
    rest[at] = null;
  }
  return parts.length === 0 ? undefined : { parts, rest };
}

/** Of a typed array only: nothing else could be made anew around the same memory and mean the same. */
function sharedSegment(value: unknown): Segment | undefined {
  return ArrayBuffer.isView(value) && typeName(value) !== undefined ? segmentOf(value) : undefined;
}

/** Puts arrays in their places. `rest` is this side's own. */
export function putIn(
  rest: unknown,
  parts: ReadonlyArray<{ readonly at: number | undefined; readonly array: SharedView }>,
) {
  for (const { at, array } of parts) {
    if (at === undefined) return array;
    (rest as unknown[])[at] = array;
  }
  return rest;
}

// Looks at the object itself: no property can fool it.
const tagOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)!.get!;

/** Undefined for what is no typed array, and for a Buffer, whose class is not the array's own. */
export function typeName(view: ArrayBufferView): keyof typeof TYPES | undefined {
  const name = tagOf.call(view) as keyof typeof TYPES | undefined;
  return name !== undefined && Object.hasOwn(TYPES, name) && !Buffer.isBuffer(view) ? name : undefined;
}
