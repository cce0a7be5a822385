/**
 * The words of a worker process that begins with a file and goes on with memory. Host and worker have one each.
 *
 * Which words hold a task is decided by its number alone: those below `from` have the file, for good, the others the memory. The host
 * says `from` in a message (`ring-tasks`) before it sends a task with that number, and sends messages and tasks in one order; so the worker knows
 * it before it can begin such a task, and the host before it can take one back. The two therefore never look at different words for
 * one task, whatever is under way while they switch: no task changes its words.
 */
import type { FileWords } from './file-words.ts';
import type { HostWords, MemoryWords, WorkerWords } from './worker-words.ts';

export class SwitchedWords implements HostWords, WorkerWords {
  readonly #file: FileWords;
  #memory: MemoryWords | undefined;
  #from = Infinity;

  constructor(file: FileWords) {
    this.#file = file;
  }

  /** Once. */
  switchTo(memory: MemoryWords, from: number): void {
    this.#memory = memory;
    this.#from = from;
  }

  elapsedMs(seq: number): number | undefined {
    return this.#of(seq).elapsedMs(seq);
  }

  revoke(seq: number): number {
    return this.#of(seq).revoke(seq);
  }

  begin(seq: number, now?: number): boolean {
    return this.#of(seq).begin(seq, now);
  }

  beginItem(seq: number, item: number, now?: number): boolean {
    return this.#of(seq).beginItem(seq, item, now);
  }

  #of(seq: number): HostWords & WorkerWords {
    return seq < this.#from ? this.#file : this.#memory!;
  }
}
