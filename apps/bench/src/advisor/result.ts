// Results of the suite `advisor` as plain JSON.
import type { ContestantResult, Comparison, MachineCard } from '@heddle/measure';
import type { Recording } from './record/recording.ts';
import { simulate, type Simulation } from './replay/simulation.ts';
import { validate, type Validation } from './replay/validation.ts';
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
  /** What a replay needs; absent where it was not recorded, or not to its end. */
  recorded?: Recording;
  /** Absent where nothing was recorded, or too little. */
  validation?: Validation;
  simulation?: Simulation;
}

/** What follows from what was recorded. */
export function replaysOf(
  jobs: readonly JobResult[],
  recorded: Recording | undefined,
  cores: number,
): Pick<AdvisorResult, 'recorded' | 'validation' | 'simulation'> {
  if (recorded === undefined) return {};
  const validation = validate(jobs, recorded, cores);
  const simulation = simulate(jobs, recorded, cores);
  return {
    recorded,
    ...(validation === undefined ? {} : { validation }),
    ...(simulation === undefined ? {} : { simulation }),
  };
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
