/**
 * Where the words of a ring lie, and its records: ring.ts has their law.
 */

/** Two cache lines: some processors fetch them in pairs. */
const LINE_BYTES = 128;
export const TAIL_WORD = 0;
export const HEAD_WORD = LINE_BYTES / 4;
/** What a reader of another kind of memory waits on. */
export const PARKED_WORD = (2 * LINE_BYTES) / 4;
/** For wake-ups in bursts: see paced-wake.ts. */
export const PACED_WORD = PARKED_WORD + 1;
export const DATA_OFFSET = 3 * LINE_BYTES;

/** Bytes of memory for a ring that holds so many bytes of records. */
export const ringBytes = (capacityBytes: number): number => DATA_OFFSET + capacityBytes;
