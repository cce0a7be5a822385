/** How many inputs a chunk gets: as many as take a node CHUNK_TARGET_MS, from what chunks have taken so far. */
import { CHUNK_ITEMS_FIRST, CHUNK_TARGET_MS } from '../deadlines.ts';

/** Weight of the newest chunk. One that took less is believed sooner: what the first ones take is for the most part the start of processes. */
const NEWEST_LESS = 0.7;
const NEWEST_MORE = 0.3;
/** A chunk has at most so many times the items of the one before that was measured: a guess from a few short ones may be wrong. */
const GROWTH = 8;

export class ChunkSize {
  readonly #max: number;
  #msPerItem: number | undefined;
  #largest = CHUNK_ITEMS_FIRST;

  constructor(max: number) {
    this.#max = max;
  }

  next(): number {
    if (this.#msPerItem === undefined) return Math.min(CHUNK_ITEMS_FIRST, this.#max);
    const items = Math.floor(CHUNK_TARGET_MS / Math.max(this.#msPerItem, 1e-6));
    return Math.max(1, Math.min(items, this.#largest * GROWTH, this.#max));
  }

  /** What a node has told of a chunk: it ran so long, with so many items. */
  measured(items: number, elapsedMs: number): void {
    const msPerItem = elapsedMs / items;
    const before = this.#msPerItem ?? msPerItem;
    const weight = msPerItem < before ? NEWEST_LESS : NEWEST_MORE;
    this.#msPerItem = before * (1 - weight) + msPerItem * weight;
    this.#largest = Math.max(this.#largest, items);
  }
}
