/**
 * Examines one worker, one examination at a time: who asks while one is under way gets its result too.
 */
import { EXAMINE_PATIENT_MS, EXAMINE_URGENT_MS } from '../clock/deadlines.ts';
import type { Examination, StackReading } from '../errors/examination.ts';
import type { Examinee, Examiner } from '../liveness/examiner.ts';
import type { Link } from '../transport/transport.ts';

type Done = (examination: Examination | undefined) => void;

export class WorkerExamination implements Examinee {
  readonly #link: Link;
  readonly #examiner: Examiner | undefined;
  #osThreadId: number | undefined;
  #hasSpoken = false;
  #onAnswer: (() => void) | undefined;
  /** Set while one is under way. */
  #giveUp: (() => void) | undefined;
  #waiting: Done[] = [];
  #isUrgent = false;

  /** `examiner` undefined: nothing is ever found out. */
  constructor(link: Link, examiner: Examiner | undefined) {
    this.#link = link;
    this.#examiner = examiner;
  }

  get subject(): Examinee['subject'] {
    if (this.#link.pid !== undefined) return { pid: this.#link.pid };
    return this.#osThreadId === undefined ? undefined : { osThreadId: this.#osThreadId };
  }

  /** Its entry runs. */
  onSpawned(osThreadId: number | undefined): void {
    this.#hasSpoken = true;
    this.#osThreadId = osThreadId;
  }

  /** Its event loop has answered. */
  onPong(): void {
    this.#onAnswer?.();
    this.#onAnswer = undefined;
  }

  ask(onAnswer: () => void): void {
    this.#onAnswer = onAnswer;
    this.#link.send({ t: 'ping' });
  }

  readStack(done: (reading: StackReading) => void): () => void {
    // A process that has not got to its entry may not have got to its handler of SIGUSR1 either, and would die of it.
    if (this.#hasSpoken && this.#link.readStack !== undefined) return this.#link.readStack(done);
    done({
      missing: this.#hasSpoken
        ? `no inspector is opened in it (isolation 'sandbox', or options of its own)`
        : 'its entry had not begun',
    });
    return () => {};
  }

  /**
   * Calls `done` once, within the limit; at once, with undefined, where nothing can be found out. `isUrgent`:
   * an end waits for it, so a patient one that is under way is given up.
   */
  begin(isUrgent: boolean, done: Done): void {
    if (this.#examiner === undefined) return done(undefined);
    if (isUrgent && !this.#isUrgent) this.giveUp();
    this.#waiting.push(done);
    if (this.#waiting.length > 1) return;
    this.#isUrgent = isUrgent;
    const limitMs = isUrgent ? EXAMINE_URGENT_MS : EXAMINE_PATIENT_MS;
    this.#giveUp = this.#examiner.examine(this, limitMs, (examination) => {
      this.#giveUp = undefined;
      this.#tell(examination);
    });
  }

  /** Ends the one that is under way, without a result. */
  giveUp(): void {
    if (this.#giveUp === undefined) return;
    this.#giveUp();
    this.#giveUp = undefined;
    this.#tell(undefined);
  }

  #tell(examination: Examination | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const done of waiting) done(examination);
  }
}
