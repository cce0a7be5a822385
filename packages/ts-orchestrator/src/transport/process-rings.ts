/**
 * How a worker process comes by its rings. It starts with the channel alone, so that a worker that is in a sandbox, or runs a few long
 * tasks, pays nothing: no addon, no memory, no descriptor. After some small tasks the host offers rings:
 *
 *   host                                                  worker
 *   makes memory and counters, reads from its ring
 *   sends five descriptors on the line, posts `rings`  →  maps them, reads from its ring, writes to the host's
 *                                                      ←  posts `rings-ready`; answers come as records from here on
 *   posts `ring-tasks`, writes to the worker's ring    →  uses the words in memory for tasks from the number it says
 *
 * or `rings-refused` ←, and all stays as it was. Each direction switches by itself: the counts in the records keep one order over both
 * ways (mailbox.ts). Whatever fails leaves the worker with its channel, for good.
 *
 * A flag or a position that a worker has written over can make both sides sleep beside records. So while tasks are under way and
 * nothing comes for LOOK_MS, each side stores its position once more and wakes the other: the host, and, asked by `rings-look`, the
 * worker. The messages about it make both look into their rings too.
 *
 * The memory is three segments, which no value ever lies in: a ring each way, and words. Their descriptors are closed once they are
 * mapped on both sides; each side keeps a counter to be woken by and one to wake the other.
 */
import type { Clock, Timer } from '../clock/clock.ts';
import { loadOsServices, type EventCounter, type Segment } from '../task/os-services.ts';
import { type Mailbox } from './mailbox.ts';
import { MAILBOX_RING_BYTES } from './mailbox-memory.ts';
import type { HostRingMessage, WorkerRingMessage } from './process-wire.ts';
import { EventSleep } from './ring/event-wait.ts';
import { PacedWake } from './ring/paced-wake.ts';
import type { SegmentLine } from './segment-line.ts';
import type { SwitchedWords } from './switched-words.ts';
import type { Wire } from './transport.ts';
import { MemoryWords, WORD_BYTES, WORD_SLOTS } from './worker-words.ts';

/**
 * Tasks that fit a record, after which a worker is offered rings. To load the addon takes a worker some milliseconds, which are saved
 * again after some hundred tasks; a worker that was sent so many will most likely be sent more. A guess.
 */
export const RINGS_AFTER_TASKS = 16;

/** Milliseconds. Long, because it is there for what should never be; a worker whose task runs for long is asked once until it answers. */
const LOOK_MS = 1_000;

/** `HEDDLE_RINGS` = off | number of tasks, for tests. */
export function planRings(env: NodeJS.ProcessEnv = process.env): number {
  const asked = env.HEDDLE_RINGS;
  if (asked === undefined || asked === '') return RINGS_AFTER_TASKS;
  return asked === 'off' ? Infinity : Number(asked);
}

type Rings = Pick<Mailbox<never, never, never, never>, 'readFrom' | 'writeTo' | 'stopReading' | 'rouse'>;

/** In the order in which they travel. */
interface RingParts {
  readonly toWorker: Segment;
  readonly toHost: Segment;
  readonly words: Segment;
  readonly wakesWorker: EventCounter;
  readonly wakesHost: EventCounter;
}

/** Writes to a counter from within a send, which must not fail for it; or at the end of a turn in which the rings were closed. */
function waker(event: EventCounter, onDamage: (error: unknown) => void): () => void {
  return () => {
    if (event.isClosed) return;
    try {
      event.write();
    } catch (error) {
      onDamage(error);
    }
  };
}

export interface HostRingsParts {
  readonly mailbox: Rings;
  readonly line: SegmentLine;
  readonly words: SwitchedWords;
  readonly clock: Clock;
  /** Number of small tasks that bring the offer; Infinity: none does. */
  readonly afterTasks: number;
  readonly post: (message: HostRingMessage) => void;
  /** The other side can't be woken any more. */
  readonly onDamage: (error: unknown) => void;
}

export class HostRings {
  readonly #parts: HostRingsParts;
  #state: 'waiting' | 'offering' | 'offered' | 'on' | 'off' = 'waiting';
  #smallTasks = 0;
  #made: RingParts | undefined;
  /** The first task that was sent since the rings are there. */
  #from = Infinity;
  /** Those from then on that were not answered. */
  #openTasks = 0;
  /** Those of them that are batches, by number: items that were not answered. */
  readonly #openBatches = new Map<number, { left: number }>();
  #hasHeard = false;
  #isAsked = false;
  #look: Timer | undefined;

  constructor(parts: HostRingsParts) {
    this.#parts = parts;
    if (parts.afterTasks <= 0) void this.#offer();
  }

  get wire(): Wire {
    return this.#state === 'on' ? 'ring' : 'channel';
  }

