/**
 * Finds out what a worker is at: two looks at its processor time with a question to its event loop between them, and then its
 * stack, unless its loop is free and there is none. It explains; it ends nothing.
 */
import type { Clock, Timer } from '../clock/clock.ts';
import { LOOK_MS } from '../clock/deadlines.ts';
import { examinationOf, type Examination, type StackReading, type Verdict } from '../errors/examination.ts';
import { readActivity, verdictOf, type Subject } from './proc-activity.ts';

/** A worker, as far as it is examined. */
export interface Examinee {
  /** Undefined: the system has no name for it. */
  readonly subject: Subject | undefined;
  /** Asks the worker's event loop for an answer. */
  ask(onAnswer: () => void): void;
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
      let isOver = false;
      const end = () => {
        isOver = true;
        timer?.cancel();
        giveUp?.();
      };
      let verdict: Verdict | undefined;
      let isAnswering = false;
      const finish = (reading: StackReading) => {
        if (isOver) return;
        end();
        done(examinationOf(verdict!, reading));
      };
      const before = look();
      examinee.ask(() => {
        isAnswering = true;
        if (verdict === undefined) return;
        // Late, on a machine under load: nothing will stop for the inspector in an event loop that is free.
        if (verdict === 'blocked' || verdict === 'unknown') verdict = 'parked';
        finish({ missing: 'its event loop turned' });
      });
      timer = clock.after(LOOK_MS, () => {
        verdict = verdictOf(before, look(), isAnswering);
        if (verdict === 'parked' || verdict === 'gone') return finish({ frames: [] });
        timer = clock.after(Math.max(0, limitMs - LOOK_MS), () => finish({ missing: didNotStop(limitMs) }));
        giveUp = examinee.readStack((reading) => {
          giveUp = undefined;
          finish(reading);
        });
      });
      return end;
    },
  };
}

function didNotStop(limitMs: number): string {
  return `it did not stop for its inspector within ${limitMs} ms, as in native code or on a machine under heavy load`;
}
