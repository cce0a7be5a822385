/**
 * The header that every lock and counter begins with, and the handle by which it goes from thread to thread: which kind it is, which
 * layout its words have, its number, and to which registry its owner ids belong. Written once, before there is a handle.
 */
import { show, syncError } from '../errors.ts';
import {
  isName,
  NO_OPTIONS,
  readOpening,
  readPlacement,
  type Across,
  type CreateOptions,
  type OpenOptions,
} from '../options.ts';
import { nextLockId } from './lives.ts';
import { membershipIn, ownMembership, type Membership } from './membership.ts';
import { findEntry, IS_BEING_MADE, isMade, MAX_NAMES, NO_ROOM, setMade, thingOf } from './names.ts';
import { createSegment, isSegmentName, isShareable, nameOf, openSegment, type SegmentName } from './segments.ts';

const MAGIC_WORD = 0;
const LAYOUT_WORD = 1;
const NUMBER_WORD = 2;

/** A kind of thing in shared memory. */
export interface Kind {
  /** In messages: "mutex". */
  readonly name: string;
  readonly magic: number;
  readonly layout: number;
  readonly words: number;
  readonly bytesAligned: number;
}

/**
 * What goes through postMessage, workerData or the arguments of a task. Plain data. Made across threads it means something in one process
 * only; across processes in those that have got its memory: by a task's arguments, or by {@link inherit}.
 */
export interface SyncHandle<Type extends string> {
  readonly type: Type;
  readonly memory: SharedArrayBuffer | SegmentName;
  /** Where in `memory` the words begin. */
  readonly byteOffset: number;
  /** By which the threads know each other. */
  readonly registry: SharedArrayBuffer | SegmentName;
  /** If it has one. */
  readonly name?: string;
}

export interface Opened {
  readonly words: Int32Array;
  /** Of the thing, in its registry. */
  readonly number: number;
  readonly name: string | undefined;
  /** In messages: the kind, and the name or number. */
  readonly label: string;
  readonly membership: Membership;
}

/**
 * Makes a thing in memory that was given, or of its own; `prepare` writes what must be there before anybody opens it. `around`: where what it
 * belongs to is.
 * @throws SYNC_ARGUMENT, SYNC_NOT_ATTACHED, SYNC_UNAVAILABLE.
 */
export function makeShared(
  kind: Kind,
  given: Int32Array | CreateOptions | undefined,
  prepare: (words: Int32Array) => void = () => {},
  around?: Membership,
): Opened {
  const options = readPlacement(kind.name, given);
  const { memory, name } = options;
  if (around !== undefined && options.across !== undefined && options.across !== acrossIn(around))
    throw syncError(
      'SYNC_ARGUMENT',
      `across of a ${kind.name}`,
      `'${acrossIn(around)}', as that of what it belongs to`,
      show(options.across),
    );
  const membership = around ?? ownMembership(acrossOf(options));
  const isAcross = membership.outside !== undefined;
  const words = memory === undefined ? allocate(kind, isAcross) : checkMemory(kind, memory, isAcross);
  format(kind, words, membership, prepare);
  return openedOf(kind, words, name, membership);
}

/** Before anybody else has the words. */
function format(kind: Kind, words: Int32Array, { registry }: Membership, prepare: (words: Int32Array) => void): void {
  words[LAYOUT_WORD] = kind.layout;
  words[NUMBER_WORD] = nextLockId(registry);
  prepare(words);
  Atomics.store(words, MAGIC_WORD, kind.magic);
}

function openedOf(kind: Kind, words: Int32Array, name: string | undefined, membership: Membership): Opened {
  const number = words[NUMBER_WORD]!;
  return { words, number, name, label: labelOf(kind, name, number), membership };
}

/**
 * Opens the thing of this kind and name, and makes it when it is the first to ask. It stays for as long as the registry. Blocks for the
 * microseconds in which another thread makes a thing of whatever name.
 * @throws SYNC_ARGUMENT, SYNC_NAMES, SYNC_NOT_ATTACHED, SYNC_UNAVAILABLE.
 */
export function openNamed(
  kind: Kind,
  given: string,
  options: OpenOptions = NO_OPTIONS,
  prepare: (words: Int32Array) => void = () => {},
): Opened {
  const { name, across } = readOpening(kind.name, given, options);
  const membership = ownMembership(across);
  const { registry, names, id, outside } = membership;
  const find = () => findEntry(names, registry, id, `${kind.name} ${name}`);
  let entry = find();
  for (; entry === IS_BEING_MADE; entry = find()) outside?.check();
  if (entry === NO_ROOM) throw syncError('SYNC_NAMES', MAX_NAMES);
  const words = thingOf(names, entry, kind.words);
  if (!isMade(names, entry)) {
    format(kind, words, membership, prepare);
    setMade(names, entry);
  }
  return openedOf(kind, words, name, membership);
}

function acrossIn({ outside }: Membership): Across {
  return outside === undefined ? 'threads' : 'processes';
}

/** Who shares what is made there. Memory tells it by itself. */
function acrossOf({ across, memory }: CreateOptions): Across {
  return across ?? (ArrayBuffer.isView(memory) && isShareable(memory.buffer) ? 'processes' : 'threads');
}

