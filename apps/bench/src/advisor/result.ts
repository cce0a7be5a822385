// Results of the suite `advisor` as plain JSON.
import type { ContestantResult, Comparison, MachineCard } from '@heddle/measure';
import type { ChooserName } from './choosers.ts';
import { ADVISOR_BACKENDS, type AdvisorBackend } from './contestants.ts';
import { judgeJob, scoreAll, type Phase, type Scores, type Verdict } from './judge.ts';
import type { AdvisorWorkload } from './workloads.ts';

export interface JobResult extends Verdict {
  readonly id: string;
  readonly family: string;
  readonly phase: Phase;
  readonly calls: number;
  /** Where `auto` sent the calls in its last round. */
  readonly places: Readonly<Record<string, number>>;
  readonly samples: Readonly<Record<AdvisorBackend, readonly number[]>>;
}

export interface AdvisorResult {
  suite: 'advisor';
  quick: boolean;
  card: MachineCard;
  /** Relative spread of a fixed loop on this machine, before the suite. */
  noise: number;
  wasInterrupted: boolean;
  elapsedMs: number;
  rounds: number;
  /** The rules of others, by name. */
  rules: Readonly<Record<ChooserName, { readonly label: string; readonly about: string }>>;
  jobs: JobResult[];
  /** Workloads in which somebody failed or results differed: never judged. */
  problems: Array<{ readonly id: string; readonly problem: string }>;
  /** Absent where nothing was judged. */
  scores?: Scores;
  families: Array<{ readonly family: string; readonly scores: Scores }>;
}

/** Both jobs of a workload, or what went wrong. */
export function evaluate(
  workload: AdvisorWorkload,
  comparison: Comparison,
  cores: number,
): { readonly jobs: readonly JobResult[]; readonly problem?: string } {
  const { contestants } = comparison;
  const problem = ADVISOR_BACKENDS.flatMap((backend) => problemOf(backend, contestants[backend]) ?? [])[0];
  if (problem !== undefined) return { jobs: [], problem };
  const places = JSON.parse(contestants['auto']!.notes!['places']!) as ReadonlyArray<Record<string, number>>;
  const { id, family, calls } = workload;
  const jobs = (['new', 'known'] as const).map((phase, index): JobResult => {
    const of = (backend: AdvisorBackend) => contestants[backend]!.measureSamples[`${phase}Ms`]!;
    const samples = { inline: of('inline'), threads: of('threads'), processes: of('processes'), auto: of('auto') };
    return { id, family, phase, calls, places: places[index]!, ...judgeJob({ calls, cores, samples }), samples };
  });
  return { jobs };
}

function problemOf(backend: AdvisorBackend, result: ContestantResult | undefined): string | undefined {
  const { error, problem, differsFrom, measureSamples } = result ?? {};
  if (error !== undefined) return `${backend}: ${error.message}`;
  if (problem !== undefined) return `${backend}: ${problem}`;
  if (differsFrom !== undefined) return `${backend}: other results than ${differsFrom}`;
  return measureSamples?.['newMs'] === undefined ? `${backend}: not measured` : undefined;
}

export function scoresOf(jobs: readonly JobResult[]): Pick<AdvisorResult, 'scores' | 'families'> {
  if (jobs.length === 0) return { families: [] };
  const families = [...new Set(jobs.map(({ family }) => family))];
  return {
    scores: scoreAll(jobs),
    families: families.map((family) => ({ family, scores: scoreAll(jobs.filter((job) => job.family === family)) })),
  };
}
