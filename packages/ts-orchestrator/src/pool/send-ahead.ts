/**
 * How much a worker is sent before it can begin it. Pure: times and counts in, yes or no out.
 *
 * A worker that has nothing left when it answers stands still for as long as the answer and the next task take: about 50 µs for a
 * thread, 100 µs for a process. So it is sent short tasks in a row, as many as it will need about TARGET_MS for. What is sent can be
 * taken back as long as it has not begun, so a wrong guess costs little: an idle worker takes half of what another has waiting,
 * and behind a task that takes far longer than expected nothing is left.
 */
import { WORD_SLOTS } from '../transport/worker-words.ts';

/** Milliseconds of work that a worker may have. Ten times the way to a process and back, and nothing that a person notices. */
const TARGET_MS = 1;

/** A task that runs for so many milliseconds is slow: what was sent behind it is taken back. A guess, far over TARGET_MS. */
export const SLOW_MS = 10;

/** How long one run of each function takes, as workers have told. */
export class RunTimes {
  readonly #msByName = new Map<string, number>();

  /** A worker tells its mean; workers differ little, so the last word counts. */
  tell(name: string, ms: number): void {
    this.#msByName.set(name, ms);
  }

  /** Undefined: it has never run. */
  msOf(name: string): number | undefined {
    return this.#msByName.get(name);
  }
}

/** May a task of `size` calls that take `ms` each (undefined: nobody knows) be sent to a worker that has `tasks` of `heldMs` together? */
export function mayGoAhead(ms: number | undefined, size: number, tasks: number, heldMs: number): boolean {
  if (ms === undefined) return false;
  // One behind the other always: while the answer to the first travels, the worker has the second.
  return tasks < 2 || heldMs + size * ms <= TARGET_MS;
}

/** What a task whose time nobody knows counts for: nothing but one more goes behind it. */
export const expectedMs = (ms: number | undefined): number => ms ?? TARGET_MS;

/** Most items of a batch. A task costs some microseconds beside its items: spread over so many, less than the way of each item. */
const BATCH_ITEMS_MAX = 256;

/**
 * Items of a function that go to a worker as one task: so many that it has two of them within the target, one to run and one behind it.
 * 1: none do, as where nobody knows how long an item takes.
 */
export function itemsPerBatch(ms: number | undefined): number {
  return ms === undefined ? 1 : Math.min(BATCH_ITEMS_MAX, Math.max(1, Math.floor(TARGET_MS / 2 / ms)));
}

/** Tasks of a function that one worker may have, at most WORD_SLOTS; 1 where a task takes long, or nobody knows. */
export function tasksPerTarget(ms: number | undefined): number {
  return ms === undefined ? 1 : Math.min(WORD_SLOTS, Math.max(1, Math.floor(TARGET_MS / ms)));
}
