/**
 * The thresholds of a decision: numbers that nobody can measure, because they say how much of a predicted gain is worth how much risk. They are
 * chosen, and how well they were is told by measurements of jobs that they were not chosen for (docs/advisor.md). What can be measured, such as a start or a
 * copy, is no threshold: it comes with the question.
 */
import { COMPUTES_SHARE } from './computes-share.ts';

export interface Tuning {
  /** Part of the time that has to be gained to leave where calls run, 0 to 1. */
  readonly leaveGain: number;
  /** Part of a start that has to be saved, beyond its own time; more by the pressure on the cores. */
  readonly savedStart: number;
  /** Starts that must have been missed for workers to count as if they were there. */
  readonly paidStart: number;
  /** Backends that are so near to each other count as equal, and the more isolated is taken. */
  readonly nearTie: number;
  /** Below this share of computing, calls wait, and stay inline. */
  readonly computesShare: number;
}

/** Part of the time that has to be gained to leave where calls run. */
export const LEAVE_GAIN = 0.2;
/** As Vitest does with the backends that it has measured. */
export const NEAR_TIE = 0.05;

/** What {@link decide} uses. */
export const TUNING: Tuning = Object.freeze({
  leaveGain: LEAVE_GAIN,
  // A guess.
  savedStart: 0.5,
  // As in the classic rule.
  paidStart: 1,
  nearTie: NEAR_TIE,
  computesShare: COMPUTES_SHARE,
});