  /** A task was sent. `isSmall`: it fits a record, or would. `items`: of a batch. */
  onTask(id: number, isSmall: boolean, items = 1): void {
    if (this.#state === 'on') {
      this.#openTasks++;
      if (items > 1) this.#openBatches.set(id, { left: items });
      this.#look ??= this.#parts.clock.after(LOOK_MS, this.#onSilence);
    } else if (isSmall && this.#state === 'waiting' && ++this.#smallTasks >= this.#parts.afterTasks) void this.#offer();
  }

  /** A task was answered, or an item of a batch; `isRest`: all of its items that were not. */
  onAnswer(id: number, isRest: boolean): void {
    this.#hasHeard = true;
    if (id < this.#from) return;
    const batch = this.#openBatches.get(id);
    if (batch !== undefined) {
      if (--batch.left > 0 && !isRest) return;
      this.#openBatches.delete(id);
    }
    if (this.#openTasks > 0) this.#openTasks--;
  }

  readonly #onSilence = (): void => {
    this.#look = undefined;
    if (this.#state !== 'on' || this.#openTasks === 0) return;
    if (!this.#hasHeard && !this.#isAsked) {
      this.#isAsked = true;
      this.#parts.mailbox.rouse();
      this.#parts.post({ t: 'rings-look' });
    }
    this.#hasHeard = false;
    this.#look = this.#parts.clock.after(LOOK_MS, this.#onSilence);
  };

  /** `lastTask`: number of the last task that was sent. */
  onMessage(message: WorkerRingMessage, lastTask: number): void {
    if (message.t === 'rings-looked') this.#isAsked = false;
    if (this.#state !== 'offered' || message.t === 'rings-looked') return;
    if (message.t === 'rings-refused') return this.close();
    const { mailbox, words, post, onDamage } = this.#parts;
    const { toWorker, words: memory, wakesWorker } = this.#made!;
    const from = (this.#from = lastTask + 1);
    words.switchTo(new MemoryWords(memory.buffer), from);
    post({ t: 'ring-tasks', from });
    // In bursts, as the host sends.
    mailbox.writeTo(toWorker.buffer, new PacedWake(waker(wakesWorker, onDamage)));
    this.#state = 'on';
  }

  /** For good. What the worker has written stays to be read, if the mailbox still reads. */
  close(): void {
    if (this.#state === 'offered') this.#parts.mailbox.stopReading();
    this.#state = 'off';
    this.#look?.cancel();
    this.#made?.wakesWorker.close();
    this.#made?.wakesHost.close();
    this.#made = undefined;
  }

  async #offer(): Promise<void> {
    this.#state = 'offering';
    const services = await loadOsServices();
    // It may have ended meanwhile.
    if (this.#state !== 'offering') return;
    if (services === undefined) return this.close();
    const { mailbox, line, post } = this.#parts;
    try {
      const isWire = { isWire: true };
      const made = {
        toWorker: services.createSharedSegment(MAILBOX_RING_BYTES, isWire),
        toHost: services.createSharedSegment(MAILBOX_RING_BYTES, isWire),
        words: services.createSharedSegment(WORD_SLOTS * WORD_BYTES, isWire),
        wakesWorker: services.createEventFd(),
        wakesHost: services.createEventFd(),
      };
      this.#made = made;
      const segments = [made.toWorker, made.toHost, made.words];
      const [first] = segments.map((segment) => line.sendSegment(segment));
      line.sendCounter(made.wakesWorker);
      line.sendCounter(made.wakesHost);
      for (const segment of segments) segment.close();
      this.#state = 'offered';
      mailbox.readFrom(made.toHost.buffer, 'host', new EventSleep(made.wakesHost));
      post({ t: 'rings', first: first! });
    } catch {
      // No descriptor left, no memory, no line: it stays with the channel.
      this.close();
    }
  }
}

export interface WorkerRingsParts {
  readonly mailbox: Rings;
  readonly line: SegmentLine;
  readonly words: SwitchedWords | undefined;
  readonly post: (message: WorkerRingMessage) => void;
  readonly onDamage: (error: unknown) => void;
}

export class WorkerRings {
  readonly #parts: WorkerRingsParts;
  #memory: MemoryWords | undefined;

  constructor(parts: WorkerRingsParts) {
    this.#parts = parts;
  }

  onMessage(message: HostRingMessage): void {
    const { words, mailbox, post } = this.#parts;
    if (message.t === 'rings') return this.#take(message.first);
    if (message.t === 'ring-tasks') return words!.switchTo(this.#memory!, message.from);
    mailbox.rouse();
    post({ t: 'rings-looked' });
  }

  #take(first: number): void {
    const { mailbox, line, words, post, onDamage } = this.#parts;
    try {
      if (words === undefined) throw new Error('it has no words');
      const [toWorker, toHost, memory] = [0, 1, 2].map((step) => line.takeSegment(first + step, true).buffer);
      const sleep = new EventSleep(line.takeCounter(first + 3));
      const wakesHost = line.takeCounter(first + 4);
      this.#memory = new MemoryWords(memory);
      mailbox.readFrom(toWorker!, 'worker', sleep);
      mailbox.writeTo(toHost!, { wake: waker(wakesHost, onDamage) });
    } catch {
      return post({ t: 'rings-refused' });
    }
    post({ t: 'rings-ready' });
  }
}
