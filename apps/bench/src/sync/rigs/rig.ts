// What a contestant's runner has: parties that do their rounds when they are told, and a count of what they did.
import type { SyncWork } from '../case-table.ts';

export interface PartyTimes {
  /** Of the clock of the machine, which all share. */
  readonly startMs: number;
  readonly endMs: number;
}

export interface Rig {
  /** All parties do their rounds once. */
  round(): Promise<readonly PartyTimes[]>;
  close(): Promise<void>;
}

/** Words that all parties share. */
export const COUNT = 0;
/** How many parties have come to the start of a round, of all rounds so far. */
export const READY = 1;
/** What was received, added up; the low 32 bits. */
export const SUM = 2;
export const WORDS = 16;

/** What COUNT has grown by, after a round that was right. */
export function expectedCount(work: SyncWork): number {
  return work.kind === 'channel' ? work.rounds : work.parties * work.rounds;
}

/** What SUM has grown by: numbers from 0 on, or the last byte of each block. */
export function expectedSum(work: SyncWork): number {
  if (work.kind !== 'channel') return 0;
  let sum = 0;
  for (let value = 0; value < work.rounds; value++) sum = (sum + (work.bytes === 0 ? value : value % 128)) | 0;
  return sum;
}

/** The clock of the machine: the same in all threads and processes. */
export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
