/**
 * How shared arrays travel to another process and back, and the memory of lanes and rings with their counters: as descriptors over a socket
 * of their own, which the worker has from its start, and in the message the number under which each was sent.
 *
 * Both sides: the descriptor is sent first and the message after it, so when a message is read, its descriptors have arrived; each
 * side reads its messages in the order in which they were sent, so a lower number than the one wanted belongs to a message that was
 * never read. What nobody has taken is freed with the socket. Nothing is loaded for it before the first shared array.
 */
import fs from 'node:fs';
import { heddleError } from '../errors/errors.ts';
import { segmentServices, type EventCounter, type Segment, type SegmentServices } from '../task/os-services.ts';
import type { PayloadRole } from '../task/payload.ts';
import { typeName, type SharedPart, type SharedView } from '../task/shared-parts.ts';
import { TYPES } from '../task/shared-array.ts';
import { LaneReceiver, LaneSender, type SentMemory } from './byte-lane.ts';

/** A shared array in a message. */
export interface SharedStub {
  readonly at: number | undefined;
  readonly path?: readonly string[] | undefined;
  readonly type: keyof typeof TYPES;
  readonly byteOffset: number;
  readonly length: number;
  /** Its number on the line; or why it is not there. */
  readonly sent: number | string;
}

export class SegmentLine {
  /** For large bytes. */
  readonly outbound: LaneSender;
  readonly inbound: LaneReceiver;
  readonly #socket: number | undefined;
  #lastSent = 0;

  /** `socket`: undefined where there is none. */
  constructor(socket: number | undefined) {
    this.#socket = socket;
    this.outbound = new LaneSender(socket === undefined ? undefined : (bytes) => this.#sendLane(bytes));
    this.inbound = new LaneReceiver((sent) => {
      const segment = this.takeSegment(sent, true);
      segment.close();
      return segment.buffer;
    });
  }

  #sendLane(bytes: number): SentMemory {
    const segment = servicesHere().createSharedSegment(bytes, { isWire: true });
    const number = this.sendSegment(segment);
    // It stays mapped, and is not sent again.
    segment.close();
    return { number, buffer: segment.buffer };
  }

  /** Sends the memory of an array. Never throws: who reads the message learns that it failed. */
  send({ at, path, array, segment }: SharedPart): SharedStub {
    const { byteOffset, length } = array;
    const stub = { at, path, type: typeName(array)!, byteOffset, length };
    try {
      return { ...stub, sent: this.sendSegment(segment) };
    } catch (error) {
      return { ...stub, sent: error instanceof Error ? error.message : String(error) };
    }
  }

  /**
   * The array that a message speaks of, and its memory.
   * @throws {HeddleError} HEDDLE_SHARED_ARRAY.
   */
  take({ at, path, type, byteOffset, length, sent }: SharedStub, role: PayloadRole): SharedPart {
    const where = at === undefined ? role.subject : `${role.subject}[${at}]`;
    try {
      if (typeof sent === 'string') throw new Error(sent);
      const View = TYPES[type] as new (buffer: ArrayBuffer, offset: number, length: number) => SharedView;
      // The memory of a handle is no value.
      const segment = this.takeSegment(sent, path !== undefined);
      return { at, path, array: new View(segment.buffer, byteOffset, length), segment };
    } catch (error) {
      const reason = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
      throw heddleError('HEDDLE_SHARED_ARRAY', { name: role.name, path: where, reason }, error);
    }
  }

  // What follows throws whatever goes wrong.

  /** Sends memory, and gives the number under which it travels. */
  sendSegment(segment: Segment): number {
    const { services, socket } = this.#open();
    services.sendSegment(socket, segment, ++this.#lastSent);
    return this.#lastSent;
  }

  sendCounter({ fd }: EventCounter): number {
    const { services, socket } = this.#open();
    services.sendDescriptor(socket, fd, ++this.#lastSent);
    return this.#lastSent;
  }

  /** `isWire`: see `SegmentServices`. */
  takeSegment(sent: number, isWire = false): Segment {
    return this.#take(sent, (services, fd) => services.openSharedSegment(fd, { isWire }));
  }

  takeCounter(sent: number): EventCounter {
    return this.#take(sent, (services, fd) => services.openEventFd(fd));
  }

  #open(): { readonly services: SegmentServices; readonly socket: number } {
    if (this.#socket === undefined) throw new Error('this worker has no line for it');
    return { services: servicesHere(), socket: this.#socket };
  }

  #take<T>(wanted: number, open: (services: SegmentServices, fd: number) => T): T {
    const { services, socket } = this.#open();
    for (;;) {
      const next = services.receiveDescriptor(socket);
      if (next === undefined) throw new Error('its memory has not arrived');
      try {
        if (next.number > wanted) throw new Error('its memory has not arrived');
        if (next.number === wanted) return open(services, next.fd);
      } finally {
        fs.closeSync(next.fd);
      }
    }
  }
}

function servicesHere() {
  try {
    return segmentServices();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`the worker can't load @heddle/core-native (${reason})`, { cause });
  }
}
