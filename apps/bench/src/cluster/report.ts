// What a round tells, as one line of JSON.
import type { CpuTimes } from './cpu-clock.ts';

export interface RoundReport {
  readonly elapsedMs: number;
  /** Between two results, after the kill where there is one. */
  readonly longestGapMs: number;
  readonly lost: number;
  readonly doubled: number;
  readonly outOfOrder: number;
  /** Of processor time, over all inputs; none where nodes were killed, which takes theirs along. */
  readonly cpuMs?: CpuTimes;
  readonly killed: { readonly worker: number; readonly node: number; readonly redis: number };
  readonly clientRssBytes: number;
}

/** Keeps the books of a round: each input once, in its place. */
export class Books {
  doubled = 0;
  outOfOrder = 0;
  longestGapMs = 0;
  #seen: Uint8Array;
  #count = 0;
  #lastMs = 0;

  constructor(items: number) {
    this.#seen = new Uint8Array(items);
  }

  get count(): number {
    return this.#count;
  }

  /** Gaps count from now on. */
  begin(): void {
    this.longestGapMs = 0;
    this.#lastMs = performance.now();
  }

  /** `isOrdered`: `index` should be that of the next one. */
  result(index: number, value: unknown, isOrdered = true): void {
    if (value !== index) throw new Error(`input ${index} gave ${String(value)}`);
    if (this.#seen[index] === 1) this.doubled++;
    else if (isOrdered && index !== this.#count) this.outOfOrder++;
    this.#seen[index] = 1;
    this.#count++;
    const nowMs = performance.now();
    this.longestGapMs = Math.max(this.longestGapMs, nowMs - this.#lastMs);
    this.#lastMs = nowMs;
  }

  get lost(): number {
    return this.#seen.reduce((lost, seen) => lost + (1 - seen), 0);
  }
}

export function* numbers(count: number): Generator<number, void, undefined> {
  for (let n = 0; n < count; n++) yield n;
}