/** Opens what a handle names. @throws SYNC_HANDLE, SYNC_NOT_ATTACHED, SYNC_UNAVAILABLE. */
export function openShared<Type extends string>(kind: Kind, type: Type, handle: SyncHandle<Type>): Opened {
  const refuse = (problem: string) => syncError('SYNC_HANDLE', kind.name, problem);
  const given: unknown = handle;
  if (typeof given !== 'object' || given === null) throw refuse(`it is ${show(given)}`);
  const {
    type: givenType,
    memory: givenMemory,
    byteOffset,
    registry,
    name,
  } = given as Readonly<Record<string, unknown>>;
  if (givenType !== type) throw refuse(`its type is ${show(givenType)}`);
  const memory = memoryOf(givenMemory, refuse);
  if (!isName(name)) throw refuse(`its name is ${show(name)}`);
  const bytes = kind.words * Int32Array.BYTES_PER_ELEMENT;
  if (
    typeof byteOffset !== 'number' ||
    !Number.isInteger(byteOffset) ||
    byteOffset % kind.bytesAligned !== 0 ||
    byteOffset < 0 ||
    byteOffset + bytes > memory.byteLength
  )
    throw refuse(`its memory ends before byte ${show(byteOffset)} + ${bytes}`);
  const words = new Int32Array(memory, byteOffset, kind.words);
  if (Atomics.load(words, MAGIC_WORD) !== kind.magic) throw refuse('its memory has no such thing in it');
  if (words[LAYOUT_WORD] !== kind.layout) throw refuse(`its layout is ${words[LAYOUT_WORD]}, not ${kind.layout}`);
  const membership = membershipIn(memoryOf(registry, refuse));
  if (membership === undefined) throw refuse('its registry has another layout');
  return openedOf(kind, words, name, membership);
}

function labelOf({ name: kind }: Kind, name: string | undefined, number: number): string {
  return `${kind} ${name === undefined ? number : JSON.stringify(name)}`;
}

/** @throws what `refuse` gives. */
function memoryOf(given: unknown, refuse: (problem: string) => Error): ArrayBufferLike {
  if (given instanceof SharedArrayBuffer) return given;
  // As JSON leaves shared memory.
  if (!isSegmentName(given))
    throw refuse("it has no shared memory; what goes to another process is made with across: 'processes'");
  const memory = openSegment(given);
  if (memory !== undefined) return memory;
  throw refuse(
    'its memory has not come to this process, or nobody here has it any more; pass the handle as an argument of its own of a task, or by inherit()',
  );
}

/** Memory lives as long as a handle of it that has not been copied. */
const memories = new WeakMap<object, readonly ArrayBufferLike[]>();

export function handleOf<Type extends string>(type: Type, { words, name, membership }: Opened): SyncHandle<Type> {
  const buffers = [words.buffer, membership.registry.buffer];
  const [memory, registry] = buffers.map((buffer) => (buffer instanceof SharedArrayBuffer ? buffer : nameOf(buffer)!));
  const handle = {
    type,
    memory: memory!,
    byteOffset: words.byteOffset,
    registry: registry!,
    ...(name !== undefined && { name }),
  };
  memories.set(handle, buffers);
  return handle;
}

/** Forgets what nobody in this thread uses any more. */
const forgotten = new FinalizationRegistry<{ own: Map<number, WeakRef<object>>; number: number }>(({ own, number }) => {
  if (own.get(number)?.deref() === undefined) own.delete(number);
});

/** What of a shared thing is this thread's own: one object, however often the thread opens it. */
export function ownOf<Own extends object>({ number, membership }: Opened, make: () => Own): Own {
  const known = membership.locks.get(number)?.deref() as Own | undefined;
  if (known !== undefined) return known;
  const own = make();
  membership.locks.set(number, new WeakRef(own));
  forgotten.register(own, { own: membership.locks, number });
  return own;
}

function allocate(kind: Kind, isAcross: boolean): Int32Array {
  const bytes = kind.words * Int32Array.BYTES_PER_ELEMENT;
  return new Int32Array(isAcross ? createSegment(bytes) : new SharedArrayBuffer(bytes), 0, kind.words);
}

/** @throws SYNC_ARGUMENT. */
function checkMemory(kind: Kind, memory: Int32Array, isAcross: boolean): Int32Array {
  const isFit =
    memory instanceof Int32Array &&
    (isAcross ? nameOf(memory.buffer) !== undefined : memory.buffer instanceof SharedArrayBuffer) &&
    memory.length >= kind.words &&
    memory.byteOffset % kind.bytesAligned === 0;
  const words = isFit ? memory.subarray(0, kind.words) : undefined;
  const over = isAcross ? "memory that processes share (sharedArray with across: 'processes')" : 'a SharedArrayBuffer';
  if (words === undefined || words.some((word) => word !== 0))
    throw syncError(
      'SYNC_ARGUMENT',
      'memory',
      `an Int32Array of ${kind.words} zeros or more over ${over}, beginning at a multiple of ${kind.bytesAligned} bytes`,
      words === undefined ? show(memory) : 'words that are not 0',
    );
  return words;
}
