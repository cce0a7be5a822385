/**
 * How a worker's life ended, as the pool is told: the error for each who hangs on it, and what is known besides.
 */
import type { Examination } from '../errors/examination.ts';
import { addExamination, heddleError, workerDiedError, type WorkerDeath } from '../errors/errors.ts';
import type { PoolTask, WorkerEnd } from '../pool/worker-source.ts';
import type { Link, LinkExit } from '../transport/transport.ts';

/** What the supervisor knows when the end comes. */
export interface EndFacts {
  /** The worker in messages. */
  readonly label: string;
  readonly link: Link;
  readonly stderrTail: readonly string[];
  /** Why it had to end before it was ready. */
  readonly startError: unknown;
  /** The uncaught error that it announced. */
  readonly fatal: { readonly error: unknown } | undefined;
  readonly wasReady: boolean;
  readonly isStartFailure: boolean;
  readonly examination: Examination | undefined;
  readonly teardownError: unknown;
}

/** It is gone. */
export function endByExit(facts: EndFacts, exit: LinkExit): WorkerEnd {
  const { label, link, stderrTail, startError, fatal, isStartFailure } = facts;
  const death: WorkerDeath = {
    pid: link.pid,
    threadId: link.threadId,
    exitCode: exit.exitCode,
    signal: exit.signal,
    stderrTail,
    how: describeExit(exit),
    limit: exit.limit,
  };
  const cause = fatal === undefined ? exit.cause : fatal.error;
  const itemsBegun = itemsBegunIn(link);
  const hasBegun = (task: PoolTask) =>
    link.words === undefined ||
    (task.item === 0 ? link.words.elapsedMs(task.id) !== undefined : itemsBegun(task) > task.item);
  return {
    exit: { exitCode: exit.exitCode, signal: exit.signal },
    errorFor(task, begun) {
      if (startError !== undefined) return startError;
      if (exit.isSpawnFailure && isStartFailure)
        return heddleError('HEDDLE_SPAWN', { worker: label, reason: describe(exit.cause ?? death.how) }, cause);
      return workerDiedError(
        label,
        death,
        task === undefined
          ? undefined
          : { name: task.call.name, attempt: task.attempt, hasBegun: begun ?? hasBegun(task) },
        cause,
      );
    },
    hasBegun,
    itemsBegun,
    isStuck: false,
    ...shared(facts),
  };
}

/** Nothing ended it within `limitMs`: it is left to itself. */
export function endByGivingUp(facts: EndFacts, limitMs: number): WorkerEnd {
  const { label, link, startError, examination } = facts;
  return {
    exit: undefined,
    errorFor(task) {
      const details = { worker: label, name: task?.call.name, limitMs };
      const error = heddleError('HEDDLE_WORKER_STUCK', details, task?.cause?.error ?? startError);
      addExamination(error, examination);
      return error;
    },
    hasBegun: () => true,
    itemsBegun: itemsBegunIn(link),
    isStuck: true,
    ...shared(facts),
  };
}

/** Where the words say nothing, all may have. */
const itemsBegunIn = (link: Link) => (task: PoolTask) => (link.words ?? link.batches)?.revoke(task.id) ?? Infinity;

function shared({ wasReady, isStartFailure, examination, teardownError }: EndFacts) {
  return { wasReady, isStartFailure, examination, teardownError };
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function describeExit({ exitCode, signal, cause }: LinkExit): string {
  const why = cause instanceof Error ? ` (${cause.message})` : '';
  if (signal !== null) return `was killed by ${signal}${why}`;
  return exitCode === null ? `ended${why}` : `exited with code ${exitCode}${why}`;
}
