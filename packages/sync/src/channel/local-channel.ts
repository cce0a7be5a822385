/** One channel in one thread: the words (channel-words.ts), the values in the slots, and the thread's own line on each side. */
import { syncError } from '../errors.ts';
import { LocalLine, type SharedPlace } from '../line/local-line.ts';
import { waitInLine } from '../line/wait.ts';
import type { WaitOptions } from '../options.ts';
import type { Opened } from '../registry/shared-memory.ts';
import { IS_CLOSED, sleep, TAKEN, TIMED_OUT, WAIT, type Outcome } from '../registry/sleep.ts';
import {
  claimToReceive,
  claimToSend,
  enter,
  finish,
  leave,
  look,
  NEVER,
  NOT_NOW,
  publish,
  RECEIVERS,
  SENDERS,
  slotWordsOf,
  stateOf,
  type Side,
} from './channel-words.ts';
import { bytesOf, keep, ValueMemory, type ValueBytes } from './value-bytes.ts';

/** In a slot, after its state. */
const KIND = 1;
const BYTES = 2;
export const SLOT_HEAD_WORDS = 4;
const WORD_BYTES = Int32Array.BYTES_PER_ELEMENT;

/** What a call goes for. */
interface Parcel {
  /** To be sent. */
  bytes?: ValueBytes;
  /** What was received, or could not be read. */
  value?: unknown;
  error?: unknown;
  hasFailed?: boolean;
}

/** The requests of this thread on one side, by a number that the line has as their amount. */
class LocalSide implements SharedPlace {
  readonly line: LocalLine;
  readonly #channel: LocalChannel;
  readonly #side: Side;
  readonly #parcels = new Map<number, Parcel>();
  #lastNumber = 0;

  constructor(channel: LocalChannel, side: Side) {
    this.#channel = channel;
    this.#side = side;
    this.line = new LocalLine(this, channel.opened.membership.news);
  }

  async wait(parcel: Parcel, what: string, options: WaitOptions): Promise<Outcome> {
    const number = this.#add(parcel);
    try {
      return await waitInLine(this.line, what, number, options);
    } finally {
      this.#parcels.delete(number);
    }
  }

  block(parcel: Parcel, endMs: number): Outcome {
    const number = this.#add(parcel);
    const { words, membership } = this.#channel.opened;
    try {
      return this.line.lend(number, () => {
        const outcome = sleep(membership.registry, membership.id, endMs, () => this.look(number));
        if (outcome !== WAIT) return outcome;
        leave(words, membership.registry, this.#side, membership.id);
        return TIMED_OUT;
      });
    } finally {
      this.#parcels.delete(number);
      this.line.goOn();
    }
  }

  #add(parcel: Parcel): number {
    this.#parcels.set(++this.#lastNumber, parcel);
    return this.#lastNumber;
  }

  // The place in the shared line, for the thread's own.

