/**
 * The bytes of a small value. One byte says what follows; numbers are little-endian; nothing is aligned. Writer and reader are the
 * same program on the same machine, so there is no version. But the bytes may lie in memory that something else has written over
 * meanwhile, so the reader stays within the bytes it was given and throws what can't have been written.
 *
 *   byte            what follows
 *   undefined … true  nothing
 *   >= SMALL_INT    nothing: the integer `byte - SMALL_INT`
 *   int32 float64 bigint64 date    4, 8, 8, 8 bytes
 *   latin1          length in one byte, characters
 *   ascii utf16     length in four bytes, characters of one and of two bytes
 *   list            length in four bytes, that many values
 *   int32s float64s length in four bytes, that many numbers of 4 and of 8 bytes
 *   sparse          length and count in four bytes each, `count` times index in four bytes and value
 *   object          count in two bytes, `count` times key and value; a key is its length in one byte and Latin-1 characters,
 *                   or LONG_KEY and a string as above
 *   buffer          bytes in four bytes, bytes
 *   view            index in VIEWS in one byte, then as buffer
 */
export const Tag = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  int32: 4,
  float64: 5,
  bigint64: 6,
  date: 7,
  latin1: 8,
  ascii: 9,
  utf16: 10,
  list: 11,
  int32s: 12,
  float64s: 13,
  sparse: 14,
  object: 15,
  buffer: 16,
  view: 17,
} as const;

/** Levels of objects in objects. Deeper ones are seldom small. */
export const DEPTH_MAX = 16;

/** Length of an array with holes: a few bytes may not ask a reader for megabytes. */
export const SPARSE_LENGTH_MAX = 4_096;

/** From here on the byte is an integer of 0 to 127 itself. */
export const SMALL_INT = 128;

/** Instead of a key's length: a string follows. */
export const LONG_KEY = 255;

/** The views that are written, with their names; the index in this list is in the bytes. */
export const VIEWS = [
  Uint8Array,
  Uint8ClampedArray,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigUint64Array,
  BigInt64Array,
  DataView,
] as const;
