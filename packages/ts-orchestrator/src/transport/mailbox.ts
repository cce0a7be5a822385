/**
 * One end of the way between host and worker: rings for what is small and frequent, a plain channel (a message port, or the channel of
 * a child process) for the rest, and one order over both. Host and worker have one each.
 *
 * Order. Each record of the ring says how many messages the sender had posted on the plain channel before it. The receiver takes that
 * many before it takes the record: where it can, it takes them off the channel at once; where the channel only delivers, it waits
 * at that record until they have come. A message that the channel delivers waits until the ring is empty or its record waits for it:
 * every record that was written before it was posted is in the ring by then, and a record that was written after it asks for it
 * by its count. The ring full is no special case: what finds no room is posted.
 *
 * A mailbox begins with the plain channel alone; each direction gets its ring when both sides have its memory (`readFrom`, then
 * `writeTo` on the other side). The counts say the order from the first message on, so neither side has to know when the other began.
 *
 * Damage. The memory of another process may be written over by whatever runs there (`isForeign`). A record is taken only if ring, seal
 * and codec find it sound; if not, nothing more is read from that ring, and `onDamage` ends that worker. The seal is a checksum of 24
 * bits over the whole record: a wrong count would be waited for, and the answer under a wrong number missed, without end. Flags and
 * positions that were set back show nothing wrong; `rouse` sets them right again (process-rings.ts says when).
 *
 * The receiver sleeps as its ring's memory lets it (`ReaderSleep`), never blocks, and takes all there is before it sleeps again,
 * though not more than RECORDS_PER_TURN at once, so that timers and I/O have their turn. While it waits at a record for
 * messages it does not sleep: what comes behind that record need not wake it, and the message does.
 */
import { REFUSED } from '@heddle/codec';
import type { TransferItem } from '../task/payload.ts';
import type { HostMessage, WorkerMessage } from './protocol.ts';
import { RingReader, RingWriter } from './ring/ring.ts';
import { TaskRecordReader, TaskRecordWriter } from './task-records.ts';

/** Bytes of a record, header not counted. What needs more is posted, which costs little beside its copy. */
const RECORD_BYTES_MAX = 2 ** 12;
/** Records that are taken before the event loop gets a turn. A guess: some hundred microseconds. */
const RECORDS_PER_TURN = 1_024;
/** At the start of each payload: messages posted before it. */
const COUNT_BYTES = 4;
/** The word of a record that the ring leaves to its caller: the kind in its low byte, the seal above it. */
const KIND_MASK = 0xff;
/** The multiplier of the FNV-1a hash. Odd, so that no change of one word is lost on the way to the next. */
const FNV_PRIME = 0x01000193;

/** Kind and seal of a payload, whole words of it: what lies between its end and the next word is the record's own. About a nanosecond a word. */
function sealed(kind: number, words: Int32Array, start: number, end: number): number {
  let seal = kind ^ (end - start);
  for (let at = start >> 2; at < (end + 3) >> 2; at++) {
    seal = Math.imul(seal ^ words[at]!, FNV_PRIME);
    seal ^= seal >>> 15;
  }
  return (seal & ~KIND_MASK) | kind;
}

/** How a reader sleeps and is woken. */
export interface ReaderSleep {
  /**
   * Puts the reader to sleep; `wake` is called once, in a later turn of the event loop. False: there are records to read already, and
   * `wake` is not called. A sleep does not keep the program alive. `look`, the same function each time, may be called meanwhile:
   * it takes what is there and does not end the sleep.
   */
  sleep(reader: RingReader, wake: () => void, look: () => void): boolean;
  /** Ends the reader's own sleep for good. */
  end(reader: RingReader): void;
}

/** How the reader of the other side is woken. */
export interface ReaderWake {
  /** Ends its sleep, now or in this turn of the event loop. */
  readonly wake: (words: Int32Array) => void;
  /** This side's event loop has had a turn; not called for each. */
  readonly onTurn?: () => void;
}

