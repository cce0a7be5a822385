/**
 * One thread's end of the way to another: a ring for what is small and frequent, a message port for the rest, and one order over
 * both. Host and worker have one each.
 *
 * Order. Each record of the ring says how many messages the sender had posted on the port before it. So the receiver takes that
 * many off the port before it takes the record. A message that the port delivers waits until the ring is empty: every record that
 * was written before it was posted is in the ring by then, and a record that was written after it asks for it by its count. The ring
 * full is no special case: what finds no room is posted.
 *
 * The receiver sleeps in `sleepReader`, never blocks, and takes all there is before it sleeps again, though not more than
 * RECORDS_PER_TURN at once, so that timers and I/O have their turn.
 */
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { COUNTED_BYTES, estimateBytes, timed } from '../task/clone-cost.ts';
import type { GraphParts } from '../task/codec/graph-writer.ts';
import { bytesOf, openGraph, PackedGraph } from '../task/codec/packed-graph.ts';
import { REFUSED } from '../task/codec/value-writer.ts';
import type { TransferItem } from '../task/payload.ts';
import type { HostMessage, WorkerMessage } from './protocol.ts';
import { endSleep, notifyReader, sleepReader } from './ring/async-wait.ts';
import { ringBytes, RingReader, RingWriter } from './ring/ring.ts';
import { TaskRecords } from './task-records.ts';

/** Bytes of records that may be on their way in one direction. */
const RING_BYTES = 2 ** 16;
/** Bytes of a record, header not counted. What needs more is posted, which costs little beside its copy. */
const RECORD_BYTES_MAX = 2 ** 12;
/** Records that are taken before the event loop gets a turn. A guess: some hundred microseconds. */
const RECORDS_PER_TURN = 1_024;
/** At the start of each payload: messages posted before it. */
const COUNT_BYTES = 4;

/** What the two ends share. */
export interface MailboxMemory {
  readonly toWorker: SharedArrayBuffer;
  readonly toHost: SharedArrayBuffer;
}

export function createMailboxMemory(): MailboxMemory {
  const bytes = ringBytes(RING_BYTES);
  return { toWorker: new SharedArrayBuffer(bytes), toHost: new SharedArrayBuffer(bytes) };
}

export interface MailboxParts<In> {
  readonly port: MessagePort;
  readonly inbound: SharedArrayBuffer;
  readonly outbound: SharedArrayBuffer;
  readonly onMessage: (message: In) => void;
  /** A message on the port can't be read; nobody knows which. */
  readonly onUnreadable: (error: unknown) => void;
}

export class ThreadMailbox<In extends HostMessage | WorkerMessage, Out extends HostMessage | WorkerMessage> {
  readonly #parts: MailboxParts<In>;
  readonly #port: MessagePort;
  readonly #writer: RingWriter;
  readonly #reader: RingReader;
  readonly #records: TaskRecords;
  /** For the counts in records. */
  readonly #outCounts: Int32Array;
  readonly #inCounts: Int32Array;
  /** Messages posted, and messages of the other side handed on; modulo 2 ** 32. */
  #posted = 0;
  #taken = 0;
  /** Delivered by the port, not handed on yet. */
  readonly #delivered: In[] = [];
  /** Set while a value is read, whose getters may send something themselves: that is posted. */
  #isWriting = false;
  #isTaking = false;
  #isAsleep = false;
  #isClosed = false;
  /** Set while the event loop has its turn. */
  #turn: NodeJS.Immediate | undefined;

  constructor(parts: MailboxParts<In>) {
    const { port, inbound, outbound, onUnreadable } = parts;
    this.#parts = parts;
    this.#port = port;
    this.#writer = new RingWriter(outbound, notifyReader);
    this.#reader = new RingReader(inbound);
    this.#records = new TaskRecords(outbound, inbound);
    this.#outCounts = new Int32Array(outbound);
    this.#inCounts = new Int32Array(inbound);
    port.on('message', (message: In) => {
      this.#delivered.push(message);
      this.#take();
    });
    port.on('messageerror', onUnreadable);
    this.#sleep();
  }

  // What follows is called at any time, but by one thread.

