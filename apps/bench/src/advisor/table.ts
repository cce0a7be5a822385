// The tables of the terminal: everybody's score, `auto` by family, and the jobs in which it did worst.
import { formatFigure, formatRatio } from '../render/format.ts';
import { plainTable } from '../render/plain-table.ts';
import { CHOOSERS, type ChooserName } from './choosers.ts';
import type { Score } from './judge.ts';
import { replayText } from './replay/text.ts';
import type { AdvisorResult, JobResult } from './result.ts';

const WORST_SHOWN = 20;

const percent = (part: number): string => `${formatFigure(part * 100)} %`;

export const autoRegret = ({ auto }: JobResult): number => (auto[0] + auto[1]) / 2;

/** "inline 8, threads 192". */
export function placesText({ places }: JobResult): string {
  return Object.entries(places)
    .filter(([, calls]) => calls > 0)
    .map(([place, calls]) => `${place} ${calls}`)
    .join(', ');
}

export function byRegret(jobs: readonly JobResult[]): JobResult[] {
  return [...jobs].sort((a, b) => autoRegret(b) - autoRegret(a));
}

function scoreCells({ near, p50, p90, p99, worst }: Omit<Score, 'harm'>, harm: string): string[] {
  return [percent(near), ...[p50, p90, p99, worst].map((ratio) => formatRatio(ratio)), harm];
}

export function scoreTable({ scores }: AdvisorResult): string {
  if (scores === undefined) return 'No job was judged.';
  const table = plainTable(['', 'within 10 %', 'p50', 'p90', 'p99', 'worst', '> 10 % over inline']);
  const { auto, oracle, rules } = scores;
  table.push(['auto', ...scoreCells(auto, `${percent(auto.harm)} (surely ${percent(auto.certainHarm)})`)]);
  table.push(['split-half oracle', ...scoreCells(oracle, '')]);
  for (const [name, score] of Object.entries(rules))
    table.push([CHOOSERS[name as ChooserName].label, ...scoreCells(score, percent(score.harm))]);
  return table.toString();
}

function familyTable({ families }: AdvisorResult): string {
  const table = plainTable(['', 'jobs', 'within 10 %', 'oracle', 'worst', '> 10 % over inline']);
  for (const { family, scores } of families) {
    const { jobs, auto, oracle } = scores;
    table.push([family, jobs, percent(auto.near), percent(oracle.near), formatRatio(auto.worst), percent(auto.harm)]);
  }
  return table.toString();
}

function jobTable(jobs: readonly JobResult[]): string {
  const table = plainTable([
    '',
    'pool',
    'inline',
    'threads',
    'processes',
    'auto, ms',
    'by best',
    'by inline',
    'sent to',
  ]);
  for (const job of jobs) {
    const { inline, threads, processes, auto } = job.medianMs;
    const times = [inline, threads, processes, auto].map((ms) => formatFigure(ms));
    const ratios = [autoRegret(job), job.overInline.ratio].map((ratio) => formatRatio(ratio));
    table.push([job.id, job.phase, ...times, ...ratios, placesText(job)]);
  }
  return table.toString();
}

export function advisorText(result: AdvisorResult): string {
  const { card, noise, rounds, jobs, problems } = result;
  return [
    `${card.cpu.model}, ${card.cores.allowed} cores, Node ${card.node.version}; noise of this machine ${Math.round(noise * 100)} %`,
    `${jobs.length} jobs, ${rounds} rounds each: the time of a job by that of the best backend`,
    scoreTable(result),
    familyTable(result),
    `The ${Math.min(WORST_SHOWN, jobs.length)} in which auto is furthest from the best`,
    jobTable(byRegret(jobs).slice(0, WORST_SHOWN)),
    ...replayText(result),
    ...problems.map(({ id, problem }) => `Not judged: ${id}: ${problem}`),
  ].join('\n\n');
}
