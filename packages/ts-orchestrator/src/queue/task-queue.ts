/**
 * What waits for a worker: the deepest calls of tasks by tasks first, then highest priority, then by turn (see turns.ts), first in
 * first out among equals. A task keeps its rank: one that comes back stands where it stood. A binary heap in which every entry
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
}

interface Entry<T> {
  readonly item: T;
  place: number;
}

export class TaskQueue<T extends Queued> {
  readonly #heap: Array<Entry<T>> = [];
  readonly #entries = new Map<T, Entry<T>>();

  get size(): number {
    return this.#heap.length;
  }

  /** What `shift` would give. */
  get first(): T | undefined {
    return this.#heap[0]?.item;
  }

  push(item: T): void {
    const entry = { item, place: this.#heap.length };
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
    for (const entry of [...this.#heap].sort((a, b) => (ranksBefore(a.item, b.item) ? -1 : 1))) yield entry.item;
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
      if (!ranksBefore(entry.item, parent.item)) return;
      this.#swap(entry, parent);
    }
  }

  #sink(entry: Entry<T>): void {
    for (;;) {
      const left = this.#heap[2 * entry.place + 1];
      const right = this.#heap[2 * entry.place + 2];
      const child = right !== undefined && ranksBefore(right.item, left!.item) ? right : left;
      if (child === undefined || !ranksBefore(child.item, entry.item)) return;
      this.#swap(child, entry);
    }
  }

  #swap(a: Entry<T>, b: Entry<T>): void {
    [a.place, b.place] = [b.place, a.place];
    this.#heap[a.place] = a;
    this.#heap[b.place] = b;
  }
}

function ranksBefore(a: Queued, b: Queued): boolean {
  if (isMoreUrgent(a, b)) return true;
  if (isMoreUrgent(b, a)) return false;
  return a.turn < b.turn || (a.turn === b.turn && a.number < b.number);
}

/** May it take the place of the other, whenever that came? */
export function isMoreUrgent(a: Queued, b: Queued): boolean {
  return a.depth > b.depth || (a.depth === b.depth && a.priority > b.priority);
}
