/**
 * How many workers memory has room for, where the options leave the number to the machine: (limit - base) / peak, at least one. The limit is
 * that of the control group, or the machine's memory; the base is what all others take of it; the peak is the most that a worker of this pool
 * has told so far, and not less than what an idle one takes.
 *
 * Asked before a further worker is started, never before the first, which starts in any case. The base holds for MEMORY_HOLDS_MS, the peak
 * for good: a pool whose tasks have once taken much does not start as many again. Workers that are there stay until they are idle.
 */
import { memoryBase, workersThatFit, type Memory, type MemoryBase } from '@heddle/machine';
import type { Clock } from '../clock/clock.ts';
import { MEMORY_HOLDS_MS } from '../clock/deadlines.ts';
import type { Backend } from '../isolation/levels.ts';

const MIB = 2 ** 20;

/** What a worker takes that has done little, in MiB. Guesses, above what an idle one has of its own (8 to 10). */
export const WORKER_MIB: Readonly<Record<Backend, number>> = { inline: 0, threads: 15, processes: 45 };

/** What the bound was made of. Plain data. */
export interface MemoryFit {
  /** Workers that fit, at least 1. */
  readonly workers: number;
  readonly limitMiB: number;
  /** What everything but the workers takes of it. */
  readonly baseMiB: number;
  /** The most that a worker has taken, or what one takes at least. */
  readonly workerMiB: number;
  /** The file, or the function of Node's, that told the limit. */
  readonly source: string;
}

export class MemoryBound {
  readonly #readMemory: () => Memory;
  readonly #clock: Pick<Clock, 'now'>;
  #workerMiB: number;
  #base: MemoryBase | undefined;
  #untilMs = -Infinity;
  #last: MemoryFit | undefined;

  constructor(backend: Backend, clock: Pick<Clock, 'now'>, readMemory: () => Memory) {
    this.#workerMiB = WORKER_MIB[backend];
    this.#clock = clock;
    this.#readMemory = readMemory;
  }

  /** The most that a worker has taken so far. */
  get workerMiB(): number {
    return this.#workerMiB;
  }

  /** A worker has told the most that it has taken. */
  tell(mib: number): void {
    if (!(mib > this.#workerMiB)) return;
    this.#workerMiB = mib;
    this.#count();
  }

  /** The next look reads anew: what was in nobody's account may be in that of a worker now. */
  renew(): void {
    this.#untilMs = -Infinity;
  }

  /** With the base of the last look; undefined: nobody has looked. */
  get last(): MemoryFit | undefined {
    return this.#last;
  }

  #count(): void {
    const base = this.#base;
    if (base === undefined) return;
    this.#last = {
      workers: Math.max(1, workersThatFit(base, this.#workerMiB * MIB)),
      limitMiB: Math.round(base.limitBytes / MIB),
      baseMiB: Math.round(base.baseBytes / MIB),
      workerMiB: Math.round(this.#workerMiB),
      source: base.source,
    };
  }

  /** `heldMiB`: what all workers that are there hold, as they have told. Reads memory where the last reading is old. */
  look(heldMiB: () => number): MemoryFit {
    const now = this.#clock.now();
    if (this.#base === undefined || now >= this.#untilMs) {
      this.#base = memoryBase(this.#readMemory(), heldMiB() * MIB);
      this.#untilMs = now + MEMORY_HOLDS_MS;
      this.#count();
    }
    return this.#last!;
  }
}
