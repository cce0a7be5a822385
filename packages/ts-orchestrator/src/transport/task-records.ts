/**
 * The messages that every task needs, as records of a ring: `run` there, `value`, `item` and `progress` back. Whatever the codec
 * does not do, and every other message, is refused and goes as a message of the port.
 *
 *   kind     payload
 *   run      id and index in eight bytes each (no index: NaN), attempt and credit in four each, number of the function in two, its name
 *            by the codec if the number is new, list of arguments by the codec
 *   others   id in eight bytes, value by the codec
 *
 * Functions are numbered as they are first sent, so a name travels once: the ring loses nothing and keeps the order.
 */
import { PackedGraph } from '../task/codec/packed-graph.ts';
import { PackedList } from '../task/codec/packed-list.ts';
import { ValueReader } from '../task/codec/value-reader.ts';
import { REFUSED, ValueWriter } from '../task/codec/value-writer.ts';
import type { HostMessage, WorkerMessage } from './protocol.ts';

const VALUE_KINDS = ['value', 'item', 'progress'] as const;
const RUN_KIND = VALUE_KINDS.length;
const RUN_HEADER_BYTES = 26;
const NAMES_MAX = 2 ** 16;

export class TaskRecords {
  readonly #writer: ValueWriter;
  readonly #out: DataView;
  readonly #outBytes: Uint8Array;
  readonly #reader: ValueReader;
  readonly #in: DataView;
  /** Functions sent so far with their numbers, and those read by number. */
  readonly #sent = new Map<string, number>();
  readonly #read: string[] = [];

  constructor(outbound: ArrayBufferLike, inbound: ArrayBufferLike) {
    this.#writer = new ValueWriter(outbound);
    this.#out = new DataView(outbound);
    this.#outBytes = new Uint8Array(outbound);
    this.#reader = new ValueReader(inbound);
    this.#in = new DataView(inbound);
  }

  /** The kind of record that this message could be; -1: none. */
  kindOf(message: HostMessage | WorkerMessage): number {
    switch (message.t) {
      case 'value':
        return 0;
      case 'item':
        return 1;
      case 'progress':
        return 2;
      case 'run':
        return RUN_KIND;
      default:
        return REFUSED;
    }
  }

  /** Writes the payload from `at`, not beyond `end`. Gives the place after it, or REFUSED. */
  write(message: HostMessage | WorkerMessage, at: number, end: number): number {
    const out = this.#out;
    switch (message.t) {
      case 'value':
      case 'item':
      case 'progress':
        out.setFloat64(at, message.id, true);
        return this.#writer.write(message.value, at + 8, end);
      case 'run': {
        const { name } = message;
        const known = this.#sent.get(name);
        const number = known ?? this.#sent.size;
        if (number === NAMES_MAX) return REFUSED;
        out.setFloat64(at, message.id, true);
        out.setFloat64(at + 8, message.index ?? NaN, true);
        out.setUint32(at + 16, message.attempt, true);
        out.setUint32(at + 20, message.credit, true);
        out.setUint16(at + 24, number, true);
        let next = at + RUN_HEADER_BYTES;
        if (known === undefined) next = this.#writer.write(name, next, end);
        if (next !== REFUSED) next = this.#list(message.value as unknown[] | PackedList | PackedGraph, next, end);
        if (next !== REFUSED && known === undefined) this.#sent.set(name, number);
        return next;
      }
      default:
        return REFUSED;
    }
  }

  #list(list: readonly unknown[] | PackedList | PackedGraph, at: number, end: number): number {
    if (list instanceof PackedGraph) return REFUSED;
    if (!(list instanceof PackedList)) return this.#writer.writeList(list, at, end);
    const next = at + list.bytes.length;
    if (next > end) return REFUSED;
    this.#outBytes.set(list.bytes, at);
    return next;
  }

  /** The same message for a port. */
  plain<Message extends HostMessage | WorkerMessage>(message: Message): Message {
    const { value } = message as { readonly value?: unknown };
    return value instanceof PackedList ? { ...message, value: value.unpack() } : message;
  }

  /** The message whose payload begins at `at`. */
  read(kind: number, at: number): HostMessage | WorkerMessage {
    const view = this.#in;
    const reader = this.#reader;
    const id = view.getFloat64(at, true);
    if (kind !== RUN_KIND) return { t: VALUE_KINDS[kind]!, id, value: reader.read(at + 8) };
    const index = view.getFloat64(at + 8, true);
    const number = view.getUint16(at + 24, true);
    const isNew = number === this.#read.length;
    if (isNew) this.#read.push(reader.read(at + RUN_HEADER_BYTES) as string);
    return {
      t: 'run',
      id,
      name: this.#read[number]!,
      value: isNew ? reader.readNext() : reader.read(at + RUN_HEADER_BYTES),
      index: Number.isNaN(index) ? undefined : index,
      attempt: view.getUint32(at + 16, true),
      credit: view.getUint32(at + 20, true),
    };
  }
}
