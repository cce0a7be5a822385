/**
 * Finds out what a worker is at: two looks at its processor time with a question to its event loop between them, and then its
 * stack, unless its loop is free and there is none. It explains; it ends nothing.
 */
import type { Clock, Timer } from '../clock/clock.ts';
import { examinationOf, type Examination, type StackReading } from '../errors/examination.ts';
import { readActivity, verdictOf, type Subject } from './proc-activity.ts';

/** Between the two looks: enough for three ticks of the kernel's clock, and for an event loop to answer. */
const LOOK_MS = 30;

/** A worker, as far as it is examined. */
export interface Examinee {
  /** Undefined: the system has no name for it. */
  readonly subject: Subject | undefined;
  /** Asks the worker's event loop for an answer, which counts until `done`. */
  ask(): void;
  readonly isAnswering: boolean;
  /** Calls `done` once; the returned function gives up and lets the worker go. */
  readStack(done: (reading: StackReading) => void): () => void;
}

export interface Examiner {
  /** Calls `done` once, after `limitMs` at the latest; the returned function gives up. */
  examine(examinee: Examinee, limitMs: number, done: (examination: Examination) => void): () => void;
}

/** `procRoot`: where the files of /proc are. */
export function createExaminer(clock: Clock, procRoot = '/proc'): Examiner {
  return {
    examine(examinee, limitMs, done) {
      let giveUp: (() => void) | undefined;
      let timer: Timer | undefined;
      const look = () => (examinee.subject === undefined ? undefined : readActivity(examinee.subject, procRoot));
      const before = look();
      examinee.ask();
      timer = clock.after(LOOK_MS, () => {
        const verdict = verdictOf(before, look(), examinee.isAnswering);
        const finish = (reading: StackReading) => {
          timer?.cancel();
          done(examinationOf(verdict, reading));
        };
        if (verdict === 'parked' || verdict === 'gone') return finish({ frames: [] });
        timer = clock.after(Math.max(0, limitMs - LOOK_MS), () => {
          giveUp?.();
          finish({ missing: `it did not stop for its inspector within ${limitMs} ms: it is in native code` });
        });
        giveUp = examinee.readStack(finish);
      });
      return () => {
        timer?.cancel();
        giveUp?.();
      };
    },
  };
}