  /** Sends by value. Throws what structured clone throws; nothing is sent then. */
  send(message: Out, transfer: readonly TransferItem[] = []): void {
    if (transfer.length === 0 && this.#write(message)) return;
    const graph = transfer.length === 0 ? graphOf(message) : undefined;
    if (graph === undefined) this.#port.postMessage(this.#records.plain(message), transfer as never);
    else {
      const { parts, transfer: own } = graph.leave();
      this.#port.postMessage({ ...message, value: undefined, graph: parts }, own as never);
    }
    this.#posted = (this.#posted + 1) | 0;
  }

  #write(message: Out): boolean {
    const kind = this.#records.kindOf(message);
    if (kind === REFUSED || this.#isWriting) return false;
    const at = this.#writer.open(RECORD_BYTES_MAX);
    if (at < 0) return false;
    this.#isWriting = true;
    const end = this.#records.write(message, at + COUNT_BYTES, at + RECORD_BYTES_MAX);
    this.#isWriting = false;
    if (end === REFUSED) return false;
    this.#outCounts[at >> 2] = this.#posted;
    this.#writer.commit(kind, end);
    return true;
  }

  /** Hands on all that the other side has sent, after its end. */
  takeRest(): void {
    this.#take(Infinity);
    while (!this.#isClosed && this.#takePosted());
  }

  /** Hears nothing any more and holds nothing. */
  close(): void {
    this.#isClosed = true;
    this.#port.close();
    clearImmediate(this.#turn);
    endSleep(this.#reader);
  }

  /** Called when something has come, and by `#sleep` when it was woken. */
  #take(recordsMax = RECORDS_PER_TURN): void {
    if (this.#isTaking || this.#isClosed) return;
    this.#isTaking = true;
    const reader = this.#reader;
    let left = recordsMax;
    while (left > 0 && !this.#isClosed && reader.next()) {
      left--;
      const posted = this.#inCounts[reader.start >> 2]!;
      while (((posted - this.#taken) | 0) > 0 && this.#takePosted());
      this.#handOn(this.#records.read(reader.kind, reader.start + COUNT_BYTES) as In);
    }
    if (left === 0) this.#takeInNextTurn();
    else while (this.#delivered.length > 0 && !this.#isClosed) this.#takePosted();
    this.#isTaking = false;
  }

  /** Once at a time; it does not end the sleep of the reader, if that sleeps. */
  #takeInNextTurn(): void {
    if (this.#isClosed) return;
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      this.#take();
      this.#sleep();
    });
  }

  #sleep(): void {
    if (this.#isAsleep || this.#isClosed || this.#turn !== undefined) return;
    this.#isAsleep = sleepReader(this.#reader, this.#wake);
    if (!this.#isAsleep) this.#takeInNextTurn();
  }

  readonly #wake = (): void => {
    this.#isAsleep = false;
    this.#take();
    this.#sleep();
  };

  #takePosted(): boolean {
    let message: In | undefined;
    try {
      message = this.#delivered.shift() ?? (receiveMessageOnPort(this.#port)?.message as In | undefined);
      if (message === undefined) return false;
      message = opened(message);
    } catch (error) {
      this.#parts.onUnreadable(error);
      return false;
    }
    this.#taken = (this.#taken + 1) | 0;
    this.#handOn(message);
    return true;
  }

  /** What the listener throws is an uncaught error, as it would be out of an event of the port; what comes next is heard all the same. */
  #handOn(message: In): void {
    try {
      this.#parts.onMessage(message);
    } catch (error) {
      process.nextTick(() => {
        throw error;
      });
    }
  }
}

/** The value of a message as bytes, where that is how it travels best. Arguments were packed when they were taken over. */
function graphOf(message: HostMessage | WorkerMessage): PackedGraph | undefined {
  if (!('value' in message)) return undefined;
  const { t, value } = message;
  if (value instanceof PackedGraph) return value;
  return t === 'value' || t === 'item' || t === 'progress' ? PackedGraph.of([value], false) : undefined;
}

/** The message with its value in it. */
function opened<Message extends HostMessage | WorkerMessage>(message: Message): Message {
  const { graph, ...rest } = message as Message & { readonly graph?: GraphParts };
  if (graph === undefined) return withCost(message);
  const bytes = bytesOf(graph);
  const { made: list, cost } = timed(
    () => openGraph(graph),
    () => bytes,
  );
  const isList = message.t === 'run' || message.t === 'called';
  const value: unknown = isList ? list : list[0];
  return { ...(rest as Message), value, ...(isList || cost === undefined ? {} : { cost }) };
}

/** For a value that structured clone brought: Node has copied it, in a time that can't be told. */
function withCost<Message extends HostMessage | WorkerMessage>(message: Message): Message {
  if (message.t !== 'value' && message.t !== 'item') return message;
  const bytes = estimateBytes(message.value);
  return bytes < COUNTED_BYTES ? message : { ...message, cost: { bytes, ms: 0 } };
}
