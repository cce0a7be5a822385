/**
 * A file without a name, in which the worker writes the id of each task before it starts it: what was written is there
 * however the worker ends, while messages may be lost with it.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Undefined where no such file can be made. */
export function openOwnershipFile(): number | undefined {
  const file = path.join(os.tmpdir(), `heddle-${process.pid}-${randomBytes(6).toString('hex')}`);
  try {
    const fd = fs.openSync(file, 'wx+', 0o600);
    fs.unlinkSync(file);
    return fd;
  } catch {
    return undefined;
  }
}

export function readOwnership(fd: number): number | undefined {
  const word = Buffer.alloc(8);
  return fs.readSync(fd, word, 0, 8, 0) === 8 ? word.readDoubleLE(0) : undefined;
}
