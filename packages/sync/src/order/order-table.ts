/**
 * In which order locks were taken, by all threads of a registry: a table of pairs, each with the stack of who took the second while it held
 * the first.
 *
 * | word | written by | says |
 * | --- | --- | --- |
 * | `USED` | who adds a pair, by adding | entries from there up were never begun |
 * | `STATE` of an entry | who has begun it, once, after the others | it can be read |
 * | `REPORTED` of an entry | who reports, by compare-and-swap | who has taken it upon itself to report what this pair was found in |
 * | `LENGTH`, text | who has begun it, before `STATE` | JSON in UTF-8: the two names, and the stacks |
 *
 * An entry never changes once it can be read. Two threads may add the same pair, and one that dies leaves an entry that nobody reads.
 * Who adds a pair looks at all pairs afterwards: of several that make an inversion together, the last to be added finds the others.
 */
const USED = 0;
const ENTRIES = 16;
const STATE = 0;
const REPORTED = 1;
const LENGTH = 2;
const TEXT = 4;
const ENTRY_WORDS = 512;
/** A guess at how many pairs of names a program has; more are not recorded. */
const MAX_PAIRS = 512;
export const ORDER_WORDS = ENTRIES + MAX_PAIRS * ENTRY_WORDS;
const TEXT_BYTES = (ENTRY_WORDS - TEXT) * Int32Array.BYTES_PER_ELEMENT;

const READABLE = 1;

export interface Pair {
  readonly held: string;
  readonly taken: string;
  /** Where the first was taken, and where the second. */
  readonly heldAt: string;
  readonly takenAt: string;
}

/** False: there is no room. */
export function addPair(order: Int32Array, pair: Pair): boolean {
  const entry = Atomics.load(order, USED) < MAX_PAIRS ? Atomics.add(order, USED, 1) : MAX_PAIRS;
  if (entry >= MAX_PAIRS) return false;
  const at = ENTRIES + entry * ENTRY_WORDS;
  const bytes = fit(pair);
  textOf(order, at).set(bytes);
  Atomics.store(order, at + LENGTH, bytes.length);
  Atomics.store(order, at + STATE, READABLE);
  return true;
}

/** All pairs, by the number of their entry. */
export function readPairs(order: Int32Array): Map<number, Pair> {
  const pairs = new Map<number, Pair>();
  const used = Math.min(MAX_PAIRS, Atomics.load(order, USED));
  for (let entry = 0; entry < used; entry++) {
    const at = ENTRIES + entry * ENTRY_WORDS;
    if (Atomics.load(order, at + STATE) !== READABLE) continue;
    const bytes = textOf(order, at).slice(0, Atomics.load(order, at + LENGTH));
    pairs.set(entry, JSON.parse(Buffer.from(bytes).toString()) as Pair);
  }
  return pairs;
}

/** True for one of those who ask for this entry. */
export function mayReport(order: Int32Array, entry: number): boolean {
  return Atomics.compareExchange(order, ENTRIES + entry * ENTRY_WORDS + REPORTED, 0, 1) === 0;
}

/** Stacks are cut until it fits; names are short (shared-memory.ts). */
function fit(pair: Pair): Uint8Array {
  for (let maxChars = 1024; ; maxChars >>= 1) {
    const { held, taken, heldAt, takenAt } = pair;
    const bytes = Buffer.from(
      JSON.stringify({ held, taken, heldAt: heldAt.slice(0, maxChars), takenAt: takenAt.slice(0, maxChars) }),
    );
    if (bytes.length <= TEXT_BYTES) return bytes;
  }
}

function textOf(order: Int32Array, at: number): Uint8Array {
  return new Uint8Array(order.buffer, order.byteOffset + (at + TEXT) * Int32Array.BYTES_PER_ELEMENT, TEXT_BYTES);
}
