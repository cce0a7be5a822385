/** When which contestant runs: pure decisions. */

/**
 * Order of cycle `cycle` (from 0): rotated by one place each time, so that no contestant always comes first, where the
 * machine has just rested, or last.
 */
export function cycleOrder<T>(contestants: readonly T[], cycle: number): T[] {
  const shift = contestants.length === 0 ? 0 : cycle % contestants.length;
  return [...contestants.slice(shift), ...contestants.slice(0, shift)];
}

export interface BudgetState {
  cyclesDone: number;
  minRounds: number;
  maxRounds: number;
  /** Since the comparison began. */
  elapsedMs: number;
  budgetMs: number;
  /** Expected length of one more cycle. */
  cycleMs: number;
  /** Expected length of what follows the timed rounds: checks and the memory round. */
  tailMs: number;
}

/** Whether another cycle is begun: always below the minimum, never beyond the maximum, else when it probably fits. */
export function hasTimeForCycle(state: BudgetState): boolean {
  if (state.cyclesDone < state.minRounds) return true;
  if (state.cyclesDone >= state.maxRounds) return false;
  return state.elapsedMs + state.cycleMs + state.tailMs <= state.budgetMs;
}
