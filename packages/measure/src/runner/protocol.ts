/**
 * What host and runner say to each other, over the IPC channel of `child_process.fork` (serialization 'advanced', so
 * that a measure's -0 or a message's odd characters arrive as they are).
 *
 * The host asks, the runner answers; one question is open at a time, and every answer carries the id of its question.
 * The life of a runner:
 *
 *     spawned --create--> idle --round | check--> idle --close--> idle --(host kills the process group)--> gone
 *
 * An operation that fails answers `ok: false` and leaves the runner idle; the host decides to end it. A runner whose
 * channel closes ends itself with its whole process group: nobody is left to ask.
 */
import type { CheckReport } from '../contestant.ts';
import type { ErrorReport } from '../errors.ts';

/** Set in the environment of a runner, and so in that of every process and thread below it. */
export const RUNNER_VARIABLE = 'HEDDLE_MEASURE_RUNNER';

/** The four questions, with what each answers. */
export interface Operations {
  /** Imports the module and creates the contestant. */
  create: { input: { module: string; options: unknown }; output: null };
  /** Runs one round and times it. */
  round: { input: null; output: RoundReport };
  check: { input: null; output: CheckReport };
  close: { input: null; output: null };
}

export type OperationName = keyof Operations;

/** How long an event that arrives at a random moment of a round waits for the runner's main loop. */
export interface LoopDelay {
  p50Ms: number;
  p99Ms: number;
  /** Longest stretch in which the loop took no event. */
  maxMs: number;
}

export interface RoundReport {
  wallMs: number;
  /** User and system time of the runner itself, all its threads, those that ended included. */
  cpuMs: number;
  measures: Record<string, number>;
  loopDelay: LoopDelay;
}

export interface Request<K extends OperationName = OperationName> {
  heddleMeasure: 'request';
  id: number;
  operation: K;
  input: Operations[K]['input'];
}

export type Reply = { heddleMeasure: 'reply'; id: number } & (
  { ok: true; output: unknown } | { ok: false; error: ErrorReport }
);

/** A contestant may use the channel for messages of its own; only tagged ones are ours. */
export function isRequest(message: unknown): message is Request {
  return hasTag(message, 'request');
}

export function isReply(message: unknown): message is Reply {
  return hasTag(message, 'reply');
}

function hasTag(message: unknown, tag: string): boolean {
  return typeof message === 'object' && message !== null && 'heddleMeasure' in message && message.heddleMeasure === tag;
}
