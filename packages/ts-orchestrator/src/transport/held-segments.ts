/**
 * Which shared arrays worker processes hold: what the system says of their mappings, so that it is right for a worker that is busy,
 * and for one that forgot them.
 */
import fs from 'node:fs';
import { hasSegments } from '@heddle/codec/segments';

export interface HeldSegments {
  /** Each memory once, however many workers hold it. */
  readonly segments: number;
  readonly bytes: number;
}

/** A line of /proc/<pid>/maps: `7f10a0000000-7f10a0800000 rw-s 00000000 00:01 1043 /memfd:heddle (deleted)`. */
const SEGMENT = /^([0-9a-f]+)-([0-9a-f]+) \S+ \S+ \S+ (\d+)\s+\/memfd:heddle /gm;

/** In whole pages. A worker that has ended holds none. Not looked for as long as this program itself had none. */
export function heldSegments(pids: readonly number[]): HeldSegments {
  if (!hasSegments()) return { segments: 0, bytes: 0 };
  const bytesOf = new Map<string, number>();
  for (const pid of pids) {
    for (const [, begin, end, inode] of mapsOf(pid).matchAll(SEGMENT))
      bytesOf.set(inode!, Number.parseInt(end!, 16) - Number.parseInt(begin!, 16));
  }
  let bytes = 0;
  for (const each of bytesOf.values()) bytes += each;
  return { segments: bytesOf.size, bytes };
}

function mapsOf(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${pid}/maps`, 'utf8');
  } catch {
    return '';
  }
}
