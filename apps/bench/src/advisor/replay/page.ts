// The replays on the report page.
import type { Section } from '@heddle/measure';
import { formatFigure, formatRatio } from '../../render/format.ts';
import type { AdvisorResult } from '../result.ts';
import type { ReplayScore } from './outcome.ts';
import { tuningText } from './text.ts';

const percent = (part: number): string => `${formatFigure(part * 100)} %`;
const COLUMNS = ['replays', 'within 10 %', 'regret', 'p99', '> 10 % over inline'];
const cells = ({ replays, near, regret, p99, harm }: ReplayScore): string[] => [
  String(replays),
  percent(near),
  percent(regret),
  formatRatio(p99),
  percent(harm),
];

export function replaySections({ validation, simulation }: AdvisorResult): Section[] {
  const sections: Section[] = [];
  if (validation !== undefined) {
    const { families, total } = validation;
    sections.push({
      kind: 'table',
      caption:
        'Thresholds in use, and fitted without the family that they are judged on; replayed by what was measured',
      columns: ['', ...COLUMNS],
      rows: [
        ...families.flatMap(({ family, shipped, fitted, tuning }) => [
          [{ text: family, detail: 'in use' }, ...cells(shipped)],
          [{ text: '', detail: tuningText(tuning) }, ...cells(fitted)],
        ]),
        ['all, in use', ...cells(total.shipped)],
        ['all, fitted without its family', ...cells(total.fitted)],
        ['all, fitted on all', ...cells(total.onAll)],
      ],
    });
  }
  if (simulation !== undefined) {
    const { machines, check, assumptions } = simulation;
    sections.push(
      {
        kind: 'table',
        caption: 'auto on machines that are simulated: none with 4, 16 or 64 cores was measured',
        columns: ['', ...COLUMNS],
        rows: [
          [`${check.cores} cores, measured`, ...cells(check.measured)],
          [`${check.cores} cores, simulated`, ...cells(check.simulated)],
          ...machines.map(({ cores, auto }) => [`${cores} cores, simulated`, ...cells(auto)]),
        ],
      },
      { kind: 'prose', text: assumptions },
    );
  }
  return sections;
}
