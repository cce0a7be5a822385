/**
 * What waits for a worker: the deepest calls of tasks by tasks first, then highest priority, then by turn (see turns.ts), first in
 * first out among equals. A task keeps its rank: one that comes back stands where it stood.
 *
 * Two parts. Most tasks come in the order of their ranks, and stand in a row: each behind the one that came before, taken from the
 * front. Any other stands in a binary heap. The first of all is the first of either. Every task knows its place, so that a cancelled
 * one leaves at once.
 *
 * In the row: push, shift and remove O(1), amortised. In the heap: push O(log n), shift O(log n), remove O(log n).
 */
export interface Queued {
  readonly depth: number;
  readonly priority: number;
  readonly turn: number;
  /** In the order of submission. */
  readonly number: number;
  /** In the heap from 0 on; in the row from ROW down; NOWHERE: it doesn't wait. Writer: the queue. */
  place: number;
}

const NOWHERE = -1;
/** Place of the first of a row that nothing was taken from: the n-th stands at ROW - n. */
const ROW = -2;

export class TaskQueue<T extends Queued> {
  readonly #heap: T[] = [];
  /** From `#front` on those that wait, in order of rank; undefined: it left. The last one is never empty. */
  readonly #row: Array<T | undefined> = [];
  #front = 0;
  /** The row moves up when more places than this are empty at its front, and most are. */
  readonly #emptyMax: number;
  /** How many wait. Writer: the queue. */
  size = 0;

  /** `emptyMax`: from 0; small ones are for tests. */
  constructor(emptyMax = 1_024) {
    this.#emptyMax = emptyMax;
  }

  /** What `shift` would give. */
  get first(): T | undefined {
    const inRow = this.#row[this.#front];
    const inHeap = this.#heap[0];
    if (inRow === undefined || inHeap === undefined) return inRow ?? inHeap;
    return ranksBefore(inRow, inHeap) ? inRow : inHeap;
  }

  push(item: T): void {
    this.size++;
    const last = this.#row[this.#row.length - 1];
    if (last === undefined || ranksBefore(last, item)) {
      item.place = ROW - this.#row.length;
      this.#row.push(item);
      return;
    }
    item.place = this.#heap.length;
    this.#heap.push(item);
    this.#rise(item);
  }

  shift(): T | undefined {
    const { first } = this;
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** False when it isn't waiting here. */
  remove(item: T): boolean {
    const { place } = item;
    if (place >= 0 && this.#heap[place] === item) this.#takeFromHeap(item);
    else if (place <= ROW && this.#row[ROW - place] === item) this.#takeFromRow(ROW - place);
    else return false;
    item.place = NOWHERE;
    this.size--;
    return true;
  }

  *[Symbol.iterator](): Generator<T> {
    const waiting = [...this.#row, ...this.#heap].filter((item) => item !== undefined);
    yield* waiting.sort((a, b) => (ranksBefore(a, b) ? -1 : 1));
  }

  // ---- the row ----

  #takeFromRow(at: number): void {
    const row = this.#row;
    row[at] = undefined;
    while (row.length > this.#front && row[row.length - 1] === undefined) row.pop();
    while (this.#front < row.length && row[this.#front] === undefined) this.#front++;
    if (this.#front === row.length) row.length = this.#front = 0;
    else if (this.#front > this.#emptyMax && 2 * this.#front > row.length) this.#moveUp();
  }

  #moveUp(): void {
    const row = this.#row;
    row.splice(0, this.#front);
    this.#front = 0;
    for (let at = 0; at < row.length; at++) {
      const item = row[at];
      if (item !== undefined) item.place = ROW - at;
    }
  }

  // ---- the heap ----

  #takeFromHeap(item: T): void {
    const last = this.#heap.pop()!;
    if (last === item) return;
    this.#put(last, item.place);
    this.#rise(last);
    this.#sink(last);
  }

  #rise(item: T): void {
    while (item.place > 0) {
      const parent = this.#heap[(item.place - 1) >> 1]!;
      if (!ranksBefore(item, parent)) return;
      this.#swap(item, parent);
    }
  }

  #sink(item: T): void {
    for (;;) {
      const left = this.#heap[2 * item.place + 1];
      const right = this.#heap[2 * item.place + 2];
      const child = right !== undefined && ranksBefore(right, left!) ? right : left;
      if (child === undefined || !ranksBefore(child, item)) return;
      this.#swap(child, item);
    }
  }

  #swap(a: T, b: T): void {
    const place = a.place;
    this.#put(a, b.place);
    this.#put(b, place);
  }

  #put(item: T, place: number): void {
    item.place = place;
    this.#heap[place] = item;
  }
}

function ranksBefore(a: Queued, b: Queued): boolean {
  if (a.depth !== b.depth) return a.depth > b.depth;
  if (a.priority !== b.priority) return a.priority > b.priority;
  return a.turn < b.turn || (a.turn === b.turn && a.number < b.number);
}

/** May it take the place of the other, whenever that came? */
export function isMoreUrgent(a: Queued, b: Queued): boolean {
  return a.depth > b.depth || (a.depth === b.depth && a.priority > b.priority);
}
