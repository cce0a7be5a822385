/**
 * What this worker takes of the machine's memory, and when that is told to the host, which starts no more workers than fit: with `ready`, after
 * the first task, and then between tasks, where it has changed much.
 *
 * Cost: a look takes some 10 us in a thread and 60 us in a process, at most once per MEMORY_LOOK_MS; in between, a comparison per task.
 */
import fs from 'node:fs';
import { MEMORY_LOOK_MS } from '../clock/deadlines.ts';
import type { WorkerMemory } from '../transport/protocol.ts';

const MIB = 2 ** 20;
/** Told again when it has changed by this factor. */
const CHANGE = 1.125;

/**
 * Of a thread: its heap as V8 has it from the system, and what belongs to it outside. V8 keeps no peak of that: it is what looks have seen. By the
 * call that needs no module loaded, which would make the start longer.
 */
export function threadMemory(): () => WorkerMemory {
  let peakMiB = 0;
  return () => {
    const { heapTotal, external } = process.memoryUsage();
    const nowMiB = (heapTotal + external) / MIB;
    peakMiB = Math.max(peakMiB, nowMiB);
    return { nowMiB, peakMiB };
  };
}

/**
 * Of a process: what is resident, less what it has mapped from files, which all processes of the same program have in common. Where the
 * kernel doesn't tell them apart: all of it.
 */
export function processMemory(): WorkerMemory {
  let status = '';
  try {
    status = fs.readFileSync('/proc/self/status', 'latin1');
  } catch {
    // Not Linux, or a sandbox without /proc.
  }
  const mib = (field: string) => Number(new RegExp(`^${field}:\\s*(\\d+) kB$`, 'm').exec(status)?.[1] ?? NaN) / 1_024;
  const [resident, most, shared] = [mib('VmRSS'), mib('VmHWM'), mib('RssFile')];
  if (resident > 0 && most > 0 && shared >= 0) {
    const nowMiB = Math.max(0, resident - shared);
    return { nowMiB, peakMiB: Math.max(nowMiB, most - shared) };
  }
  const nowMiB = process.memoryUsage.rss() / MIB;
  return { nowMiB, peakMiB: Math.max(nowMiB, process.resourceUsage().maxRSS / 1_024) };
}

export class MemoryTold {
  readonly #measure: () => WorkerMemory;
  #told: WorkerMemory;
  /** The first task is looked at in any case. */
  #nextLook = -Infinity;

  constructor(measure: () => WorkerMemory) {
    this.#measure = measure;
    this.#told = measure();
  }

  get told(): WorkerMemory {
    return this.#told;
  }

  isDue(now: number): boolean {
    return now >= this.#nextLook;
  }

  /** When it is due. What is to be told; undefined: it is about as it was. */
  look(now: number): WorkerMemory | undefined {
    this.#nextLook = now + MEMORY_LOOK_MS;
    const memory = this.#measure();
    if (!isChanged(memory.nowMiB, this.#told.nowMiB) && !isChanged(memory.peakMiB, this.#told.peakMiB))
      return undefined;
    this.#told = memory;
    return memory;
  }
}

function isChanged(mib: number, toldMiB: number): boolean {
  return mib > toldMiB * CHANGE || mib < toldMiB / CHANGE;
}
