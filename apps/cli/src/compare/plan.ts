// How the budget of a comparison is divided: the size of a round, and the time of each workload. Pure.
import type { Workload } from '@heddle/workloads';
import { kindOf } from './kinds.ts';

export interface Plan {
  /** How long a round of inline should take; the sizes are found for it. */
  readonly inlineTargetMs: number;
  readonly warmupRounds: number;
  /** Every variant gets at least as many timed rounds, whatever the budget. */
  readonly minRounds: number;
  /** Whether memory is sampled in the last warm-up round (shorter) or in a round of its own. */
  readonly memory: true | 'warmup';
  readonly startsAtOnce: number;
  /** For the price list; 0 without one. */
  readonly pricesMs: number;
  /** For the rounds of one workload, starting its runners included. */
  roundsMsOf(workload: Workload): number;
}

export interface PlanRequest {
  readonly workloads: readonly Workload[];
  readonly budgetMs: number;
  readonly isQuick: boolean;
  readonly hasNative: boolean;
  readonly withPrices: boolean;
}

/** A workload that alone takes more of the budget than this is left out of a run over all. */
const LEAST_SHARE = 0.25;
const MIN_ROUNDS = 3;
/** Share of the budget for the price list, which stands before all workloads. */
const PRICE_SHARE = 0.1;
/** Finding the sizes, input and checks take about the rest of a workload's share. */
const ROUNDS_SHARE = 0.8;
/** A round of inline: shorter is mostly noise, longer gives no better figure than one round more. */
const TARGET_LEAST_MS = 25;
const TARGET_MOST_MS = 300;
/** Starting one variant's runner and its pool, about (measured on two cores: 150 to 350 ms). */
const START_MS = 250;

/** The variants of a workload that can run here. */
export function kindsOf({ kinds }: Workload, hasNative: boolean): Workload['kinds'] {
  return kinds.filter((kind) => hasNative || !kindOf(kind).needsNative);
}

/** The workloads of a run over all that fit the budget, and those that don't. */
export function chooseByBudget(workloads: readonly Workload[], budgetMs: number) {
  const fits = ({ leastMs = 0 }: Workload): boolean => leastMs <= budgetMs * LEAST_SHARE;
  return { fitting: workloads.filter(fits), leftOut: workloads.filter((workload) => !fits(workload)) };
}

/**
 * Every variant gets the same time, so workloads with many variants get more. The rounds are sized so that the fewest
 * rounds of each variant fit the budget if variants take as long as inline; what is left over gives more rounds. Workloads
 * that are not sized get the time they take at least, and share everything where there are no others.
 */
export function planComparison({ workloads, budgetMs, isQuick, hasNative, withPrices }: PlanRequest): Plan {
  const pricesMs = withPrices ? budgetMs * PRICE_SHARE : 0;
  const measuringMs = (budgetMs - pricesMs) * ROUNDS_SHARE;
  const leastMs = workloads.reduce((sum, workload) => sum + (workload.leastMs ?? 0), 0);
  const sized = workloads.filter((workload) => workload.leastMs === undefined);
  const variants = sized.reduce((sum, workload) => sum + kindsOf(workload, hasNative).length, 0);
  const variantMs = Math.max(0, measuringMs - leastMs) / Math.max(1, variants);
  // Compilers, V8's and the task module's own, need more than one round to settle; a quick look has no time for that.
  const warmupRounds = isQuick ? 1 : 2;
  const rounds = warmupRounds + MIN_ROUNDS + (isQuick ? 0 : 1);
  return {
    inlineTargetMs: Math.min(TARGET_MOST_MS, Math.max(TARGET_LEAST_MS, (variantMs - START_MS) / rounds)),
    warmupRounds,
    minRounds: MIN_ROUNDS,
    memory: isQuick ? 'warmup' : true,
    startsAtOnce: isQuick ? 3 : 1,
    pricesMs,
    roundsMsOf(workload) {
      if (workload.leastMs === undefined) return variantMs * kindsOf(workload, hasNative).length;
      return sized.length > 0 ? workload.leastMs : measuringMs * (workload.leastMs / leastMs);
    },
  };
}
