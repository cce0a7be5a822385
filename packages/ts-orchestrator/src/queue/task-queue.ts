/**
 * What waits for a worker: the deepest calls of tasks by tasks first, then highest priority, then by turn (see turns.ts), first in
 * first out among equals. A task keeps its rank: one that comes back stands where it stood. A binary heap in which every task
 * knows its place, so that a cancelled task leaves at once.
 *
 * push O(log n), O(1) for rising order of arrival at one priority; shift O(log n); remove O(log n).
 */
export interface Queued {
  readonly depth: number;
  readonly priority: number;
  readonly turn: number;
  /** In the order of submission. */
  readonly number: number;
  /** In the heap; -1: it doesn't wait. Writer: the queue. */
  place: number;
}

export class TaskQueue<T extends Queued> {
  readonly #heap: T[] = [];

  get size(): number {
    return this.#heap.length;
  }

  /** What `shift` would give. */
  get first(): T | undefined {
    return this.#heap[0];
  }

  push(item: T): void {
    item.place = this.#heap.length;
    this.#heap.push(item);
    this.#rise(item);
  }

  shift(): T | undefined {
    const first = this.#heap[0];
    if (first !== undefined) this.#take(first);
    return first;
  }

  /** False when it isn't waiting here. */
  remove(item: T): boolean {
    if (this.#heap[item.place] !== item) return false;
    this.#take(item);
    return true;
  }

  *[Symbol.iterator](): Generator<T> {
    yield* [...this.#heap].sort((a, b) => (ranksBefore(a, b) ? -1 : 1));
  }

  #take(item: T): void {
    const last = this.#heap.pop()!;
    if (last !== item) {
      this.#put(last, item.place);
      this.#rise(last);
      this.#sink(last);
    }
    item.place = -1;
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
