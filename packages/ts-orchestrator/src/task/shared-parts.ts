/**
 * Shared arrays across processes are passed beside the value that they belong to: as an argument of its own, or as the whole
 * result. Here they are taken out of it and put in again. So is the memory that a handle of @heddle/sync names, in the same places; the
 * handle stays where it is.
 */
import { hasSegments } from '@heddle/codec/segments';
import { segmentOf, type Segment } from './os-services.ts';
import type { PayloadRole } from './payload.ts';
import { hasHandles, memoriesOf, nameHere } from './sync-handle.ts';
import { TYPES, type SharedArrayType } from './shared-array.ts';

export type SharedView = InstanceType<SharedArrayType>;

export interface SharedPart {
  /** Place in the list; undefined: it is the value itself. */
  readonly at: number | undefined;
  /** It is the memory that a handle in this place names here. */
  readonly path?: readonly string[] | undefined;
  readonly array: SharedView;
  readonly segment: Segment;
}

export interface Parted {
  readonly parts: readonly SharedPart[];
  /** The value with null in their place. */
  readonly rest: unknown;
}

/**
 * The value without its shared arrays; undefined: it has none at such a place. Costs nothing as long as this thread has no segment and no
 * handle.
 */
export function takeOut(value: unknown, role: PayloadRole): Parted | undefined {
  if (!hasSegments() && !hasHandles()) return undefined;
  if (role.subject !== 'arguments' && role.isList !== true) {
    const segment = sharedSegment(value);
    if (segment !== undefined) return { parts: [{ at: undefined, array: value as SharedView, segment }], rest: null };
    const parts = partsOfHandle(value, undefined);
    return parts.length === 0 ? undefined : { parts, rest: value };
  }
  const parts: SharedPart[] = [];
  const rest = [...(value as readonly unknown[])];
  for (const [at, item] of rest.entries()) {
    const segment = sharedSegment(item);
    if (segment === undefined) {
      parts.push(...partsOfHandle(item, at));
      continue;
    }
    parts.push({ at, array: item as SharedView, segment });
    rest[at] = null;
  }
  return parts.length === 0 ? undefined : { parts, rest };
}

/** Is there a handle among the arguments, or is the value one? What would be small and plain without it. */
export function hasHandle(value: unknown, role: PayloadRole): boolean {
  if (!hasHandles()) return false;
  const isList = role.subject === 'arguments' || role.isList === true;
  return isList
    ? (value as readonly unknown[]).some((item) => memoriesOf(item) !== undefined)
    : memoriesOf(value) !== undefined;
}

function partsOfHandle(value: unknown, at: number | undefined): SharedPart[] {
  const memories = memoriesOf(value) ?? [];
  return memories.map(({ path, segment }) => ({ at, path, array: new Uint8Array(segment.buffer), segment }));
}

/** Of a typed array only: nothing else could be made anew around the same memory and mean the same. */
function sharedSegment(value: unknown): Segment | undefined {
  return ArrayBuffer.isView(value) && typeName(value) !== undefined ? segmentOf(value) : undefined;
}

/** Puts arrays in their places. `rest` is this side's own. */
export function putIn(rest: unknown, parts: readonly SharedPart[]) {
  for (const { at, path, array, segment } of parts) {
    if (path !== undefined) nameHere(at === undefined ? rest : (rest as unknown[])[at], path, segment);
    else if (at === undefined) return array;
    else (rest as unknown[])[at] = array;
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
