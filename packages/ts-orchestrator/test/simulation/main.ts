/**
 * `npm run simulate -- 100000 [first seed]`: runs so many schedules, prints one line of counts, and the history of each that fails.
 */
import { formatHistory } from './history.ts';
import { randomPlan } from './random-plan.ts';
import { runPlan } from './run-plan.ts';

/** Histories printed in full: one is read, the hundredth is not. */
const SHOWN_MAX = 3;

/** What became of a number of schedules. */
export interface Simulated {
  readonly schedules: number;
  readonly firstSeed: number;
  /** Schedules in which a promise was broken. */
  readonly failed: number;
  readonly events: number;
}

export async function simulate(first: number, count: number, write: (line: string) => void): Promise<Simulated> {
  const startedAt = performance.now();
  let events = 0;
  let failed = 0;
  const kinds = new Map<string, number>();
  const stackTraceLimit = Error.stackTraceLimit;
  // Errors are made by the million here and their stacks read by nobody.
  Error.stackTraceLimit = 0;
  try {
    for (let seed = first; seed < first + count; seed++) {
      const { violations, history } = await runPlan(randomPlan(seed));
      events += history.length;
      if (violations.length === 0) continue;
      failed++;
      const kind = violations[0]!.replace(/\d+/g, 'n');
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      if (kinds.get(kind) === 1 && kinds.size <= SHOWN_MAX) write(describeFailure(seed, violations, history));
    }
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  for (const [kind, n] of kinds) write(`${n} x ${kind}`);
  write(
    `simulated ${count} schedules from seed ${first}: ${count - failed} hold, ${failed} fail; ${events} events, ` +
      `${seconds.toFixed(1)} s, ${Math.round(count / seconds)} schedules/s`,
  );
  return { schedules: count, firstSeed: first, failed, events };
}

/** One schedule again, with its history. */
export async function replay(seed: number, write: (line: string) => void): Promise<number> {
  const { violations, history } = await runPlan(randomPlan(seed));
  write(formatHistory(history));
  for (const text of violations) write(text);
  return violations.length;
}

export function describeFailure(
  seed: number,
  violations: readonly string[],
  history: Parameters<typeof formatHistory>[0],
): string {
  return [
    `HEDDLE_SEED=${seed} breaks a promise (replay: HEDDLE_SEED=${seed} npm test -- packages/ts-orchestrator/test/simulation):`,
    ...violations.map((text) => `  ${text}`),
    formatHistory(history),
  ].join('\n');
}
