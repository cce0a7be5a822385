// Least-significant-digit radix sort by 32-bit keys: 11, 11 and 10 bits, three passes between an array and a buffer of
// its size. On random data three to six times as fast as TypedArray.prototype.sort from RADIX_MIN elements on.
//
// Each digit has its own table and its own loops, though they look alike: tables that are bound to the module and as
// long as the digit's mask allows need no bounds checks (a shared loop costs a fifth more). A pass whose digit is the
// same for all keys would move nothing and is left out.

/** Elements from which the passes repay their tables. */
export const RADIX_MIN = 1024;

/** Most elements whose places fit the 32-bit counters. */
export const RADIX_MAX = 2 ** 30;

/** XORed into the top digit: with it keys order as signed integers, with 0 as unsigned ones. */
export const SIGNED = -0x8000_0000;

const LOW_BINS = 2 ** 11;
const TOP_BINS = 2 ** 10;
const LOW_MASK = LOW_BINS - 1;

// First the counts per digit, then the place where the next key of that digit goes. Scratch of the calling thread.
const low = new Int32Array(LOW_BINS);
const middle = new Int32Array(LOW_BINS);
const top = new Int32Array(TOP_BINS);

/** Turns counts into first places; false when one digit holds all keys. */
function makePlaces(counts: Int32Array, length: number): boolean {
  let place = 0;
  for (let digit = 0; digit < counts.length; digit++) {
    const count = counts[digit]!;
    if (count === length) return false;
    counts[digit] = place;
    place += count;
  }
  return true;
}

/** Sorts `keys`; `flip` is SIGNED or 0. RangeError, with every key in place, when there is no memory for the buffer. */
export function radixSort32(keys: Int32Array, flip: number): void {
  const { length } = keys;
  let from = keys;
  let to: Int32Array = new Int32Array(length);
  count32(keys, flip);
  if (makePlaces(low, length)) {
    passLow32(from, to);
    [from, to] = [to, from];
  }
  if (makePlaces(middle, length)) {
    passMiddle32(from, to);
    [from, to] = [to, from];
  }
  if (makePlaces(top, length)) {
    passTop32(from, to, flip);
    from = to;
  }
  if (from !== keys) keys.set(from);
}

function count32(keys: Int32Array, flip: number): void {
  low.fill(0);
  middle.fill(0);
  top.fill(0);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    low[key & LOW_MASK]!++;
    middle[(key >>> 11) & LOW_MASK]!++;
    top[(key ^ flip) >>> 22]!++;
  }
}

function passLow32(from: Int32Array, to: Int32Array): void {
  for (let i = 0; i < from.length; i++) {
    const key = from[i]!;
    const digit = key & LOW_MASK;
    const place = low[digit]!;
    low[digit] = place + 1;
    to[place] = key;
  }
}

function passMiddle32(from: Int32Array, to: Int32Array): void {
  for (let i = 0; i < from.length; i++) {
    const key = from[i]!;
    const digit = (key >>> 11) & LOW_MASK;
    const place = middle[digit]!;
    middle[digit] = place + 1;
    to[place] = key;
  }
}

function passTop32(from: Int32Array, to: Int32Array, flip: number): void {
  for (let i = 0; i < from.length; i++) {
    const key = from[i]!;
    const digit = (key ^ flip) >>> 22;
    const place = top[digit]!;
    top[digit] = place + 1;
    to[place] = key;
  }
}

/**
 * Sorts doubles that hold no NaN, -0 before +0. Radix passes order them by their upper 32 bits, which is all that tells
 * most doubles apart; what shares those bits is then sorted among itself. RangeError, with every element in place, when
 * there is no memory for the buffer.
 */
export function radixSort64(x: Float64Array): void {
  const { length } = x;
  const words = wordsOf(x);
  const buffer = new Float64Array(length);
  const bufferWords = wordsOf(buffer);
  count64(words, length);
  let isInBuffer = false;
  if (makePlaces(low, length)) {
    passLow64(x, words, buffer);
    isInBuffer = true;
  }
  if (makePlaces(middle, length)) {
    if (isInBuffer) passMiddle64(buffer, bufferWords, x);
    else passMiddle64(x, words, buffer);
    isInBuffer = !isInBuffer;
  }
  if (makePlaces(top, length)) {
    if (isInBuffer) passTop64(buffer, bufferWords, x);
    else passTop64(x, words, buffer);
    isInBuffer = !isInBuffer;
  }
  if (isInBuffer) x.set(buffer);
  sortEqualUpperHalves(x, words);
}

function wordsOf(x: Float64Array): Int32Array {
  return new Int32Array(x.buffer, x.byteOffset, 2 * x.length);
}

/** On little-endian machines the upper half of element i is word 2i + 1. */
const UPPER = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

// Doubles order as their upper words do, once a negative one has all bits but its sign turned round.
function upperKey(words: Int32Array, i: number): number {
  const word = words[2 * i + UPPER]!;
  return word ^ ((word >> 31) & 0x7fff_ffff);
}

function count64(words: Int32Array, length: number): void {
  low.fill(0);
  middle.fill(0);
  top.fill(0);
  for (let i = 0; i < length; i++) {
    const key = upperKey(words, i);
    low[key & LOW_MASK]!++;
    middle[(key >>> 11) & LOW_MASK]!++;
    top[(key ^ SIGNED) >>> 22]!++;
  }
}

function passLow64(from: Float64Array, words: Int32Array, to: Float64Array): void {
  for (let i = 0; i < from.length; i++) {
    const digit = upperKey(words, i) & LOW_MASK;
    const place = low[digit]!;
    low[digit] = place + 1;
    to[place] = from[i]!;
  }
}

function passMiddle64(from: Float64Array, words: Int32Array, to: Float64Array): void {
  for (let i = 0; i < from.length; i++) {
    const digit = (upperKey(words, i) >>> 11) & LOW_MASK;
    const place = middle[digit]!;
    middle[digit] = place + 1;
    to[place] = from[i]!;
  }
}

function passTop64(from: Float64Array, words: Int32Array, to: Float64Array): void {
  for (let i = 0; i < from.length; i++) {
    const digit = (upperKey(words, i) ^ SIGNED) >>> 22;
    const place = top[digit]!;
    top[digit] = place + 1;
    to[place] = from[i]!;
  }
}

function sortEqualUpperHalves(x: Float64Array, words: Int32Array): void {
  const { length } = x;
  let start = 0;
  for (let i = 1; i <= length; i++) {
    if (i < length && words[2 * i + UPPER] === words[2 * start + UPPER]) continue;
    if (i - start > 1) sortRun(x, start, i);
    start = i;
  }
}

/** Longest run that is sorted by insertion; beyond it the built-in sort repays its call. */
const INSERTION_MAX = 24;

// There is no NaN here, and no run holds both zeros: they differ in the upper half.
function sortRun(x: Float64Array, start: number, end: number): void {
  if (end - start > INSERTION_MAX) {
    // Long runs are mostly one value many times.
    if (!isAscending(x, start, end)) x.subarray(start, end).sort();
    return;
  }
  for (let i = start + 1; i < end; i++) {
    const value = x[i]!;
    let j = i - 1;
    while (j >= start && x[j]! > value) {
      x[j + 1] = x[j]!;
      j--;
    }
    x[j + 1] = value;
  }
}

function isAscending(x: Float64Array, start: number, end: number): boolean {
  for (let i = start + 1; i < end; i++) if (x[i - 1]! > x[i]!) return false;
  return true;
}