  enter(): void {
    const { words, membership } = this.#channel.opened;
    enter(words, this.#side, membership.id);
  }

  look(number: number): Outcome {
    const { words, membership } = this.#channel.opened;
    const position = look(words, membership.registry, this.#side, membership.id);
    if (position === NOT_NOW) return WAIT;
    if (position === NEVER) return IS_CLOSED;
    this.#channel.handOver(this.#parcels.get(number)!, position);
    return TAKEN;
  }

  leave(): void {
    const { words, membership } = this.#channel.opened;
    leave(words, membership.registry, this.#side, membership.id);
  }

  /** One request is like another. */
  change(): void {}
}

export class LocalChannel {
  readonly opened: Opened;
  /** The most bytes that a value can have. */
  readonly blockBytes: number;
  readonly #memory: ValueMemory;
  readonly #senders: LocalSide;
  readonly #receivers: LocalSide;

  constructor(opened: Opened) {
    this.opened = opened;
    this.blockBytes = (slotWordsOf(opened.words) - SLOT_HEAD_WORDS) * WORD_BYTES;
    this.#memory = new ValueMemory(opened.words.buffer);
    this.#senders = new LocalSide(this, SENDERS);
    this.#receivers = new LocalSide(this, RECEIVERS);
  }

  /** False: it would have to wait. @throws SYNC_CLOSED and what `bytesOf` throws. */
  trySend(call: string, value: unknown): boolean {
    return this.#sendNow(call, bytesOf(call, value, this.blockBytes));
  }

  /** @throws SYNC_CLOSED, SYNC_TIMEOUT, the reason of the signal, and what `bytesOf` throws. */
  async send(value: unknown, options: WaitOptions): Promise<void> {
    const bytes = bytesOf('send()', value, this.blockBytes);
    if (this.#sendNow('send()', bytes)) return;
    if (options.timeoutMs === 0) throw syncError('SYNC_TIMEOUT', ROOM, 0);
    const outcome = await this.#senders.wait({ bytes: keep(bytes) }, ROOM, options);
    if (outcome === IS_CLOSED) throw syncError('SYNC_CLOSED', 'send()');
  }

  sendSync(value: unknown, timeoutMs: number): void {
    const bytes = bytesOf('sendSync()', value, this.blockBytes);
    if (this.#sendNow('sendSync()', bytes)) return;
    const outcome = this.#senders.block({ bytes }, performance.now() + timeoutMs);
    if (outcome === TIMED_OUT) throw syncError('SYNC_TIMEOUT', ROOM, timeoutMs);
    if (outcome === IS_CLOSED) throw syncError('SYNC_CLOSED', 'sendSync()');
  }

  /** Undefined: it would have to wait. @throws SYNC_CLOSED. */
  tryReceive(call: string): { readonly value: unknown } | undefined {
    if (!this.#receivers.line.isEmpty) return undefined;
    const { words, membership } = this.opened;
    const claim = () => claimToReceive(words, membership.registry, membership.id);
    let position = claim();
    // A process may have ended with the value that it was receiving, and nobody waits who would find out.
    if (position === NOT_NOW && membership.outside?.check() === true) position = claim();
    if (position === NOT_NOW) return undefined;
    if (position === NEVER) throw syncError('SYNC_CLOSED', call);
    const parcel: Parcel = {};
    this.handOver(parcel, position);
    return { value: opened(parcel) };
  }

  async receive(options: WaitOptions): Promise<unknown> {
    const now = this.tryReceive('receive()');
    if (now !== undefined) return now.value;
    if (options.timeoutMs === 0) throw syncError('SYNC_TIMEOUT', A_VALUE, 0);
    const parcel: Parcel = {};
    if ((await this.#receivers.wait(parcel, A_VALUE, options)) === IS_CLOSED)
      throw syncError('SYNC_CLOSED', 'receive()');
    return opened(parcel);
  }

  receiveSync(timeoutMs: number): unknown {
    const now = this.tryReceive('receiveSync()');
    if (now !== undefined) return now.value;
    const parcel: Parcel = {};
    const outcome = this.#receivers.block(parcel, performance.now() + timeoutMs);
    if (outcome === TIMED_OUT) throw syncError('SYNC_TIMEOUT', A_VALUE, timeoutMs);
    if (outcome === IS_CLOSED) throw syncError('SYNC_CLOSED', 'receiveSync()');
    return opened(parcel);
  }

  /** Of who has the slot of this position: puts the value in, or takes it out. */
  handOver(parcel: Parcel, position: number): void {
    const { words, membership } = this.opened;
    const state = stateOf(words, position);
    const at = words.byteOffset + (state + SLOT_HEAD_WORDS) * WORD_BYTES;
    if (parcel.bytes !== undefined) {
      words[state + KIND] = parcel.bytes.kind;
      words[state + BYTES] = parcel.bytes.bytes.byteLength;
      this.#memory.write(parcel.bytes, at);
      publish(words, membership.registry, position);
      return;
    }
    try {
      parcel.value = this.#memory.read(words[state + KIND]!, at, words[state + BYTES]!);
    } catch (error) {
      // No memory for it, say. The value is gone, and its receiver is told why.
      parcel.hasFailed = true;
      parcel.error = error;
    }
    finish(words, membership.registry, position);
  }

  #sendNow(call: string, bytes: ValueBytes): boolean {
    if (!this.#senders.line.isEmpty) return false;
    const { words, membership } = this.opened;
    const claim = () => claimToSend(words, membership.registry, membership.id);
    let position = claim();
    if (position === NOT_NOW && membership.outside?.check() === true) position = claim();
    if (position === NEVER) throw syncError('SYNC_CLOSED', call);
    if (position === NOT_NOW) return false;
    this.handOver({ bytes }, position);
    return true;
  }
}

const ROOM = 'room in the channel';
const A_VALUE = 'a value';

function opened({ hasFailed, error, value }: Parcel): unknown {
  if (hasFailed === true) throw error;
  return value;
}
