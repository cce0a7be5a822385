/**
 * Names: by which threads come to the same thing though none has sent it to the other. Entries behind the words of a registry, each with
 * room for a thing.
 *
 * | word of an entry | written by | says |
 * | --- | --- | --- |
 * | `STATE` | who makes the thing: by compare-and-swap from 0, or from a dead one's id, to its own, and then to READY | who makes it, or that it is made |
 * | `KEY` | who makes it, before READY | of which kind it is, and its name |
 * | the thing | who makes it, before READY; then as its own law says | |
 *
 *     STATE = 0 ──claim──> owner id ──it is made──> READY, for ever
 *                          a dead owner id ──claim──> the next owner id
 *
 * Entries are taken from the first on, and never given back. Whoever looks for a name goes through them in this order, and does not
 * go on behind one that is being made, whatever its name may become: so two who look for the same name come to the same entry first, and
 * one of them makes it. What a dead one has left of a thing is wiped by who claims it next; it never was READY, so nobody has seen it.
 *
 * Making takes some microseconds and waits for nothing, and whoever finds an entry in the making looks again until it is over. All accesses
 * are sequentially consistent, but for what is written of the thing: that is before READY, and read after it.
 */
import { isAlive } from './lives.ts';

/** Of one registry. A guess at what nobody needs more of. */
export const MAX_NAMES = 64;
const STATE = 0;
const KEY_LENGTH = 1;
const KEY = 2;
const KEY_WORDS = 126;
const THING = KEY + KEY_WORDS;
/** Of the largest thing that has room, and a whole number of cache lines. */
export const THING_WORDS = 1072;
const ENTRY_WORDS = THING + THING_WORDS;
export const NAME_WORDS = MAX_NAMES * ENTRY_WORDS;

/** Owner ids leave the four lowest bits free. */
const READY = 1;

/** Somebody makes a thing: look again. */
export const IS_BEING_MADE = -1;
/** All entries are taken. */
export const NO_ROOM = -2;

/** The entry of this key, 0 or more: claimed for `me`, which is to make the thing, or with the thing in it (`isMade`). */
export function findEntry(names: Int32Array, registry: Int32Array, me: number, key: string): number {
  for (let entry = 0; entry < MAX_NAMES;) {
    const at = entry * ENTRY_WORDS;
    const state = Atomics.load(names, at + STATE);
    if (state === READY) {
      if (hasKey(names, at, key)) return entry;
      entry++;
      continue;
    }
    if (state !== 0 && isAlive(registry, state)) return IS_BEING_MADE;
    if (Atomics.compareExchange(names, at + STATE, state, me) !== state) continue;
    if (state !== 0) wipe(names, at);
    writeKey(names, at, key);
    return entry;
  }
  return NO_ROOM;
}

/** False: this thread has claimed it, and is to call `setMade`. */
export function isMade(names: Int32Array, entry: number): boolean {
  return Atomics.load(names, entry * ENTRY_WORDS + STATE) === READY;
}

/** Of who has claimed it: the thing is whole. */
export function setMade(names: Int32Array, entry: number): void {
  Atomics.store(names, entry * ENTRY_WORDS + STATE, READY);
}

/** The words of the thing. */
export function thingOf(names: Int32Array, entry: number, words: number): Int32Array {
  const at = entry * ENTRY_WORDS + THING;
  return names.subarray(at, at + words);
}

function wipe(names: Int32Array, at: number): void {
  for (let word = KEY_LENGTH; word < ENTRY_WORDS; word++) Atomics.store(names, at + word, 0);
}

function writeKey(names: Int32Array, at: number, key: string): void {
  for (let index = 0; index < key.length; index++) Atomics.store(names, at + KEY + index, key.charCodeAt(index));
  Atomics.store(names, at + KEY_LENGTH, key.length);
}

function hasKey(names: Int32Array, at: number, key: string): boolean {
  if (Atomics.load(names, at + KEY_LENGTH) !== key.length) return false;
  for (let index = 0; index < key.length; index++)
    if (Atomics.load(names, at + KEY + index) !== key.charCodeAt(index)) return false;
  return true;
}
