/**
 * What a thread says of its waits, for the message of an error: asked for once a deadlock was found, because nobody else needs it.
 *
 * | word | written by | says |
 * | --- | --- | --- |
 * | `ASKED` of a slot | who asks, by adding | that the thread in the slot shall write |
 * | `ANSWERED` of a slot | the thread in the slot, after the text | up to which question the text answers |
 * | `LENGTH`, text | the thread in the slot, before `ANSWERED` | JSON in UTF-8 |
 *
 * A text may be written anew, for another question, while it is read; it is the same then, unless the waits have changed, and a text that can't
 * be read is none. Nothing depends on it but a message. Who asks waits for a bounded time.
 */
import { MAX_THREADS, slotOf, tell, tellAll } from '../registry/lives.ts';

const ASKED = 0;
const ANSWERED = 1;
const LENGTH = 2;
const TEXT = 4;
/** A guess at what two stacks and some names need. */
const SLOT_WORDS = 1024;
export const TEXT_WORDS = MAX_THREADS * SLOT_WORDS;
export const TEXT_BYTES = (SLOT_WORDS - TEXT) * Int32Array.BYTES_PER_ELEMENT;

/** Asks the thread `id`; gives the number of the question. */
export function ask(texts: Int32Array, registry: Int32Array, id: number): number {
  const question = Atomics.add(texts, slotOf(id) * SLOT_WORDS + ASKED, 1) + 1;
  tell(registry, slotOf(id));
  return question;
}

export function isAnswered(texts: Int32Array, id: number, question: number): boolean {
  return ((Atomics.load(texts, slotOf(id) * SLOT_WORDS + ANSWERED) - question) | 0) >= 0;
}

/** Of the thread `me`: writes what `describe` gives, if it was asked. */
export function answer(texts: Int32Array, registry: Int32Array, me: number, describe: () => unknown): void {
  const at = slotOf(me) * SLOT_WORDS;
  const question = Atomics.load(texts, at + ASKED);
  if (question === Atomics.load(texts, at + ANSWERED)) return;
  const bytes = Buffer.from(JSON.stringify(describe()));
  const isFit = bytes.length <= TEXT_BYTES;
  if (isFit) bytesOf(texts, at).set(bytes);
  Atomics.store(texts, at + LENGTH, isFit ? bytes.length : 0);
  Atomics.store(texts, at + ANSWERED, question);
  tellAll(registry);
}

/** What it has written; undefined when that can't be read. */
export function readAnswer(texts: Int32Array, id: number): unknown {
  const at = slotOf(id) * SLOT_WORDS;
  const copy = bytesOf(texts, at).slice(0, Atomics.load(texts, at + LENGTH));
  try {
    return JSON.parse(Buffer.from(copy).toString()) as unknown;
  } catch {
    return undefined;
  }
}

function bytesOf(texts: Int32Array, at: number): Uint8Array {
  return new Uint8Array(texts.buffer, texts.byteOffset + (at + TEXT) * Int32Array.BYTES_PER_ELEMENT, TEXT_BYTES);
}
