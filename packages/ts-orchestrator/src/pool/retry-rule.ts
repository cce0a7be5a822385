/**
 * May a task that had begun run again? Its caller says so: by default never, because only the caller knows whether running twice
 * does harm.
 */
import { HeddleError } from '../errors/errors.ts';
import type { RetryRule } from '../task/task-options.ts';

/** How an attempt failed: its worker died, the function threw, or its time was over. A cancel by the caller is no failure. */
export type FailureKind = 'crash' | 'error' | 'timeout';

/** Throws what a predicate throws. */
export function allowsAnother({ retryOn }: RetryRule, kind: FailureKind, error: unknown, attempt: number): boolean {
  if (typeof retryOn === 'function') return retryOn(error, attempt);
  if (retryOn !== kind) return false;
  // What heddle itself refused, such as a result that can't be sent, will be refused again.
  return kind !== 'error' || !(error instanceof HeddleError) || error.retryable;
}
