/**
 * The words of a simulated worker, with every order in which host and worker can meet: the worker writes that a task has begun
 * and reads later whether it was taken back; the host does both at one moment, between which the worker may go on.
 */
import type { HostWords } from '../../src/transport/worker-words.ts';
import type { Chance } from './chance.ts';

export class SimWords implements HostWords {
  readonly #now: () => number;
  readonly #random: Chance;
  readonly #onRevoke: (seq: number, isSure: boolean) => void;
  readonly #begunAt = new Map<number, number>();
  readonly #revoked = new Set<number>();
  /** What the worker does next, when it stands between its write and its read. */
  #goOn: (() => void) | undefined;

  constructor(now: () => number, random: Chance, onRevoke: (seq: number, isSure: boolean) => void) {
    this.#onRevoke = onRevoke;
    this.#now = now;
    this.#random = random;
  }

  elapsedMs(seq: number): number | undefined {
    const begunAt = this.#begunAt.get(seq);
    return begunAt === undefined ? undefined : this.#now() - begunAt;
  }

  revoke(seq: number): boolean {
    this.#revoked.add(seq);
    if (this.#random.chance(0.3)) this.#goOn?.();
    const isSure = !this.#begunAt.has(seq);
    this.#onRevoke(seq, isSure);
    return isSure;
  }

  /** The worker begins a task; `run` or `skip` follows, at once or after a while of the simulation that `later` gives. */
  begin(seq: number, run: () => void, skip: () => void, later: (ms: number, act: () => void) => void): void {
    this.#begunAt.set(seq, this.#now());
    const read = () => {
      if (this.#goOn !== read) return;
      this.#goOn = undefined;
      if (!this.#revoked.has(seq)) return run();
      this.#begunAt.delete(seq);
      skip();
    };
    this.#goOn = read;
    if (this.#random.chance(0.3)) later(1, read);
    else read();
  }
}
