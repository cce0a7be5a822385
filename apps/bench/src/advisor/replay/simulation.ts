// The recorded jobs on machines that nobody has measured, and the same simulation of this one beside what was measured here. Pure.
import { TUNING } from '@heddle/advisor';
import { quantile } from '@heddle/measure';
import { CHOOSERS } from '../choosers.ts';
import { FIXED_BACKENDS, type FixedBackend } from '../contestants.ts';
import { NEAR, type Phase } from '../judge.ts';
import type { KnownOfCalls, Recording } from '../record/recording.ts';
import type { JobResult } from '../result.ts';
import { replayPool } from './auto.ts';
import { casesOf, type Case } from './measured-jobs.ts';
import { scoreOutcomes, type Outcome, type ReplayScore } from './outcome.ts';
import { ASSUMPTIONS, simulatedWorld } from './simulated-world.ts';

export const SIMULATED_CORES = [4, 16, 64] as const;

type ByBackend<T> = Readonly<Record<FixedBackend, T>>;

/** One job as it is computed. */
export interface SimulatedJob {
  readonly family: string;
  readonly fixedMs: ByBackend<number>;
  readonly auto: Outcome;
}

export interface MachineScore {
  readonly cores: number;
  readonly auto: ReplayScore;
  /** The same of the first jobs of pools, and of the second. */
  readonly phases: Readonly<Record<'fresh' | 'known', ReplayScore>>;
  /** Everybody who chooses one backend, or by a rule of one number. */
  readonly rules: Readonly<Record<'inline' | 'threads' | 'processes' | 'oneMs', ReplayScore>>;
  /** Part of the jobs in which each backend is the best, and in which `auto` goes there, 0 to 1. */
  readonly best: ByBackend<number>;
  readonly chosen: ByBackend<number>;
}

/** Of the simulation with the cores of this machine. */
export interface SelfCheck {
  /** How far the simulated times are from the measured ones, in either direction: the median of larger by smaller, less 1. */
  readonly off: ByBackend<number>;
  /** Part of the jobs in which the backend that is the best in the simulation was within 10 % of the best in truth, 0 to 1. */
  readonly bestIsNear: number;
  /** Of `auto`: in the simulation, and as it was measured. */
  readonly simulated: ReplayScore;
  readonly measured: ReplayScore;
}

export interface Simulation {
  /** In words. */
  readonly assumptions: readonly string[];
  readonly machines: readonly MachineScore[];
  readonly check: SelfCheck & { readonly cores: number };
  readonly families: ReadonlyArray<{
    readonly family: string;
    readonly jobs: number;
    readonly check: SelfCheck;
    /** Of `auto` on each machine, in their order. */
    readonly machines: readonly ReplayScore[];
  }>;
}

/** Both jobs of a pool. */
export function simulateCase({ workload, profile, jobs }: Case, recording: Recording, cores: number): SimulatedJob[] {
  const [first, second] = jobs;
  const setUpMs = Math.max(0, first.medianMs.inline - second.medianMs.inline);
  const world = simulatedWorld({ workload, profile, recording, cores, setUpMs });
  const known = middleOf(profile.known);
  const replayed = replayPool({ workload, known, recording, world, tuning: TUNING });
  return replayed.map(({ ms, backend }, index) => {
    const isNew = index === 0;
    const fixed = FIXED_BACKENDS.map((each) => [each, world.fixedMs(each, isNew) + (isNew ? setUpMs : 0)] as const);
    const fixedMs = Object.fromEntries(fixed) as Record<FixedBackend, number>;
    const bestMs = Math.min(...Object.values(fixedMs));
    const { family } = workload;
    const phase = isNew ? 'new' : 'known';
    return { family, fixedMs, auto: { family, phase, backend, ms, bestMs, inlineMs: fixedMs.inline } };
  });
}

/** The program that was neither quick nor slow. */
function middleOf(known: readonly KnownOfCalls[]): KnownOfCalls {
  const sorted = [...known].sort((a, b) => (a.wallMs ?? 0) - (b.wallMs ?? 0));
  return sorted[sorted.length >> 1]!;
}

