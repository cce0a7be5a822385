/**
 * The words of a simulated worker, with every order in which host and worker can meet: the worker writes that a task has begun, or an
 * item of a batch, and reads later whether it was taken back; the host does both at one moment, between which the worker may go on.
 */
import type { HostWords } from '../../src/transport/worker-words.ts';
import type { Chance } from './chance.ts';

/**
 * The same for batches of an inline worker, where all happens on one thread. Its items take time here, and so are waited for: the
 * first that begins lets the others be given back.
 */
export class SimBatches implements Pick<HostWords, 'revoke'> {
  readonly #onRevoke: (seq: number, begun: number) => void;
  readonly #begun = new Map<number, number>();

  constructor(onRevoke: (seq: number, begun: number) => void) {
    this.#onRevoke = onRevoke;
  }

  add(seq: number): void {
    this.#begun.set(seq, 0);
  }

  /** False: the host has taken it back. */
  begin(seq: number): boolean {
    if (!this.#begun.has(seq)) return false;
    this.#begun.set(seq, 1);
    return true;
  }

  revoke(seq: number): number {
    const begun = this.#begun.get(seq);
    if (begun === undefined) return Infinity;
    this.#begun.delete(seq);
    this.#onRevoke(seq, begun);
    return begun;
  }
}

export class SimWords implements HostWords {
  readonly #now: () => number;
  readonly #random: Chance;
  readonly #onRevoke: (seq: number, begun: number) => void;
  readonly #begun = new Map<number, { at: number; items: number }>();
  readonly #revoked = new Set<number>();
  /** What the worker does next, when it stands between its write and its read. */
  #goOn: (() => void) | undefined;

  /** `onRevoke`: is told how many items may have begun. */
  constructor(now: () => number, random: Chance, onRevoke: (seq: number, begun: number) => void) {
    this.#onRevoke = onRevoke;
    this.#now = now;
    this.#random = random;
  }

  elapsedMs(seq: number): number | undefined {
    const begun = this.#begun.get(seq);
    return begun === undefined ? undefined : this.#now() - begun.at;
  }

  revoke(seq: number): number {
    // At its end the host asks once more, and takes nothing back.
    const isFirst = !this.#revoked.has(seq);
    this.#revoked.add(seq);
    if (this.#random.chance(0.3)) this.#goOn?.();
    const begun = this.#begun.get(seq)?.items ?? 0;
    if (isFirst) this.#onRevoke(seq, begun);
    return begun;
  }

  /** The worker is dead: what it has written stays. */
  end(): void {
    this.#goOn = undefined;
  }

  /** The worker begins a task, or one of its items; `run` or `skip` follows, at once or after a while of the simulation that `later` gives. */
  begin(
    seq: number,
    item: number,
    run: () => void,
    skip: () => void,
    later: (ms: number, act: () => void) => void,
  ): void {
    const before = this.#begun.get(seq);
    this.#begun.set(seq, { at: this.#now(), items: item + 1 });
    const read = () => {
      if (this.#goOn !== read) return;
      this.#goOn = undefined;
      if (!this.#revoked.has(seq)) return run();
      if (before === undefined) this.#begun.delete(seq);
      else this.#begun.set(seq, { at: this.#now(), items: item });
      skip();
    };
    this.#goOn = read;
    if (this.#random.chance(0.3)) later(1, read);
    else read();
  }
}
