/**
 * A lane: memory that two processes share, through which one of them sends large bytes to the other. It saves the copies and the
 * system calls of a pipe; the message beside it says that the bytes lie there. One lane per direction and worker, one message in it at
 * a time. Whatever does not go through it goes through the pipe as ever, so nothing depends on it.
 *
 * The words at its beginning, and who writes them:
 *
 *   READY  0, then 1   by the receiver, once it has mapped the lane. The sender doesn't use it before.
 *   TAKEN  a count     by the receiver, one more when it needs the bytes no longer. The sender counts what it has put in, and puts
 *                      something in again only when the two are equal; so it never writes while the receiver reads.
 *
 * The bytes are written before the message that speaks of them is, and read after it was; the pipe orders that. TAKEN is stored after
 * the last read of the bytes and loaded before the next write; both are sequentially consistent.
 *
 * Life. The first large message offers a lane: it goes through the pipe itself, and the lane's descriptor over the segment line. A
 * receiver that can't map it (a sandbox, no addon, no descriptor left) says nothing, and the offer is never taken up. A message that
 * is too large for the lane offers a larger one, up to LANE_BYTES_MAX. Nobody waits for the other, so a death at any moment hinders
 * nobody: the memory goes with the last mapping. It is kept as long as the worker lives, because fresh pages cost 4 us each.
 */
/** Below this the pipe is as good. Measured: 64 KiB take 80 us through it, and some 25 us through memory. */
export const LANE_BYTES_LEAST = 65_536;
/** Memory per worker and direction is bounded by it. A guess: arrays of some million numbers, but not the whole of a program's data. */
export const LANE_BYTES_MAX = 2 ** 25;
const SMALLEST_LANE_BYTES = 2 ** 20;

const READY = 0;
const TAKEN = 1;
/** Keeps the bytes at an address that every typed array can have. */
const HEADER_BYTES = 64;

interface Lane {
  readonly number: number;
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
}

function laneOf(number: number, buffer: ArrayBuffer): Lane {
  return { number, words: new Int32Array(buffer, 0, HEADER_BYTES / 4), bytes: new Uint8Array(buffer, HEADER_BYTES) };
}

/** In a message: the bytes lie in the lane; or they are here, and a lane is offered for the next. */
export type LaneStub =
  { readonly lane: number; readonly bytes: number } | { readonly offer: number; readonly bytes: Uint8Array };

/** Memory on its way, under the number by which the other side knows it. */
export interface SentMemory {
  readonly number: number;
  readonly buffer: ArrayBuffer;
}

export class LaneSender {
  readonly #sendMemory: ((bytes: number) => SentMemory) | undefined;
  #lane: Lane | undefined;
  #offered: Lane | undefined;
  /** Messages put into the lane; modulo 2 ** 32. */
  #sent = 0;
  #isImpossible: boolean;

  /** `sendMemory` makes memory, sends it to the other process and throws where it can't; undefined: there is no way. */
  constructor(sendMemory: ((bytes: number) => SentMemory) | undefined) {
    this.#sendMemory = sendMemory;
    this.#isImpossible = sendMemory === undefined;
  }

  /** Memory in the lane to write so many bytes into, for `send` right after it; undefined: not now. */
  allocate(bytes: number): Uint8Array | undefined {
    if (bytes < LANE_BYTES_LEAST) return undefined;
    if (this.#offered !== undefined && Atomics.load(this.#offered.words, READY) === 1) {
      this.#lane = this.#offered;
      this.#offered = undefined;
      this.#sent = 0;
    }
    const lane = this.#lane;
    if (lane === undefined || bytes > lane.bytes.length) return undefined;
    return Atomics.load(lane.words, TAKEN) === this.#sent ? lane.bytes.subarray(0, bytes) : undefined;
  }

  /** What stands for these bytes in a message that is sent now. */
  send(bytes: Uint8Array): Uint8Array | LaneStub {
    if (bytes.length < LANE_BYTES_LEAST) return bytes;
    let inLane: Uint8Array | undefined = bytes;
    if (bytes.buffer !== this.#lane?.bytes.buffer) {
      inLane = this.allocate(bytes.length);
      inLane?.set(bytes);
    }
    if (inLane === undefined) return this.#offer(bytes);
    this.#sent = (this.#sent + 1) | 0;
    return { lane: this.#lane!.number, bytes: bytes.length };
  }

  #offer(bytes: Uint8Array): Uint8Array | LaneStub {
    const { length } = bytes;
    const largest = (this.#offered ?? this.#lane)?.bytes.length ?? 0;
    if (this.#isImpossible || length <= largest || length > LANE_BYTES_MAX) return bytes;
    try {
      let size = SMALLEST_LANE_BYTES;
      while (size < length) size *= 2;
      const { number, buffer } = this.#sendMemory!(size + HEADER_BYTES);
      this.#offered = laneOf(number, buffer);
      return { offer: number, bytes };
    } catch {
      // No addon, no memory, no descriptor, or nobody at the other end.
      this.#isImpossible = true;
      this.#offered = undefined;
      return bytes;
    }
  }
}

export class LaneReceiver {
  readonly #takeMemory: (number: number) => ArrayBuffer;
  #lanes: Lane[] = [];

  /** `takeMemory` gives the memory that was sent under this number, and throws where it can't be had. */
  constructor(takeMemory: (number: number) => ArrayBuffer) {
    this.#takeMemory = takeMemory;
  }

  /** A lane was offered. Takes it up, if that is possible. */
  accept(number: number): void {
    try {
      const lane = laneOf(number, this.#takeMemory(number));
      this.#lanes = [...this.#lanes, lane];
      Atomics.store(lane.words, READY, 1);
    } catch {
      // Not taken up.
    }
  }

  /** Calls `read` with bytes that lie in a lane; they are the sender's again after it. */
  read<T>(number: number, length: number, read: (bytes: Uint8Array) => T): T {
    // Those before it are not used any more.
    this.#lanes = this.#lanes.filter((lane) => lane.number >= number);
    const lane = this.#lanes.find((each) => each.number === number);
    if (lane === undefined || length > lane.bytes.length) throw new RangeError('there is no such lane');
    try {
      return read(lane.bytes.subarray(0, length));
    } finally {
      Atomics.add(lane.words, TAKEN, 1);
    }
  }
}

export function isLaneStub(wire: unknown): wire is LaneStub {
  return wire !== null && typeof wire === 'object' && ('lane' in wire || 'offer' in wire);
}