/** Undefined where nothing was recorded. */
export function simulate(jobs: readonly JobResult[], recording: Recording, cores: number): Simulation | undefined {
  const cases = casesOf(jobs, recording);
  if (cases.length === 0) return undefined;
  const on = (n: number) => cases.map((one) => simulateCase(one, recording, n));
  const here = on(cores);
  const machines = SIMULATED_CORES.map((n) => ({ cores: n, jobs: on(n) }));
  const families = [...new Set(cases.map(({ workload }) => workload.family))];
  const part = <T>(all: readonly T[], family: string) =>
    all.filter((_, index) => cases[index]!.workload.family === family);
  const scoreOf = (simulated: ReadonlyArray<readonly SimulatedJob[]>) =>
    scoreOutcomes(simulated.flat().map(({ auto }) => auto));
  return {
    assumptions: ASSUMPTIONS,
    machines: machines.map((machine) => machineScore(machine.cores, cases, machine.jobs)),
    check: { cores, ...selfCheck(cases, here) },
    families: families.map((family) => ({
      family,
      jobs: 2 * part(cases, family).length,
      check: selfCheck(part(cases, family), part(here, family)),
      machines: machines.map((machine) => scoreOf(part(machine.jobs, family))),
    })),
  };
}

function machineScore(
  cores: number,
  cases: readonly Case[],
  simulated: ReadonlyArray<readonly SimulatedJob[]>,
): MachineScore {
  const jobs = simulated.flatMap((both, index) => both.map((job) => ({ job, calls: cases[index]!.workload.calls })));
  const of = (phase: Phase) => jobs.map(({ job }) => job.auto).filter((auto) => auto.phase === phase);
  const by = (choose: (job: SimulatedJob, calls: number) => FixedBackend) =>
    scoreOutcomes(
      jobs.map(({ job, calls }) => {
        const backend = choose(job, calls);
        return { ...job.auto, backend, ms: job.fixedMs[backend] };
      }),
    );
  const share = (backend: FixedBackend, of: (job: SimulatedJob) => FixedBackend) =>
    jobs.filter(({ job }) => of(job) === backend).length / jobs.length;
  const shares = (of: (job: SimulatedJob) => FixedBackend): ByBackend<number> => ({
    inline: share('inline', of),
    threads: share('threads', of),
    processes: share('processes', of),
  });
  return {
    cores,
    auto: scoreOutcomes(jobs.map(({ job }) => job.auto)),
    phases: { fresh: scoreOutcomes(of('new')), known: scoreOutcomes(of('known')) },
    rules: {
      inline: by(() => 'inline'),
      threads: by(() => 'threads'),
      processes: by(() => 'processes'),
      oneMs: by(({ fixedMs }, calls) => CHOOSERS.oneMs.choose({ calls, inlineCallMs: fixedMs.inline / calls, cores })),
    },
    best: shares(({ fixedMs }) => bestOf(fixedMs)),
    chosen: shares(({ auto }) => auto.backend),
  };
}

function bestOf(ms: ByBackend<number>): FixedBackend {
  return FIXED_BACKENDS.reduce((best, each) => (ms[each] < ms[best] ? each : best));
}

function selfCheck(cases: readonly Case[], simulated: ReadonlyArray<readonly SimulatedJob[]>): SelfCheck {
  const pairs = cases.flatMap(({ jobs }, index) =>
    jobs.map((job, phase) => ({ job, simulated: simulated[index]![phase]! })),
  );
  const off = (backend: FixedBackend) => {
    const factors = pairs.map(({ job, simulated: { fixedMs } }) => {
      const factor = fixedMs[backend] / job.medianMs[backend];
      return Math.max(factor, 1 / factor) - 1;
    });
    return quantile(Float64Array.from(factors).sort(), 0.5);
  };
  const leastOf = (job: JobResult) => Math.min(...FIXED_BACKENDS.map((each) => job.medianMs[each]));
  const right = pairs.filter(({ job, simulated: { fixedMs } }) => job.medianMs[bestOf(fixedMs)] <= NEAR * leastOf(job));
  const measured = pairs.map(({ job }): Outcome => {
    const backend = 'inline';
    const { family, phase, medianMs } = job;
    return { family, phase, backend, ms: medianMs.auto, bestMs: leastOf(job), inlineMs: medianMs.inline };
  });
  return {
    off: { inline: off('inline'), threads: off('threads'), processes: off('processes') },
    bestIsNear: right.length / pairs.length,
    simulated: scoreOutcomes(pairs.map(({ simulated: { auto } }) => auto)),
    measured: scoreOutcomes(measured),
  };
}
