/**
 * A large value as planes: one word of 32 bits per part of it, in the order in which parts are met, and beside the words what does
 * not fit into them. The low four bits of a word are its tag, the others its payload.
 *
 *   word           payload, and what follows
 *   integer        the number itself, 28 bits with sign
 *   float date     the next of the floats
 *   string bigint  index in the list of strings; a bigint as its hexadecimal digits
 *   constant       undefined, null, false, true
 *   object         number of a shape; one value for each of its keys
 *   openObject     the same; then a word with a count, and so many times the index of a key in the strings and a value
 *   list           length; that many values
 *   integers       length; that many words which are integers of 32 bits
 *   floats         length; that many of the next floats
 *   map set        size; twice, or once, that many values
 *   buffer         length in bytes; they are the next of the raw bytes, or the next of the buffers that travel beside
 *   again          number of a buffer that was met before
 *   view           index in VIEWS; byte offset in a word, elements in a word, then its buffer
 *
 * In memory: a header of words, the floats, the words, the text, the raw bytes. The text is what V8's serializer
 * makes of two lists: the shapes, each a list of its keys, and the strings. Strings are stored once where that pays, so most parts
 * cost their reader nothing but the look-up.
 *
 * Writer and reader are the same program on the same machine, so there is no version and no check of what is read.
 */
export const Part = {
  integer: 0,
  float: 1,
  string: 2,
  constant: 3,
  object: 4,
  openObject: 5,
  list: 6,
  integers: 7,
  floats: 8,
  map: 9,
  set: 10,
  buffer: 11,
  again: 12,
  view: 13,
  bigint: 14,
  date: 15,
} as const;

export const TAG_BITS = 4;
export const TAG_MASK = 15;
/** Payloads that are counts, lengths and indexes stay below. */
export const PAYLOAD_MAX = 2 ** 27;

export const CONSTANTS = [undefined, null, false, true] as const;

/** The first byte of the bytes; V8's serializer begins with 255. */
export const GRAPH_MARK = 71;

/** Words of the header: mark, floats, words, bytes of text, least bytes of a buffer that travels beside; one is left, for the floats. */
export const HEADER_WORDS = 6;
export const HEADER_BYTES = HEADER_WORDS * 4;
