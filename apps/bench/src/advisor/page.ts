// The report page of the suite: how far everybody is from the best, by job.
import { quantile, renderPage, type Cell, type Section } from '@heddle/measure';
import { formatFigure, formatRatio } from '../render/format.ts';
import { CHOOSERS, type ChooserName } from './choosers.ts';
import { replaySections } from './replay/page.ts';
import type { AdvisorResult, JobResult } from './result.ts';
import { autoRegret, byRegret, placesText } from './table.ts';

/** Points of the curve: parts of the jobs. */
const PARTS = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1];

function curve(name: string, ratios: readonly number[]) {
  const sorted = Float64Array.from(ratios).sort();
  return { name, points: PARTS.map((part) => ({ x: part * 100, value: quantile(sorted, part) })) };
}

function curves(jobs: readonly JobResult[]) {
  const rules = (Object.keys(CHOOSERS) as ChooserName[]).map((name) =>
    curve(
      CHOOSERS[name].label,
      jobs.flatMap(({ rules: of }) => of[name]),
    ),
  );
  return [
    curve(
      'auto',
      jobs.flatMap(({ auto }) => auto),
    ),
    curve(
      'split-half oracle',
      jobs.flatMap(({ oracle }) => oracle),
    ),
    ...rules,
  ];
}

function chartOf(jobs: readonly JobResult[]): Section {
  return {
    kind: 'chart',
    title: 'Time by that of the best backend',
    description: 'For each rule, the ratio below which so many per cent of the jobs are.',
    chart: {
      type: 'lines',
      series: curves(jobs),
      xScale: 'linear',
      xLabel: 'per cent of the jobs',
      yLabel: 'times the best',
      unit: '×',
    },
  };
}

const ms = (value: number): string => formatFigure(value);

function jobRow(job: JobResult): Cell[] {
  const { inline, threads, processes, auto } = job.medianMs;
  return [
    { text: job.id, detail: job.phase === 'new' ? 'in a new pool' : 'again' },
    ms(inline),
    ms(threads),
    ms(processes),
    { text: ms(auto), detail: placesText(job) },
    formatRatio(autoRegret(job)),
    formatRatio(job.overInline.ratio),
  ];
}

export function advisorPage(result: AdvisorResult): string {
  const { jobs, problems, card, noise, rounds, quick } = result;
  return renderPage({
    title: 'heddle bench: advisor',
    subtitle: 'How near the pool that chooses comes to the best backend of each job.',
    card,
    sections: [
      {
        kind: 'prose',
        text:
          `${quick ? 'A quick run: two rounds. ' : ''}Each round of a job is a fresh program; ${rounds} rounds, alternating between the backends. ` +
          `The oracle takes what was best in one half of the rounds and is judged by the other. A fixed loop spread by ` +
          `${Math.round(noise * 100)} % on this machine before the run.`,
      },
      ...(jobs.length === 0 ? [] : [chartOf(jobs)]),
      {
        kind: 'table',
        caption: 'All jobs, those first in which auto is furthest from the best',
        columns: ['', 'inline, ms', 'threads', 'processes', 'auto', 'by best', 'by inline'],
        rows: byRegret(jobs).map((job) => jobRow(job)),
      },
      ...replaySections(result),
      ...(problems.length === 0
        ? []
        : ([{ kind: 'prose', text: problems.map(({ id, problem }) => `Not judged: ${id}: ${problem}`) }] as const)),
    ],
    data: result,
  });
}
