/**
 * The messages that every task needs, as records of a ring: `run` there (of one task, or of a batch), `value`, `item` and `progress` back. Whatever the codec
 * does not do, and every other message, is refused and goes as a message of the plain channel.
 *
 *   kind     payload
 *   run      id and index in eight bytes each (no index: NaN), attempt and credit in four each, number of the function in two, its name
 *            by the codec if the number is new, list of arguments by the codec
 *   others   id in eight bytes, value by the codec
 *
 * Functions are numbered as they are first sent, so a name travels once: the ring loses nothing and keeps the order. The reader takes
 * only what its side may be sent, and throws what no writer wrote.
 */
import { PackedList, REFUSED, ValueReader, ValueWriter } from '@heddle/codec';
import type { HostMessage, WorkerMessage } from './protocol.ts';

const VALUE_KINDS = ['value', 'item', 'progress'] as const;
const RUN_KIND = VALUE_KINDS.length;
const BATCH_KIND = RUN_KIND + 1;
const RUN_HEADER_BYTES = 26;
const VALUE_HEADER_BYTES = 8;
const NAMES_MAX = 2 ** 16;

export class TaskRecordWriter {
  readonly #writer: ValueWriter;
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  /** Functions sent so far with their numbers. */
  readonly #numbers = new Map<string, number>();

  constructor(memory: ArrayBufferLike) {
    this.#writer = new ValueWriter(memory);
    this.#view = new DataView(memory);
    this.#bytes = new Uint8Array(memory);
  }

  /** The kind of record that this message could be, a number of one byte; REFUSED: none. */
  kindOf(message: HostMessage | WorkerMessage): number {
    switch (message.t) {
      case 'value':
        return 0;
      case 'item':
        return 1;
      case 'progress':
        return 2;
      case 'run':
        return message.isBatch ? BATCH_KIND : RUN_KIND;
      default:
        return REFUSED;
    }
  }

  /** Writes the payload from `at`, not beyond `end`. Gives the place after it, or REFUSED. */
  write(message: HostMessage | WorkerMessage, at: number, end: number): number {
    const view = this.#view;
    switch (message.t) {
      case 'value':
      case 'item':
      case 'progress':
        view.setFloat64(at, message.id, true);
        return this.#writer.write(message.value, at + VALUE_HEADER_BYTES, end);
      case 'run': {
        const { name } = message;
        const known = this.#numbers.get(name);
        const number = known ?? this.#numbers.size;
        if (number === NAMES_MAX) return REFUSED;
        view.setFloat64(at, message.id, true);
        view.setFloat64(at + 8, message.index ?? NaN, true);
        view.setUint32(at + 16, message.attempt, true);
        view.setUint32(at + 20, message.credit, true);
        view.setUint16(at + 24, number, true);
        let next = at + RUN_HEADER_BYTES;
        if (known === undefined) next = this.#writer.write(name, next, end);
        if (next !== REFUSED) next = this.#list(message.value, next, end);
        if (next !== REFUSED && known === undefined) this.#numbers.set(name, number);
        return next;
      }
      default:
        return REFUSED;
    }
  }

  #list(list: unknown, at: number, end: number): number {
    if (Array.isArray(list)) return this.#writer.writeList(list, at, end);
    if (!(list instanceof PackedList)) return REFUSED;
    const next = at + list.byteLength;
    if (next > end) return REFUSED;
    list.copyTo(this.#bytes, at);
    return next;
  }
}

export class TaskRecordReader {
  readonly #reader: ValueReader;
  readonly #view: DataView;
  /** Names of functions by number. */
  readonly #names: string[] = [];
  readonly #isWorker: boolean;

  /** `side`: who reads, and so which messages there are. */
  constructor(memory: ArrayBufferLike, side: 'host' | 'worker') {
    this.#reader = new ValueReader(memory);
    this.#view = new DataView(memory);
    this.#isWorker = side === 'worker';
  }

  /** The message whose payload lies from `at` to `end`, within the memory. Throws where none was written. */
  read(kind: number, at: number, end: number): HostMessage | WorkerMessage {
    const message = this.#isWorker ? this.#run(kind, at, end) : this.#value(kind, at, end);
    if (this.#reader.at !== end) throw new Error('a record ends in the wrong place');
    return message;
  }

  #value(kind: number, at: number, end: number): WorkerMessage {
    const t = VALUE_KINDS[kind];
    if (t === undefined) throw new Error(`no worker sends a record of kind ${kind}`);
    const value = this.#reader.read(at + VALUE_HEADER_BYTES, end);
    return { t, id: this.#view.getFloat64(at, true), value };
  }

  #run(kind: number, at: number, end: number): HostMessage {
    if (kind !== RUN_KIND && kind !== BATCH_KIND) throw new Error(`no host sends a record of kind ${kind}`);
    const view = this.#view;
    const reader = this.#reader;
    let value = reader.read(at + RUN_HEADER_BYTES, end);
    const number = view.getUint16(at + 24, true);
    if (number === this.#names.length) {
      if (typeof value !== 'string') throw new Error('a function has no name');
      this.#names.push(value);
      value = reader.readNext();
    }
    const name = this.#names[number];
    if (name === undefined || !Array.isArray(value)) throw new Error('a record is no call of a function');
    const index = view.getFloat64(at + 8, true);
    return {
      t: 'run',
      id: view.getFloat64(at, true),
      name,
      value,
      isBatch: kind === BATCH_KIND,
      index: Number.isNaN(index) ? undefined : index,
      attempt: view.getUint32(at + 16, true),
      credit: view.getUint32(at + 20, true),
    };
  }
}
