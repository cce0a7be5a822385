// The report page of the suite: a chart of ratios, one table per case.
import { renderPage, type Cell, type Section } from '@heddle/measure';
import { formatFigure, formatRatio, formatSpread } from '../render/format.ts';
import { targetOf, type CaseContestant, type DispatchCaseResult, type DispatchResult } from './result.ts';

function contestantRow({ label, state, figures }: CaseContestant, result: DispatchCaseResult): Cell[] {
  return [
    label,
    ...result.figures.map((figure): Cell => {
      const measured = figures[figure.key];
      if (state !== 'right') return { text: state, mark: state };
      if (measured === undefined) return null;
      const { heddleIs, summary } = measured;
      const compared = heddleIs === undefined ? '' : `, heddle is ${formatRatio(heddleIs.ratio)}`;
      return { text: formatFigure(summary.median), detail: `${formatSpread(summary)}${compared}` };
    }),
  ];
}

function boundsRows(result: DispatchCaseResult): Cell[][] {
  const row = (name: string, value: (index: number) => number | undefined): Cell[][] => {
    const cells = result.figures.map((_, index): Cell => {
      const bound = value(index);
      return bound === undefined ? null : formatFigure(bound);
    });
    return cells.every((cell) => cell === null) ? [] : [[name, ...cells]];
  };
  return [
    ...row('target', (index) => targetOf(result.figures[index]!, result)),
    ...row(`floor: ${result.floorOf}`, (index) => result.figures[index]!.floor),
  ];
}

function caseSections(result: DispatchCaseResult): Section[] {
  const problems = result.contestants.flatMap(({ label, problem }) => (problem ? [`${label}: ${problem}`] : []));
  return [
    { kind: 'heading', text: result.id, lead: result.about },
    {
      kind: 'table',
      caption: `Medians of ${result.rounds} rounds; below them the spread, and how many times better heddle is`,
      columns: [
        '',
        ...result.figures.map(({ label, unit, better }) => ({ text: label, detail: `${unit}, ${better} is better` })),
      ],
      rows: [...result.contestants.map((one) => contestantRow(one, result)), ...boundsRows(result)],
    },
    ...(problems.length === 0 ? [] : [{ kind: 'prose', text: problems } as const]),
  ];
}

/** The page of a run. */
export function dispatchPage(result: DispatchResult): string {
  const settings = Object.values(result.contestants);
  return renderPage({
    title: 'heddle bench: dispatch',
    subtitle: 'Pools of two workers, heddle beside the others, each in its own best setting.',
    card: result.card,
    sections: [
      {
        kind: 'prose',
        text:
          `${result.quick ? 'A quick run: small counts and few rounds. ' : ''}Each contestant lives in a process of its own; rounds ` +
          `alternate between them. Every result is checked. A fixed loop spread by ${Math.round(result.noise * 100)} % on this ` +
          `machine before the run: smaller differences mean nothing.`,
      },
      {
        kind: 'table',
        caption: 'Settings: each contestant in its own best, by its documentation',
        columns: ['', { text: 'setting', align: 'left' }],
        rows: settings.map(({ label, version, setting }): Cell[] => [
          version === undefined ? label : `${label} ${version}`,
          setting,
        ]),
      },
      ...result.cases.flatMap((one) => caseSections(one)),
    ],
    data: result,
  });
}
