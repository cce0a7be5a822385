/**
 * Checks that every hazard was observed, and that each innocent task that gave a result gave the right one, computed here by
 * another route; and that no addition is lost but where it is made plainly. What a backend doesn't survive, and what is lost there, is
 * what the lab is to show, and no mistake.
 */
import { createHash } from 'node:crypto';
import type { VariantContext } from '../define-workload.ts';
import { digestOf } from '../support/digest.ts';
import type { CheckReport } from '../workload.ts';
import { HAZARDS, SHARINGS, UPDATES, WORKERS } from './input.ts';
import type { HazardLabSize, SharingName } from './input.ts';
import type { Observation, SharingObservation } from './run-program.ts';
import { describeSharing } from './describe-sharing.ts';
import type { LabOutput } from './variants.ts';

export async function check(
  { hazards: observations, sharing }: LabOutput,
  { size }: VariantContext<HazardLabSize>,
): Promise<CheckReport> {
  const expected = Array.from({ length: size.innocents }, (_, seed) => chain(seed));
  // The same for every backend: the results that innocent tasks must have, if they have any.
  const digest = digestOf(...Object.keys(HAZARDS), ...expected);
  const problem = findProblem(observations, expected) ?? findLoss(sharing);
  if (problem !== undefined) return { digest, problem };
  const notes = observations.map((seen): [string, string] => [HAZARDS[seen.hazard], describe(seen, size.innocents)]);
  const ways = Object.keys(SHARINGS) as SharingName[];
  const shared = ways.map((name): [string, string] => [SHARINGS[name], describeSharing(sharing, name)]);
  return { digest, notes: Object.fromEntries([...notes, ...shared]) };
}

function chain(seed: number): string {
  let text = String(seed);
  for (let step = 0; step < 500; step++)
    text = createHash('sha256').update(text, 'ascii').digest('hex').substring(0, 16);
  return text;
}

function findProblem(observations: Observation[], expected: string[]): string | undefined {
  const hazards = Object.keys(HAZARDS);
  const seen = observations.map(({ hazard }) => hazard);
  if (seen.join() !== hazards.join()) return `of the hazards ${hazards.join(', ')} were observed ${seen.join(', ')}`;
  for (const { hazard, innocents } of observations) {
    const wrong = Object.entries(innocents).find(([seed, value]) => expected[Number(seed)] !== value);
    if (wrong) return `beside '${hazard}' innocent task ${wrong[0]} gave ${wrong[1]}`;
  }
  return undefined;
}

function findLoss({ seen }: SharingObservation): string | undefined {
  for (const [name, updates] of Object.entries(UPDATES) as [keyof typeof UPDATES, number][]) {
    const sharing = seen[name];
    if (sharing === undefined || !('counted' in sharing)) continue;
    const expected = WORKERS * updates;
    const isPossible = name === 'plainly' ? sharing.counted <= expected : sharing.counted === expected;
    if (!isPossible) return `'${SHARINGS[name]}' gave ${sharing.counted} of ${expected}`;
  }
  return undefined;
}

/** "the worker dies; caller: HEDDLE_WORKER_DIED; 0 of 8 others lost; back after 65 ms". */
export function describe(seen: Observation, innocents: number): string {
  const who =
    seen.ended === undefined ? (seen.workersLost > 0 ? 'the worker dies' : 'nobody dies') : programEnd(seen.ended);
  const lost = innocents - Object.keys(seen.innocents).length;
  const back = seen.recoveryMs === undefined ? 'never back' : `back after ${Math.round(seen.recoveryMs)} ms`;
  return `${who}; caller: ${seen.told ?? 'told nothing'}; ${lost} of ${innocents} others lost; ${back}`;
}

const programEnd = (ended: string): string => (ended === 'hangs' ? 'the program hangs' : `the program dies (${ended})`);
