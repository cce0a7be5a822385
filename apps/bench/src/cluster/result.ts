// Results of the suite `cluster` as plain JSON.
import { speedup, summarize, type MachineCard, type Speedup, type Summary } from '@heddle/measure';
import type { CpuTimes } from './cpu-clock.ts';
import type { CaseId, ClusterCase, RoundOrder, Variant } from './orders.ts';
import type { RoundReport } from './report.ts';

export interface VariantResult {
  readonly id: string;
  readonly runner: Variant['runner'];
  readonly order: RoundOrder;
  /** Of all rounds together. */
  readonly lost: number;
  readonly doubled: number;
  readonly outOfOrder: number;
  readonly killed: RoundReport['killed'];
  readonly itemsPerSecond?: Summary;
  readonly longestGapMs?: Summary;
  /** Microseconds of processor time an input, medians. */
  readonly cpuUsPerItem?: CpuTimes;
  readonly clientRssBytes?: Summary;
  /** Inputs a second of heddle's fastest variant by this one's. */
  readonly heddleIs?: Speedup;
  /** What went wrong in a round, when something did. */
  readonly problem?: string;
}

export interface ClusterCaseResult {
  readonly id: CaseId;
  readonly about: string;
  readonly rounds: number;
  readonly variants: readonly VariantResult[];
}

export interface ClusterResult {
  suite: 'cluster';
  quick: boolean;
  card: MachineCard;
  noise: number;
  wasInterrupted: boolean;
  elapsedMs: number;
  redis: string;
  cases: ClusterCaseResult[];
}

/** A round that was not finished: why. */
export type RoundEnd = RoundReport | { readonly problem: string };

/** `ends`: of each variant, in the order of its rounds. */
export function caseResult({ id, about, variants }: ClusterCase, ends: readonly RoundEnd[][]): ClusterCaseResult {
  const rates = ends.map((rounds, place) =>
    rounds.filter(isReport).map((report) => rateOf(report, variants[place]!.order)),
  );
  const fastest = fastestOf(variants, rates);
  return {
    id,
    about,
    rounds: Math.max(0, ...ends.map(({ length }) => length)),
    variants: variants.map((variant, place) => ({
      ...summaryOf(variant, ends[place]!),
      ...(variant.runner !== 'bullmq' || fastest === undefined || rates[place]!.length === 0
        ? {}
        : {
            heddleIs: speedup(
              rates[place]!.map((rate) => 1 / rate),
              fastest.map((rate) => 1 / rate),
            ),
          }),
    })),
  };
}

const isReport = (end: RoundEnd): end is RoundReport => !('problem' in end);
const rateOf = ({ elapsedMs }: RoundReport, { items }: RoundOrder): number => (items / elapsedMs) * 1_000;

function fastestOf(variants: readonly Variant[], rates: readonly number[][]): readonly number[] | undefined {
  const mine = rates.filter((list, place) => variants[place]!.runner === 'heddle' && list.length > 0);
  return mine.toSorted((a, b) => summarize(b).median - summarize(a).median)[0];
}

function summaryOf({ id, runner, order }: Variant, ends: readonly RoundEnd[]): VariantResult {
  const reports = ends.filter(isReport);
  const problem = ends.find((end) => !isReport(end)) as { problem: string } | undefined;
  const sum = (of: (report: RoundReport) => number) => reports.reduce((total, report) => total + of(report), 0);
  const lost = sum((report) => report.lost);
  const doubled = sum((report) => report.doubled);
  const outOfOrder = sum((report) => report.outOfOrder);
  const { worker, node, redis } = {
    worker: sum(({ killed }) => killed.worker),
    node: sum(({ killed }) => killed.node),
    redis: sum(({ killed }) => killed.redis),
  };
  const cpu = reports.flatMap(({ cpuMs }) => cpuMs ?? []);
  const usPerItem = (of: (times: CpuTimes) => number) =>
    summarize(cpu.map((times) => (of(times) * 1_000) / order.items)).median;
  return {
    id,
    runner,
    order,
    lost,
    doubled,
    outOfOrder,
    killed: { worker, node, redis },
    ...(reports.length === 0
      ? {}
      : {
          itemsPerSecond: summarize(reports.map((report) => rateOf(report, order))),
          longestGapMs: summarize(reports.map((report) => report.longestGapMs)),
          clientRssBytes: summarize(reports.map((report) => report.clientRssBytes)),
        }),
    ...(cpu.length === 0
      ? {}
      : {
          cpuUsPerItem: {
            client: usPerItem(({ client }) => client),
            redis: usPerItem((times) => times.redis),
            nodes: usPerItem(({ nodes }) => nodes),
          },
        }),
    ...(problem === undefined ? {} : { problem: problem.problem }),
  };
}

/** Nothing lost, doubled or out of order, and every round of heddle's was finished. */
export const isRight = ({ cases }: ClusterResult): boolean =>
  cases.every(({ variants }) =>
    variants.every(
      ({ runner, lost, doubled, outOfOrder, problem }) =>
        runner === 'bullmq' || (lost + doubled + outOfOrder === 0 && problem === undefined),
    ),
  );
