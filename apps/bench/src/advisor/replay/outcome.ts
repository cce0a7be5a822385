// What replayed jobs say of a choice: how far it is from the best backend, and from staying inline. Pure.
import { quantile } from '@heddle/measure';
import type { FixedBackend } from '../contestants.ts';
import { NEAR, type Phase } from '../judge.ts';

export interface Outcome {
  readonly family: string;
  readonly phase: Phase;
  readonly backend: FixedBackend;
  readonly ms: number;
  /** In the best of the backends, and inline. */
  readonly bestMs: number;
  readonly inlineMs: number;
}

export interface ReplayScore {
  readonly replays: number;
  /** Part within 10 % of the best backend, 0 to 1. */
  readonly near: number;
  /** Time by that of the best backend, less 1: the mean. */
  readonly regret: number;
  /** Times the best backend's time. */
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
  /** Part more than 10 % over inline, 0 to 1. */
  readonly harm: number;
}

/** Of at least one. */
export function scoreOutcomes(outcomes: readonly Outcome[]): ReplayScore {
  const ratios = Float64Array.from(outcomes, ({ ms, bestMs }) => ms / bestMs).sort();
  const share = (is: (one: Outcome) => boolean) => outcomes.filter(is).length / outcomes.length;
  return {
    replays: outcomes.length,
    near: share(({ ms, bestMs }) => ms <= NEAR * bestMs),
    regret: ratios.reduce((sum, ratio) => sum + ratio - 1, 0) / ratios.length,
    p50: quantile(ratios, 0.5),
    p99: quantile(ratios, 0.99),
    worst: ratios.at(-1)!,
    harm: share(({ ms, inlineMs }) => ms > NEAR * inlineMs),
  };
}

/**
 * What a fit makes as small as it can: the logarithm of the time by that of the best backend, and once more of the time over inline, because doing
 * harm is worse than leaving something undone.
 */
export function lossOf({ ms, bestMs, inlineMs }: Outcome): number {
  return Math.log(ms / bestMs) + Math.max(0, Math.log(ms / inlineMs));
}
