/**
 * The memory of a mailbox's rings. Apart from the mailbox: a worker is started before that is loaded.
 */
import { ringBytes } from './ring/ring-layout.ts';

/** Bytes of records that may be on their way in one direction. */
const RING_BYTES = 2 ** 16;
/** Bytes of memory that `readFrom` and `writeTo` of a mailbox take. */
export const MAILBOX_RING_BYTES = ringBytes(RING_BYTES);

/** What the two ends share. */
export interface MailboxMemory {
  readonly toWorker: SharedArrayBuffer;
  readonly toHost: SharedArrayBuffer;
}

export function createMailboxMemory(): MailboxMemory {
  return {
    toWorker: new SharedArrayBuffer(MAILBOX_RING_BYTES),
    toHost: new SharedArrayBuffer(MAILBOX_RING_BYTES),
  };
}
