/**
 * Costs that are asked for before there is a judge. All others, and what stands in for these later: backend-costs.ts.
 */

/** Of the caller's thread, for a call that runs inline. */
export const INLINE_CALL_MS = 0.003;
/** From the wish for a thread until it takes calls: no other start is shorter. */
export const THREAD_START_MS = 80;
