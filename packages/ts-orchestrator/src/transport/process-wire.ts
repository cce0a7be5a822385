/**
 * The wire between host and worker process, used by both ends.
 */
import { arePrimitive, fromBytes, isPrimitive, toBytes, type PayloadRole, type TransferItem } from '../task/payload.ts';
import type { WorkerMessage } from './protocol.ts';

/** The user's code may use the channel too, so every message of ours sits under this key. */
export interface WireMessage {
  readonly heddle: WorkerMessage;
  /** Bytes the worker had written to stderr before it. */
  readonly printedBytes?: number;
}

/** Descriptor of the file with the worker's words in the worker: after stdin, stdout, stderr and the channel. */
export const WORDS_FD = 4;

/** A value on the wire: bytes of our own making, or, for the frequent small case, primitives as they are. */
type WireValue = Uint8Array | { readonly plain: unknown };

export function toWire(value: unknown, transfer: readonly TransferItem[], role: PayloadRole): WireValue {
  if (
    transfer.length === 0 &&
    (isPrimitive(value) || (role.subject === 'arguments' && arePrimitive(value as unknown[])))
  )
    return { plain: value };
  return toBytes(value, transfer, role);
}

export function fromWire(wire: unknown): unknown {
  return wire instanceof Uint8Array ? fromBytes(wire) : (wire as { plain: unknown }).plain;
}

/** Text in the stderr pipe that names who speaks from here on. `mark` is random, so that no task says it by accident. */
export function speakerTag(mark: string, task: string | undefined): string {
  return `\u001e${mark}:${task === undefined ? '' : encodeURIComponent(task)}\u001f`;
}

/** Takes the tags out of the stream again: calls back with each piece of text and its speaker. */
export function speakerParser(mark: string, onText: (task: string | undefined, text: string) => void) {
  const start = `\u001e${mark}:`;
  let task: string | undefined;
  let rest = '';
  const say = (text: string) => {
    if (text !== '') onText(task, text);
  };
  return {
    push(chunk: string): void {
      let text = rest + chunk;
      rest = '';
      for (;;) {
        const at = text.indexOf('\u001e');
        if (at < 0) return say(text);
        const tail = text.slice(at);
        const isTag = tail.startsWith(start);
        if (!isTag && !start.startsWith(tail)) {
          // The character stands for itself.
          say(text.slice(0, at + 1));
          text = text.slice(at + 1);
          continue;
        }
        const end = isTag ? tail.indexOf('\u001f') : -1;
        say(text.slice(0, at));
        if (end < 0) {
          rest = tail;
          return;
        }
        const name = tail.slice(start.length, end);
        task = name === '' ? undefined : decodeURIComponent(name);
        text = tail.slice(end + 1);
      }
    },
    end(): void {
      say(rest);
      rest = '';
    },
  };
}
