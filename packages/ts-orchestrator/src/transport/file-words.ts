/**
 * The words of a worker process in a file without a name, for hosts and workers that share no memory. Each begin costs the worker
 * one write and one read of a few bytes. See worker-words.ts for who writes what; the system's calls keep their order.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { monotonicMs } from '../clock/clock.ts';
import { randomName } from '../clock/random.ts';
import {
  BEGUN_OFFSET,
  ITEMS_OFFSET,
  REVOKED_OFFSET,
  slotOf,
  WORD_BYTES,
  WORD_SLOTS,
  type HostWords,
  type WorkerWords,
} from './worker-words.ts';

/** Undefined where no such file can be made. */
export function openWordsFile(): number | undefined {
  const file = path.join(os.tmpdir(), `heddle-${process.pid}-${randomName()}`);
  let fd: number | undefined;
  try {
    fd = fs.openSync(file, 'wx+', 0o600);
    fs.unlinkSync(file);
    // Takes its room on the disk now, so that no later write can fail for want of it.
    fs.writeSync(fd, Buffer.alloc(WORD_SLOTS * WORD_BYTES));
    return fd;
  } catch {
    if (fd !== undefined) fs.closeSync(fd);
    return undefined;
  }
}

export class FileWords implements HostWords, WorkerWords {
  readonly #fd: number;
  readonly #bytes = Buffer.alloc(WORD_BYTES);

  constructor(fd: number) {
    this.#fd = fd;
  }

  elapsedMs(seq: number): number | undefined {
    if (!this.#hasBegun(seq)) return undefined;
    // The worker writes time, items and number in one call, in this order. Read after the number: whatever that call does in between, it is done.
    fs.readSync(this.#fd, this.#bytes, 0, 8, slotOf(seq) * WORD_BYTES);
    return monotonicMs() - this.#bytes.readDoubleLE(0);
  }

  revoke(seq: number): number {
    this.#bytes.writeInt32LE(seq | 0, REVOKED_OFFSET);
    this.#write(seq, REVOKED_OFFSET, 4);
    return this.#hasBegun(seq) ? Math.max(1, this.#readNumber(seq, ITEMS_OFFSET)) : 0;
  }

  begin(seq: number, now?: number): boolean {
    this.#bytes.writeDoubleLE(now ?? monotonicMs(), 0);
    this.#bytes.writeInt32LE(1, ITEMS_OFFSET);
    this.#bytes.writeInt32LE(seq | 0, BEGUN_OFFSET);
    this.#write(seq, 0, REVOKED_OFFSET);
    if (this.#readNumber(seq, REVOKED_OFFSET) !== (seq | 0)) return true;
    this.#bytes.writeInt32LE(~seq, BEGUN_OFFSET);
    this.#write(seq, BEGUN_OFFSET, 4);
    return false;
  }

  beginItem(seq: number, item: number, now?: number): boolean {
    this.#bytes.writeDoubleLE(now ?? monotonicMs(), 0);
    this.#bytes.writeInt32LE(item + 1, ITEMS_OFFSET);
    this.#write(seq, 0, BEGUN_OFFSET);
    if (this.#readNumber(seq, REVOKED_OFFSET) !== (seq | 0)) return true;
    this.#bytes.writeInt32LE(item, ITEMS_OFFSET);
    this.#write(seq, ITEMS_OFFSET, 4);
    return false;
  }

  #hasBegun(seq: number): boolean {
    return this.#readNumber(seq, BEGUN_OFFSET) === (seq | 0);
  }

  #readNumber(seq: number, offset: number): number {
    fs.readSync(this.#fd, this.#bytes, offset, 4, slotOf(seq) * WORD_BYTES + offset);
    return this.#bytes.readInt32LE(offset);
  }

  #write(seq: number, offset: number, bytes: number): void {
    fs.writeSync(this.#fd, this.#bytes, offset, bytes, slotOf(seq) * WORD_BYTES + offset);
  }
}
