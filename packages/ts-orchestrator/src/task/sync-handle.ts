/**
 * Handles of @heddle/sync across processes: plain data, but for the memory that they name by descriptors of this process. To another process
 * each memory travels beside the value, and the handle names the descriptor there.
 */
import fs from 'node:fs';
import { segmentServices, type Segment } from './os-services.ts';

/** Set by the first such thing of a thread, and by the first handle that has come to it. When not, no value needs a look. */
const HAS_HANDLES = Symbol.for('@heddle/sync/processes');
const realm = globalThis as { [HAS_HANDLES]?: boolean };

const TYPE_PREFIX = 'heddle-';

/** Memory that a handle names. */
interface MemoryName {
  fd: number;
  readonly file: number;
}

export interface NamedMemory {
  /** Where in the handle its name is. */
  readonly path: readonly string[];
  readonly segment: Segment;
}

export function hasHandles(): boolean {
  return realm[HAS_HANDLES] === true;
}

/** The memories that a value names, if it is a handle: undefined for what is none, or whose memory isn't in this process. */
export function memoriesOf(value: unknown): NamedMemory[] | undefined {
  if (!hasHandles() || !isHandle(value)) return undefined;
  const found: NamedMemory[] = [];
  const look = (part: object, path: readonly string[]): boolean => {
    for (const [key, inner] of Object.entries(part)) {
      if (typeof inner !== 'object' || inner === null) continue;
      const here = [...path, key];
      if (!isName(inner)) {
        // A condition has its mutex in it.
        if (isHandle(inner) && !look(inner, here)) return false;
        continue;
      }
      const segment = open(inner);
      if (segment === undefined) return false;
      found.push({ path: here, segment });
    }
    return true;
  };
  return look(value, []) && found.length > 0 ? found : undefined;
}

/** Memory lives as long as the handle with which it came. */
const arrived = new WeakMap<object, Segment[]>();

/** In a handle that has come: the memory is here under this descriptor. @throws when that is no place of a name: the path has come, too. */
export function nameHere(handle: unknown, path: readonly string[], segment: Segment): void {
  let part = handle;
  for (const key of path) {
    const isThere = typeof part === 'object' && part !== null && Object.hasOwn(part, key);
    part = isThere ? (part as Record<string, unknown>)[key] : undefined;
  }
  if (typeof part !== 'object' || part === null || !isName(part)) throw new Error('its memory belongs to no handle');
  realm[HAS_HANDLES] = true;
  part.fd = segment.fd;
  const kept = arrived.get(handle as object);
  if (kept === undefined) arrived.set(handle as object, [segment]);
  else kept.push(segment);
}

function isHandle(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const type: unknown = Object.getOwnPropertyDescriptor(value, 'type')?.value;
  return typeof type === 'string' && type.startsWith(TYPE_PREFIX);
}

function isName(value: object): value is MemoryName {
  const { fd, file } = value as Partial<Record<keyof MemoryName, unknown>>;
  return typeof fd === 'number' && typeof file === 'number';
}

/** Undefined: the name is not of this process, or means another file by now. */
function open({ fd, file }: MemoryName): Segment | undefined {
  try {
    return fs.fstatSync(fd).ino === file ? segmentServices().openSharedSegment(fd, { isWire: true }) : undefined;
  } catch {
    return undefined;
  }
}
