// One workload on every backend that applies: make the input, let the variants run in turn, decide.
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import {
  compareContestants,
  speedup,
  summarize,
  type CompareOptions,
  type Comparison,
  type ContestantResult,
} from '@heddle/measure';
import type { VariantKind, Workload } from '@heddle/workloads';
import type { Explanation } from '@heddle/ts-orchestrator';
import { answerOfAuto } from './auto-answer.ts';
import { kindOf } from './kinds.ts';
import { kindsOf, type Plan } from './plan.ts';
import type { KindOutcome, Measure, WorkloadResult } from './result.ts';
import { decideVerdict } from './verdict.ts';

export interface ComparisonOptions {
  readonly budgetMs: number;
  readonly workers: number;
  readonly hasNative: boolean;
  readonly noise: number;
  readonly plan: Plan;
  /** Where inputs go; removed after the run. */
  readonly inputDir: string;
  /** Where what the workloads make, such as a picture, is kept. */
  readonly outDir: string;
  readonly signal: AbortSignal;
  readonly onPhase: (phase: string) => void;
}

/** Rounds of a workload that starts programs: their outcome hardly differs, only the time to recovery does. */
const MOST_PROGRAM_ROUNDS = 5;

/** What measure needs to know of a comparison. */
export function contestOptions({ plan, ...options }: ComparisonOptions, workload?: Workload): CompareOptions {
  const { minRounds, warmupRounds, memory, startsAtOnce } = plan;
  return {
    budgetMs: options.budgetMs,
    ...(workload?.startsPrograms
      ? { minRounds: 1, maxRounds: MOST_PROGRAM_ROUNDS, warmupRounds: 0, memory: false }
      : { minRounds, warmupRounds, memory }),
    startsAtOnce,
    signal: options.signal,
    onProgress: ({ label, phase, round }) => options.onPhase(`${label}, ${phase}${round > 0 ? ` ${round}` : ''}`),
  };
}

/** The samples of the deciding measure: the round's own time, or what the workload measured itself. */
function samplesOf(result: ContestantResult, key: string): readonly number[] {
  return key === 'wallMs' ? result.samplesMs : (result.measureSamples[key] ?? []);
}

const isPositive = (samples: readonly number[]): boolean => samples.length > 0 && samples.every((value) => value > 0);

/** Turns what the runners reported into outcomes, judged against inline's result. */
export function judge(
  comparison: Comparison,
  ids: readonly VariantKind[],
  decides: Measure,
  workload?: Workload,
): KindOutcome[] {
  const reference = comparison.contestants['inline'];
  const baseSamples = reference ? samplesOf(reference, decides.key) : [];
  return ids.map((kind): KindOutcome => {
    const result = comparison.contestants[kind];
    if (!result) return { kind, state: 'failed', problem: 'it was not started', samples: [], measures: {} };
    const samples = samplesOf(result, decides.key);
    const hasRatio = !decides.isCount && isPositive(baseSamples) && isPositive(samples);
    const ratio = hasRatio
      ? decides.better === 'lower'
        ? speedup([...baseSamples], [...samples])
        : speedup([...samples], [...baseSamples])
      : undefined;
    const differs = reference?.digest !== undefined && result.digest !== reference.digest;
    const state = result.error ? 'failed' : result.problem ? 'wrong' : differs ? 'differs' : 'equal';
    const problem = result.error
      ? `${result.error.name}: ${result.error.message}`
      : (result.problem ?? (differs ? 'its result is not the one inline gives' : undefined));
    // The runner's own loop, unless the program under test is another one.
    const loopDelayP99Ms =
      result.measures['loopDelayP99Ms']?.median ?? (workload?.startsPrograms ? undefined : result.loopDelay?.p99Ms);
    return {
      kind,
      state,
      samples,
      measures: result.measures,
      ...(problem === undefined ? {} : { problem }),
      ...(samples.length > 0 ? { decided: summarize([...samples]) } : {}),
      ...(ratio ? { speedup: ratio } : {}),
      ...(result.wall ? { wallMs: result.wall } : {}),
      ...(result.memory ? { peakPssBytes: result.memory.peakAloneBytes } : {}),
      ...(loopDelayP99Ms === undefined ? {} : { loopDelayP99Ms }),
      ...(result.cpu ? { coresUsed: result.cpu.cores } : {}),
      ...(result.startMs === undefined ? {} : { startMs: result.startMs }),
      ...(result.notes ? { notes: result.notes } : {}),
      ...(result.explanation === undefined ? {} : { explanation: result.explanation as Explanation }),
    };
  });
}

/** The rounds that every variant with a figure has at least; 0 when there is none. */
export function fewestRounds(outcomes: readonly KindOutcome[]): number {
  const counts = outcomes.map(({ samples }) => samples.length).filter((count) => count > 0);
  return counts.length === 0 ? 0 : Math.min(...counts);
}

/** Copies what the variants made (all the same, so the last one stays) out of the folder of inputs. */
async function keepArtifacts(comparison: Comparison, outDir: string): Promise<Record<string, string>> {
  const kept: Record<string, string> = {};
  for (const { artifacts } of Object.values(comparison.contestants)) {
    for (const [name, file] of Object.entries(artifacts ?? {})) {
      kept[name] = path.join(outDir, path.basename(file));
      await copyFile(file, kept[name]);
    }
  }
  return kept;
}

/** Runs one workload at the size that `work` gives (1: its full size). Aborting `signal` ends it early with what was measured until then. */
export async function compareWorkload(
  workload: Workload,
  work: number,
  options: ComparisonOptions,
): Promise<WorkloadResult> {
  options.onPhase('making the input');
  const size = workload.sizeOf(work);
  await workload.prepare?.(size, options.inputDir);
  const kinds = kindsOf(workload, options.hasNative);
  const module = import.meta.resolve('@heddle/workloads/contestant');
  const specs = kinds.map((kind) => ({
    id: kind,
    label: kindOf(kind).label,
    module,
    options: { workload: workload.name, kind, size, workers: options.workers, dir: options.inputDir },
  }));
  const decides = workload.measures.find(({ key }) => key === workload.winner)!;
  const comparison = await compareContestants(specs, contestOptions(options, workload));
  const outcomes = judge(comparison, kinds, decides, workload);
  const auto = answerOfAuto({ kinds: outcomes, decides, noise: options.noise });
  return {
    name: workload.name,
    title: workload.title,
    standsFor: workload.standsFor,
    textbookRule: workload.textbook.rule,
    textbookExpects: workload.textbook.expects,
    size: workload.describe(size),
    rounds: fewestRounds(outcomes),
    decides,
    measures: workload.measures,
    kinds: outcomes,
    verdict: decideVerdict({
      kinds: outcomes,
      decides,
      textbookRule: workload.textbook.rule,
      textbookExpects: workload.textbook.expects,
      noise: options.noise,
    }),
    ...(auto === undefined ? {} : { auto }),
    artifacts: await keepArtifacts(comparison, options.outDir),
    wasInterrupted: options.signal.aborted,
  };
}
