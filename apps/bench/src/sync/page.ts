// The report page of the suite: one table per case.
import { renderPage, type Cell, type Section } from '@heddle/measure';
import type { SyncCaseResult, SyncResult } from './result.ts';
import { cellsOf } from './table.ts';

function caseSections({ id, about, figure, rounds, contestants }: SyncCaseResult): Section[] {
  const problems = contestants.flatMap(({ label, problem }) => (problem ? [`${label}: ${problem}`] : []));
  return [
    { kind: 'heading', text: id, lead: about },
    {
      kind: 'table',
      caption: `Medians of ${rounds} rounds with their spread, and how many times better heddle is`,
      columns: ['', { text: figure.label, detail: `${figure.unit}, ${figure.better} is better` }, 'heddle is'],
      rows: contestants.map((one): Cell[] => [one.label, ...cellsOf(one)]),
    },
    ...(problems.length === 0 ? [] : [{ kind: 'prose', text: problems } as const]),
  ];
}

/** The page of a run. */
export function syncPage(result: SyncResult): string {
  return renderPage({
    title: 'heddle bench: sync',
    subtitle: 'Locks, channels and barriers between threads and processes, heddle beside the others.',
    card: result.card,
    sections: [
      {
        kind: 'prose',
        text:
          `${result.quick ? 'A quick run: small counts and few rounds. ' : ''}Each contestant lives in a process of its own; rounds ` +
          `alternate between them. Everything is counted. A fixed loop spread by ${Math.round(result.noise * 100)} % on this ` +
          `machine before the run: smaller differences mean nothing.`,
      },
      {
        kind: 'table',
        caption: 'Settings',
        columns: ['', { text: 'setting', align: 'left' }],
        rows: Object.values(result.contestants).map(({ label, version, setting }): Cell[] => [
          version === undefined ? label : `${label} ${version}`,
          setting,
        ]),
      },
      ...result.cases.flatMap((one) => caseSections(one)),
    ],
    data: result,
  });
}
