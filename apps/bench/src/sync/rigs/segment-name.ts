// How memory that processes share goes to them, in the form that `inherit` of @heddle/sync knows.
import fs from 'node:fs';
import { sharedSegmentOf } from '@heddle/core-native/os';

export interface SegmentName {
  readonly fd: number;
  readonly file: number;
}

/** Of memory of a shared segment. */
export function nameOf(memory: ArrayBufferLike): SegmentName {
  const { fd } = sharedSegmentOf(memory)!;
  return { fd, file: fs.fstatSync(fd).ino };
}

export const isSegmentName = (value: object): value is SegmentName => 'fd' in value;
