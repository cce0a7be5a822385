// The report page of the suite: one table per case.
import { renderPage, type Cell, type Section } from '@heddle/measure';
import { formatFigure, formatRatio, formatSpread } from '../render/format.ts';
import { contestantOf } from './contestants.ts';
import type { PoolCaseContestant, PoolCaseResult, PoolResult } from './result.ts';
import { verdictText } from './table.ts';

function contestantRow(
  { name, label, state, figures, isBeyondLimit }: PoolCaseContestant,
  result: PoolCaseResult,
): Cell[] {
  const mark = contestantOf(name).isFloor ? 'what the machine allows' : isBeyondLimit ? 'not compared' : undefined;
  return [
    mark === undefined ? label : { text: label, detail: mark },
    ...result.figures.map(({ key }): Cell => {
      const measured = figures[key];
      if (state !== 'right') return state === 'missing' ? state : { text: state, mark: state };
      if (measured === undefined) return null;
      const { heddleIs, summary } = measured;
      const compared = heddleIs === undefined ? '' : `, heddle is ${formatRatio(heddleIs.ratio)}`;
      return { text: formatFigure(summary.median), detail: `${formatSpread(summary)}${compared}` };
    }),
  ];
}

function caseSections(result: PoolCaseResult): Section[] {
  const problems = result.contestants.flatMap(({ label, problem }) => (problem ? [`${label}: ${problem}`] : []));
  const targets = result.figures.map(({ target }): Cell => (target === undefined ? null : formatFigure(target)));
  return [
    { kind: 'heading', text: result.id, lead: `${result.about} heddle: ${verdictText(result)}.` },
    {
      kind: 'table',
      caption: `Medians of ${result.rounds} rounds; below them the spread, and how many times better heddle is`,
      columns: [
        '',
        ...result.figures.map(({ label, unit, better }) => ({ text: label, detail: `${unit}, ${better} is better` })),
      ],
      rows: [...result.contestants.map((one) => contestantRow(one, result)), ['target', ...targets]],
    },
    ...(problems.length === 0 ? [] : [{ kind: 'prose', text: problems } as const]),
  ];
}

/** The page of a run. */
export function poolPage(result: PoolResult): string {
  return renderPage({
    title: 'heddle bench: pool',
    subtitle: 'The native pool of two threads in C++, heddle beside the others, and its calls from JavaScript.',
    card: result.card,
    sections: [
      {
        kind: 'prose',
        text:
          `${result.quick ? 'A quick run: small counts and few rounds. ' : ''}Each contestant lives in a process of its own, and is ` +
          `started anew in each round; rounds alternate between them. Every result is checked. A fixed loop spread by ` +
          `${Math.round(result.noise * 100)} % on this machine before the run: smaller differences mean nothing.`,
      },
      {
        kind: 'table',
        caption: 'Settings',
        columns: ['', { text: 'setting', align: 'left' }],
        rows: Object.values(result.contestants).map(({ label, setting }): Cell[] => [label, setting]),
      },
      ...result.cases.flatMap((one) => caseSections(one)),
    ],
    data: result,
  });
}
