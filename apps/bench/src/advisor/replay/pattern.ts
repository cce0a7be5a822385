// The times of a workload's calls, of which the first were recorded and the others repeat them: sums of any part of them without a loop. Pure.
export class Pattern {
  readonly #itemMs: readonly number[];
  /** Of the first so many. */
  readonly #sumMs: readonly number[];

  /** At least one, none of them negative. */
  constructor(itemMs: readonly number[]) {
    this.#itemMs = itemMs;
    let sum = 0;
    this.#sumMs = [0, ...itemMs.map((ms) => (sum += ms))];
  }

  at(index: number): number {
    return this.#itemMs[index % this.#itemMs.length]!;
  }

  /** Of the calls before `end`. */
  before(end: number): number {
    const { length } = this.#itemMs;
    return Math.floor(end / length) * this.#sumMs[length]! + this.#sumMs[end % length]!;
  }

  between(first: number, end: number): number {
    return this.before(end) - this.before(first);
  }
}