/** `Posted` and `Post` are messages as the plain channel carries them, in and out. */
export interface MailboxParts<In, Posted, Post> {
  /** The other side is another process. */
  readonly isForeign: boolean;
  /** Posts on the plain channel, by value. Throws what can't be copied; nothing is posted then. */
  readonly post: (message: Post, transfer: readonly TransferItem[]) => void;
  /** Takes the next message off the plain channel that was not delivered yet. Absent: the channel only delivers. */
  readonly takePosted?: () => Posted | undefined;
  readonly onRecord: (message: In) => void;
  readonly onPosted: (message: Posted) => void;
  /** Timers and I/O have had their turn: called before what comes next in the ring is handed on. */
  readonly onTurn?: () => void;
  /** The other side's memory holds what can't have been written. Called once per ring at most. */
  readonly onDamage: (error: unknown) => void;
}

interface Inbound {
  readonly reader: RingReader;
  readonly sleep: ReaderSleep;
  readonly records: TaskRecordReader;
  readonly words: Int32Array;
}

interface Outbound {
  readonly writer: RingWriter;
  readonly records: TaskRecordWriter;
  readonly words: Int32Array;
  readonly onTurn: ReaderWake['onTurn'];
}

export class Mailbox<In extends HostMessage | WorkerMessage, Out extends HostMessage | WorkerMessage, Posted, Post> {
  readonly #parts: MailboxParts<In, Posted, Post>;
  #in: Inbound | undefined;
  #out: Outbound | undefined;
  /** Messages posted, and messages of the other side handed on; modulo 2 ** 32. */
  #posted = 0;
  #taken = 0;
  /** Delivered by the plain channel, not handed on yet. */
  readonly #delivered: Posted[] = [];
  /** The record that the reader is at waits for messages. */
  #isHolding = false;
  #isWriting = false;
  #isTaking = false;
  #isAsleep = false;
  #isClosed = false;
  /** Set while the event loop has its turn. */
  #turn: NodeJS.Immediate | undefined;

  constructor(parts: MailboxParts<In, Posted, Post>) {
    this.#parts = parts;
  }

  // What follows is called at any time, but by one thread.

  /** Takes records out of this memory from now on. */
  readFrom(memory: ArrayBufferLike, side: 'host' | 'worker', sleep: ReaderSleep): void {
    const reader = new RingReader(memory);
    this.#in = { reader, sleep, records: new TaskRecordReader(memory, side), words: reader.words };
    this.#sleep();
  }

  /** Writes records into this memory from now on: the other side takes them out. */
  writeTo(memory: ArrayBufferLike, { wake, onTurn }: ReaderWake): void {
    const writer = new RingWriter(memory, wake);
    this.#out = { writer, records: new TaskRecordWriter(memory), words: new Int32Array(memory), onTurn };
  }

