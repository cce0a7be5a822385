// A recorded run of the suite, with what follows from it computed anew by the code of now.
import { UnreadableRun } from '../suite.ts';
import { replaysOf, type AdvisorResult } from './result.ts';

/** Throws {@link UnreadableRun}: no JSON, of another suite, without what a replay needs. */
export function readRun(text: string): AdvisorResult {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new UnreadableRun('the recorded run is not JSON', { cause: error });
  }
  const run = Object(raw) as Partial<AdvisorResult>;
  if (run.suite !== 'advisor' || !Array.isArray(run.jobs))
    throw new UnreadableRun('the recorded run is none of suite advisor');
  if (run.recorded === undefined)
    throw new UnreadableRun('the recorded run has no profiles, measure it again: npm run bench -- --suite advisor');
  const { validation: _, simulation: __, ...measured } = run as AdvisorResult;
  return { ...measured, ...replaysOf(measured.jobs, measured.recorded, measured.card.cores.allowed) };
}
