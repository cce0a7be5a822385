/**
 * What waits for a worker: the deepest calls of tasks by tasks first, then highest priority, first in first out among equals. A binary heap in which every entry knows
 * its place, so that a cancelled task leaves at once.
 *
 * push O(log n), O(1) for rising order of arrival at one priority; shift O(log n); remove O(log n).
 */
export interface Queued {
  readonly depth: number;
  readonly priority: number;
}

interface Entry<T> {
  readonly item: T;
  readonly sequence: number;
  place: number;
}

export class TaskQueue<T extends Queued> {
  readonly #heap: Array<Entry<T>> = [];
  readonly #entries = new Map<T, Entry<T>>();
  #sequence = 0;
  #sequenceFirst = 0;

  get size(): number {
    return this.#heap.length;
  }

  push(item: T): void {
    this.#insert(item, this.#sequence++);
  }

  /** Before all that wait with the same priority: for what had its turn already and lost it. */
  pushFirst(item: T): void {
    this.#insert(item, --this.#sequenceFirst);
  }

  #insert(item: T, sequence: number): void {
    const entry = { item, sequence, place: this.#heap.length };
    this.#entries.set(item, entry);
    this.#heap.push(entry);
    this.#rise(entry);
  }

  shift(): T | undefined {
    const first = this.#heap[0];
    if (first === undefined) return undefined;
    this.#take(first);
    return first.item;
  }

  /** False when it isn't waiting here. */
  remove(item: T): boolean {
    const entry = this.#entries.get(item);
    if (entry === undefined) return false;
    this.#take(entry);
    return true;
  }

  *[Symbol.iterator](): Generator<T> {
    for (const entry of [...this.#heap].sort((a, b) => (isBefore(a, b) ? -1 : 1))) yield entry.item;
  }

  #take(entry: Entry<T>): void {
    this.#entries.delete(entry.item);
    const last = this.#heap.pop()!;
    if (last === entry) return;
    last.place = entry.place;
    this.#heap[last.place] = last;
    this.#rise(last);
    this.#sink(last);
  }

  #rise(entry: Entry<T>): void {
    while (entry.place > 0) {
      const parent = this.#heap[(entry.place - 1) >> 1]!;
      if (!isBefore(entry, parent)) return;
      this.#swap(entry, parent);
    }
  }

  #sink(entry: Entry<T>): void {
    for (;;) {
      const left = this.#heap[2 * entry.place + 1];
      const right = this.#heap[2 * entry.place + 2];
      const child = right !== undefined && isBefore(right, left!) ? right : left;
      if (child === undefined || !isBefore(child, entry)) return;
      this.#swap(child, entry);
    }
  }

  #swap(a: Entry<T>, b: Entry<T>): void {
    [a.place, b.place] = [b.place, a.place];
    this.#heap[a.place] = a;
    this.#heap[b.place] = b;
  }
}

function isBefore<T extends Queued>(a: Entry<T>, b: Entry<T>): boolean {
  if (a.item.depth !== b.item.depth) return a.item.depth > b.item.depth;
  return a.item.priority > b.item.priority || (a.item.priority === b.item.priority && a.sequence < b.sequence);
}