  /** Sends as a record. False: it can't be one, or there is no room; nothing is sent. */
  write(message: Out): boolean {
    const out = this.#out;
    if (out === undefined) return false;
    const { writer, records, words } = out;
    // Getters of a value may send something else while it is written: that is posted, and so comes before it.
    if (this.#isWriting) return false;
    const kind = records.kindOf(message);
    if (kind === REFUSED) return false;
    let at: number;
    try {
      at = writer.open(RECORD_BYTES_MAX);
    } catch (error) {
      this.#out = undefined;
      this.#parts.onDamage(error);
      return false;
    }
    if (at < 0) return false;
    this.#isWriting = true;
    const end = records.write(message, at + COUNT_BYTES, at + RECORD_BYTES_MAX);
    this.#isWriting = false;
    if (end === REFUSED) return false;
    words[at >> 2] = this.#posted;
    writer.commit(this.#parts.isForeign ? sealed(kind, words, at, end) : kind, end);
    return true;
  }

  /** Sets right what the other side needs to see records that wait for it, and wakes it. */
  rouse(): void {
    this.#out?.writer.rouse();
  }

  /** Sends on the plain channel. Throws what can't be copied; nothing is sent then. */
  post(message: Post, transfer: readonly TransferItem[] = []): void {
    this.#parts.post(message, transfer);
    this.#posted = (this.#posted + 1) | 0;
  }

  /** The plain channel has delivered a message. */
  deliver(message: Posted): void {
    if (this.#isClosed) return;
    this.#delivered.push(message);
    this.#take();
    this.#sleep();
  }

  /** Hands on all that the other side has sent, after its end; messages that were lost with it are no longer waited for. */
  takeRest(): void {
    this.#take(Infinity, true);
    while (!this.#isClosed && this.#takePosted());
  }

  /** Reads no records any more. */
  stopReading(): void {
    if (this.#in === undefined) return;
    const { sleep, reader } = this.#in;
    this.#in = undefined;
    this.#isHolding = false;
    this.#isAsleep = false;
    sleep.end(reader);
  }

  /** Hears nothing any more and holds nothing. */
  close(): void {
    this.#isClosed = true;
    clearImmediate(this.#turn);
    this.stopReading();
    this.#out = undefined;
  }

  /** Called when something has come, and by `#sleep` when it was woken. */
  #take(recordsMax = RECORDS_PER_TURN, isRest = false): void {
    if (this.#isTaking || this.#isClosed) return;
    this.#isTaking = true;
    let left = recordsMax;
    while (left > 0 && this.#takeRecord(isRest)) left--;
    if (left === 0) this.#takeInNextTurn();
    else while (!this.#isHolding && this.#delivered.length > 0 && !this.#isClosed) this.#takePosted();
    this.#isTaking = false;
  }

  /** Takes one record, and what was posted before it. False: there is none now, or it waits for that. */
  #takeRecord(isRest: boolean): boolean {
    if (this.#isClosed || this.#in === undefined) return false;
    const { reader, records, words } = this.#in;
    let message: In;
    try {
      if (!this.#isHolding && !reader.next()) return false;
      const { start, end } = reader;
      const kind = reader.kind & KIND_MASK;
      if (end - start <= COUNT_BYTES || (this.#parts.isForeign && reader.kind !== sealed(kind, words, start, end)))
        throw new Error('the seal of a record is broken');
      const count = words[start >> 2]!;
      if (!this.#takePostedBefore(count)) {
        // It is looked at again from its start.
        this.#isHolding = !isRest;
        if (this.#isHolding) return false;
      }
      this.#isHolding = false;
      // It was ended by what was posted before.
      if (this.#in === undefined) return false;
      message = records.read(kind, start + COUNT_BYTES, end) as In;
    } catch (error) {
      this.stopReading();
      this.#parts.onDamage(error);
      return false;
    }
    this.#handOn(this.#parts.onRecord, message);
    return true;
  }

  /** True: all of them were handed on, or will never come. */
  #takePostedBefore(count: number): boolean {
    if (((count - this.#taken) | 0) < 0) throw new Error('a record comes after what it was written before');
    while (((count - this.#taken) | 0) > 0 && !this.#isClosed) {
      // Off the channel itself, only one that can't be read is missing; nobody waits for that.
      if (!this.#takePosted()) return this.#parts.takePosted !== undefined;
    }
    return true;
  }

  /** Once at a time; it does not end the sleep of the reader, if that sleeps. */
  #takeInNextTurn(): void {
    if (this.#isClosed) return;
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      this.#takeInThisTurn();
    });
  }

  #sleep(): void {
    if (this.#in === undefined || this.#isAsleep || this.#isHolding || this.#turn !== undefined) return;
    this.#isAsleep = this.#in.sleep.sleep(this.#in.reader, this.#wake, this.#look);
    if (!this.#isAsleep) this.#takeInNextTurn();
  }

  readonly #look = (): void => this.#take();

  readonly #wake = (): void => {
    this.#isAsleep = false;
    this.#takeInThisTurn();
  };

  #takeInThisTurn(): void {
    this.#parts.onTurn?.();
    this.#out?.onTurn?.();
    this.#take();
    this.#sleep();
  }

  #takePosted(): boolean {
    const message = this.#delivered.length > 0 ? this.#delivered.shift() : this.#parts.takePosted?.();
    if (message === undefined) return false;
    this.#taken = (this.#taken + 1) | 0;
    this.#handOn(this.#parts.onPosted, message);
    return true;
  }

  /** What the listener throws is an uncaught error, as it would be out of an event of the channel; what comes next is heard all the same. */
  #handOn<Message>(listener: (message: Message) => void, message: Message): void {
    try {
      listener(message);
    } catch (error) {
      process.nextTick(() => {
        throw error;
      });
    }
  }
}
