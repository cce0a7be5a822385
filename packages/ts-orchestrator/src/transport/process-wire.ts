/**
 * The wire between host and worker process, used by both ends.
 */
import { isPrimitive, PackedList, unpackList } from '@heddle/codec';
import { heddleError } from '../errors/errors.ts';
import {
  arePrimitive,
  fromBytes,
  fromForeignBytes,
  isSmall,
  toBytes,
  type PayloadRole,
  type TransferItem,
} from '../task/payload.ts';
import { putIn, takeOut, type SharedPart } from '../task/shared-parts.ts';
import { isLaneStub, type LaneStub } from './byte-lane.ts';
import type { HostMessage, StartOrder, WorkerMessage } from './protocol.ts';
import type { SegmentLine, SharedStub } from './segment-line.ts';

/** Before any other message: how the worker begins. */
export interface StartMessage {
  readonly t: 'start';
  readonly order: StartOrder;
}

/** About the rings: see process-rings.ts. */
export type HostRingMessage =
  /** Memory and counters lie on the line under five numbers, from `first` on. */
  | { readonly t: 'rings'; readonly first: number }
  /** From here on tasks may come as records. Tasks with this number and higher ones have their words in the rings' memory. */
  | { readonly t: 'ring-tasks'; readonly from: number }
  /** Nothing has come for a while. */
  | { readonly t: 'rings-look' };
export type WorkerRingMessage =
  | { readonly t: 'rings-ready' }
  /** They can't be used here, for good. */
  | { readonly t: 'rings-refused' }
  /** The answer to `rings-look`. */
  | { readonly t: 'rings-looked' };

/** What the host and the worker post on the channel, and what of it is no message of the pool's protocol. */
export type HostPost = HostMessage | StartMessage | HostRingMessage;
export type WorkerPost = WorkerMessage | WorkerRingMessage;

/** The user's code may use the channel too, so every message of ours sits under this key. */
export interface WireMessage {
  readonly heddle: WorkerPost;
  /** Bytes the worker had written to stderr before it. */
  readonly printedBytes?: number;
}

/**
 * A value on the wire: bytes of our own making, of V8's serializer or, `packed`, of the codec, or, for the frequent small case,
 * primitives as they are; and the shared arrays that belong to it, while it waits as `parts`, in a message as `stubs`.
 */
export type WireValue = PlainWire | { readonly parts: readonly SharedPart[]; readonly rest: PlainWire } | StubbedWire;
type PlainWire = Uint8Array | { readonly plain: unknown } | { readonly packed: Uint8Array };
/** In a message large bytes may lie in a lane. */
type SentWire = PlainWire | LaneStub;
interface StubbedWire {
  readonly stubs: readonly SharedStub[];
  readonly rest: SentWire;
}

/**
 * Packs a value. Shared arrays stay this process's own until `depart`. `line`: that is now, and over this line, so large bytes may be
 * written where they will lie.
 */
export function toWire(
  value: unknown,
  transfer: readonly TransferItem[],
  role: PayloadRole,
  line?: SegmentLine,
): WireValue {
  const parted = takeOut(value, role);
  if (parted === undefined) return toPlainWire(value, transfer, role, line);
  for (const part of parted.parts) assertOpen(part, role);
  return { parts: parted.parts, rest: toPlainWire(parted.rest, transfer, role, line) };
}

function toPlainWire(
  value: unknown,
  transfer: readonly TransferItem[],
  role: PayloadRole,
  line: SegmentLine | undefined,
): PlainWire {
  if (
    transfer.length === 0 &&
    (isPrimitive(value) || (role.subject === 'arguments' && arePrimitive(value as unknown[])))
  )
    return { plain: value };
  return toBytes(value, transfer, role, line && ((bytes) => line.outbound.allocate(bytes)));
}

function assertOpen({ at, segment }: SharedPart, role: PayloadRole): void {
  if (!segment.isClosed) return;
  const path = at === undefined ? role.subject : `${role.subject}[${at}]`;
  throw heddleError('HEDDLE_SHARED_ARRAY', { name: role.name, path, reason: 'its segment is closed' });
}

/** A list of arguments as it waits in the host: what fits into a record, or what a message takes. */
export type ProcessArguments = readonly unknown[] | PackedList | WireValue;

/** What goes into a message, right before it is sent: the shared arrays and large bytes leave now. */
export function depart(wire: unknown, line: SegmentLine): unknown {
  if (wire instanceof Uint8Array) return line.outbound.send(wire);
  if (Array.isArray(wire)) return { plain: wire } satisfies PlainWire;
  if (wire instanceof PackedList) return { packed: wire.bytes } satisfies PlainWire;
  if (wire === null || typeof wire !== 'object' || !('parts' in wire)) return wire;
  const { parts, rest } = wire as { parts: readonly SharedPart[]; rest: PlainWire };
  const stubs = parts.map((part) => line.send(part));
  return { stubs, rest: depart(rest, line) as SentWire } satisfies StubbedWire;
}

/** The value that came in a message. In the order of messages. */
export function readWire(wire: unknown, line: SegmentLine, role: PayloadRole): unknown {
  // Read where it lies.
  if (isLaneStub(wire) && 'lane' in wire) return line.inbound.read(wire.lane, wire.bytes, fromForeignBytes);
  return fromWire(arrive(wire, line, role));
}

/** What came in a message, with its shared arrays arrived, to be sent on later or opened by `fromWire`. In the order of messages. */
export function arrive(wire: unknown, line: SegmentLine, role: PayloadRole): unknown {
  if (isLaneStub(wire)) return bytesOf(wire, line);
  if (wire === null || typeof wire !== 'object' || !('stubs' in wire)) return wire;
  const { stubs, rest: sent } = wire as StubbedWire;
  const parts = stubs.map((stub) => line.take(stub, role));
  // As they were sent: first the arrays.
  const rest = isLaneStub(sent) ? bytesOf(sent, line) : sent;
  return { parts, rest };
}

function bytesOf(stub: LaneStub, { inbound }: SegmentLine): Uint8Array {
  if ('lane' in stub) return inbound.read(stub.lane, stub.bytes, (bytes) => bytes.slice());
  inbound.accept(stub.offer);
  return stub.bytes;
}

/** Bytes up to which a value may wait in the memory of a worker that has others before it. */
const SMALL_BYTES = 4_096;

/** Bytes of the value in any of its forms; 0: it has none of its own. */
export function bytesOnWire(wire: unknown): number {
  if (wire instanceof Uint8Array) return wire.byteLength;
  if (isLaneStub(wire)) return 'lane' in wire ? wire.bytes : wire.bytes.byteLength;
  return wire !== null && typeof wire === 'object' && 'rest' in wire ? bytesOnWire(wire.rest) : 0;
}

export function isSmallOnWire(value: WireValue): boolean {
  if (value instanceof Uint8Array) return value.byteLength <= SMALL_BYTES;
  return 'plain' in value && isSmall(value.plain);
}

export function fromWire(wire: unknown): unknown {
  if (wire instanceof Uint8Array) return fromBytes(wire);
  if ('packed' in (wire as object)) return unpackList((wire as { packed: Uint8Array }).packed);
  if (!('parts' in (wire as object))) return (wire as { plain: unknown }).plain;
  const { parts, rest } = wire as { parts: readonly SharedPart[]; rest: PlainWire };
  // A copy: what waits to be sent again must not change.
  const value = fromWire(rest);
  return putIn(Array.isArray(value) ? [...value] : value, parts);
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
