/**
 * The header that every lock and counter begins with, and the handle by which it goes from thread to thread: which kind it is, which
 * layout its words have, its number, and to which registry its owner ids belong. Written once, before there is a handle.
 */
import { show, syncError } from '../errors.ts';
import { isName, readPlacement, type CreateOptions } from '../options.ts';
import { nextLockId } from './lives.ts';
import { membershipIn, ownMembership, type Membership } from './membership.ts';

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

/** What goes through postMessage, workerData or the arguments of a task. Plain data; it means something in one process only. */
export interface SyncHandle<Type extends string> {
  readonly type: Type;
  readonly memory: SharedArrayBuffer;
  /** Where in `memory` the words begin. */
  readonly byteOffset: number;
  /** By which the threads of the process know each other. */
  readonly registry: SharedArrayBuffer;
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

/** Makes a thing in memory that was given, or of its own; `prepare` writes what must be there before anybody opens it. */
export function makeShared(
  kind: Kind,
  given: Int32Array | CreateOptions | undefined,
  prepare: (words: Int32Array) => void = () => {},
  membership: Membership = ownMembership(),
): Opened {
  const { memory, name } = readPlacement(kind.name, given);
  const words = memory === undefined ? allocate(kind) : checkMemory(kind, memory);
  words[LAYOUT_WORD] = kind.layout;
  const number = (words[NUMBER_WORD] = nextLockId(membership.registry));
  prepare(words);
  Atomics.store(words, MAGIC_WORD, kind.magic);
  return { words, number, name, label: labelOf(kind, name, number), membership };
}

/** Opens what a handle names. @throws SYNC_HANDLE, SYNC_NOT_ATTACHED. */
export function openShared<Type extends string>(kind: Kind, type: Type, handle: SyncHandle<Type>): Opened {
  const refuse = (problem: string) => syncError('SYNC_HANDLE', kind.name, problem);
  const given: unknown = handle;
  if (typeof given !== 'object' || given === null) throw refuse(`it is ${show(given)}`);
  const { type: givenType, memory, byteOffset, registry, name } = given as Readonly<Record<string, unknown>>;
  if (givenType !== type) throw refuse(`its type is ${show(givenType)}`);
  if (!(memory instanceof SharedArrayBuffer) || !(registry instanceof SharedArrayBuffer))
    throw refuse('it has no shared memory');
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
  const membership = membershipIn(registry);
  if (membership === undefined) throw refuse('its registry has another layout');
  const number = words[NUMBER_WORD]!;
  return { words, number, name, label: labelOf(kind, name, number), membership };
}

function labelOf({ name: kind }: Kind, name: string | undefined, number: number): string {
  return `${kind} ${name === undefined ? number : JSON.stringify(name)}`;
}

export function handleOf<Type extends string>(type: Type, { words, name, membership }: Opened): SyncHandle<Type> {
  return {
    type,
    memory: words.buffer as SharedArrayBuffer,
    byteOffset: words.byteOffset,
    registry: membership.registry.buffer as SharedArrayBuffer,
    ...(name !== undefined && { name }),
  };
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

function allocate(kind: Kind): Int32Array {
  return new Int32Array(new SharedArrayBuffer(kind.words * Int32Array.BYTES_PER_ELEMENT));
}

function checkMemory(kind: Kind, memory: Int32Array): Int32Array {
  const isFit =
    memory instanceof Int32Array &&
    memory.buffer instanceof SharedArrayBuffer &&
    memory.length >= kind.words &&
    memory.byteOffset % kind.bytesAligned === 0;
  const words = isFit ? memory.subarray(0, kind.words) : undefined;
  if (words === undefined || words.some((word) => word !== 0))
    throw syncError(
      'SYNC_ARGUMENT',
      'memory',
      `an Int32Array of ${kind.words} zeros or more over a SharedArrayBuffer, beginning at a multiple of ${kind.bytesAligned} bytes`,
      words === undefined ? show(memory) : 'words that are not 0',
    );
  return words;
}
