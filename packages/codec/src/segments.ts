/**
 * Memory that processes share looks like any other buffer, and a copy of it would be another memory. @heddle/core-native, which alone
 * makes such memory, leaves a function by which everybody can tell; nothing here needs that package.
 */
import { types } from 'node:util';

/** Where it leaves its function, as soon as this thread has such memory. */
const RECOGNISER = Symbol.for('@heddle/core-native/sharedSegmentOf');
const realm = globalThis as { [RECOGNISER]?: (value: unknown) => unknown };

/** Is there any segment in this thread? When not, no value needs a look. */
export function hasSegments(): boolean {
  return realm[RECOGNISER] !== undefined;
}

/** The segment below a buffer, or a view of one, as core-native gives it; undefined for everything else. */
export function segmentOf(value: unknown): unknown {
  const find = realm[RECOGNISER];
  return find !== undefined && (ArrayBuffer.isView(value) || types.isArrayBuffer(value)) ? find(value) : undefined;
}
