// What the measurements of one job say of each choice, and what all jobs together say. Pure.
//
// Split-half oracle: even a chooser that has measured everything is wrong where the machine is not steady. So the best backend is taken from
// one half of the rounds, and judged, like everybody else, by the other half; then the other way round. What the oracle does not reach
// nobody can.
import { quantile, speedup, summarize, type Speedup } from '@heddle/measure';
import { CHOOSERS, type ChooserName } from './choosers.ts';
import { ADVISOR_BACKENDS, FIXED_BACKENDS, type AdvisorBackend, type FixedBackend } from './contestants.ts';

/** `new`: the first job of a pool, its making included. `known`: the same job again in that pool. */
export type Phase = 'new' | 'known';

/** Times of a job in every backend, one per round, in the order measured. */
export interface JobSamples {
  readonly calls: number;
  readonly cores: number;
  readonly samples: Readonly<Record<AdvisorBackend, readonly number[]>>;
}

/** How many times as long as in the best backend, by each half of the rounds. */
type Halves = readonly [number, number];

export interface Verdict {
  readonly medianMs: Readonly<Record<AdvisorBackend, number>>;
  readonly best: FixedBackend;
  readonly auto: Halves;
  readonly oracle: Halves;
  readonly rules: Readonly<Record<ChooserName, Halves>>;
  /** Backends that the rules take. */
  readonly taken: Readonly<Record<ChooserName, FixedBackend>>;
  /** How many times as long as inline `auto` takes: `low` is the lower end of the 95 % interval. */
  readonly overInline: Speedup;
}

const median = (samples: readonly number[]): number => summarize(samples).median;

export function judgeJob({ calls, cores, samples }: JobSamples): Verdict {
  const of = (part: (all: readonly number[]) => readonly number[]) =>
    Object.fromEntries(ADVISOR_BACKENDS.map((each) => [each, median(part(samples[each]))])) as Record<
      AdvisorBackend,
      number
    >;
  const whole = of((all) => all);
  const halves = [0, 1].map((half) => of((all) => all.filter((_, round) => round % 2 === half)));
  const [even, odd] = halves as [typeof whole, typeof whole];
  const by = (choose: (half: typeof whole, other: typeof whole) => AdvisorBackend): Halves => [
    even[choose(even, odd)] / even[bestOf(even)],
    odd[choose(odd, even)] / odd[bestOf(odd)],
  ];
  const known = { calls, cores, inlineCallMs: whole.inline / calls };
  const names = Object.keys(CHOOSERS) as ChooserName[];
  const taken = Object.fromEntries(names.map((name) => [name, CHOOSERS[name].choose(known)])) as Verdict['taken'];
  return {
    medianMs: whole,
    best: bestOf(whole),
    auto: by(() => 'auto'),
    oracle: by((_, other) => bestOf(other)),
    rules: Object.fromEntries(names.map((name) => [name, by(() => taken[name])])) as Verdict['rules'],
    taken,
    overInline: speedup(samples.auto, samples.inline),
  };
}

function bestOf(medianMs: Readonly<Record<FixedBackend, number>>): FixedBackend {
  return FIXED_BACKENDS.reduce((best, each) => (medianMs[each] < medianMs[best] ? each : best));
}

/** So near to the best counts as right, and so much slower than inline as harm. */
export const NEAR = 1.1;

export interface Score {
  /** Part of the judgements within 10 % of the best backend, 0 to 1. */
  readonly near: number;
  /** Times the best backend's time: the median, and the worst tenth and hundredth. */
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly worst: number;
  /** Part of the jobs that took more than 10 % longer than inline. */
  readonly harm: number;
}

export interface AutoScore extends Score {
  /** The same, where the whole 95 % interval is above. */
  readonly certainHarm: number;
}

export interface Scores {
  readonly jobs: number;
  readonly auto: AutoScore;
  readonly oracle: Omit<Score, 'harm'>;
  readonly rules: Readonly<Record<ChooserName, Score>>;
}

function spreadOf(halves: readonly Halves[]): Omit<Score, 'harm'> {
  const all = Float64Array.from(halves.flat()).sort();
  const near = all.filter((ratio) => ratio <= NEAR).length / all.length;
  return {
    near,
    p50: quantile(all, 0.5),
    p90: quantile(all, 0.9),
    p99: quantile(all, 0.99),
    worst: all.at(-1)!,
  };
}

const share = <T>(all: readonly T[], is: (one: T) => boolean): number =>
  all.filter((one) => is(one)).length / all.length;

/** Of at least one job. */
export function scoreAll(verdicts: readonly Verdict[]): Scores {
  const names = Object.keys(CHOOSERS) as ChooserName[];
  const rule = (name: ChooserName): Score => ({
    ...spreadOf(verdicts.map(({ rules }) => rules[name])),
    harm: share(verdicts, ({ medianMs, taken }) => medianMs[taken[name]] > NEAR * medianMs.inline),
  });
  return {
    jobs: verdicts.length,
    auto: {
      ...spreadOf(verdicts.map(({ auto }) => auto)),
      harm: share(verdicts, ({ overInline }) => overInline.ratio > NEAR),
      certainHarm: share(verdicts, ({ overInline }) => overInline.low > NEAR),
    },
    oracle: spreadOf(verdicts.map(({ oracle }) => oracle)),
    rules: Object.fromEntries(names.map((name) => [name, rule(name)])) as Scores['rules'],
  };
}
