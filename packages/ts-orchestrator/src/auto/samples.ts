/**
 * The last few of a series of measurements: its median, how far the others are from that, and the least.
 */
import type { Spread } from '@heddle/advisor';

/** So many are kept: enough that one that a collection fell into does not show, few enough that the first slow ones are soon gone. */
const KEPT = 15;

export class Samples {
  readonly #kept: number[] = [];
  #next = 0;

  get size(): number {
    return this.#kept.length;
  }

  add(value: number): void {
    this.#kept[this.#next] = value;
    this.#next = (this.#next + 1) % KEPT;
  }

  get least(): number {
    return Math.min(...this.#kept);
  }

  get median(): number {
    return medianOf(this.#kept);
  }

  get spread(): Spread {
    const { median } = this;
    return { median, spread: medianOf(this.#kept.map((value) => Math.abs(value - median))) };
  }
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
