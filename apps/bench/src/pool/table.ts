// The tables of the terminal: one per case with a row per contestant, the settings, and a summary.
import { formatFigure, formatRatio, formatSpread } from '../render/format.ts';
import { plainTable } from '../render/plain-table.ts';
import type { PoolFigure } from './case-table.ts';
import { contestantOf } from './contestants.ts';
import { heddleOf, reachesTarget, type PoolCaseContestant, type PoolCaseResult, type PoolResult } from './result.ts';

const RATIO_HEAD = 'heddle is';
const withUnit = (value: number, { unit }: PoolFigure): string => `${formatFigure(value)} ${unit}`;

/** What stands in a table for a contestant: its figures, and how heddle compares by the first. */
function cellsOf({ state, figures: measured }: PoolCaseContestant, figures: readonly PoolFigure[]): string[] {
  if (state !== 'right') return [state, ...figures.map(() => '')];
  return figures.flatMap(({ key }, index) => {
    const { summary, heddleIs } = measured[key]!;
    const cell = `${formatFigure(summary.median)} ${formatSpread(summary)}`.trimEnd();
    if (index > 0) return [cell];
    if (heddleIs === undefined) return [cell, ''];
    return [cell, `${formatRatio(heddleIs.ratio)} (${formatRatio(heddleIs.low)}..${formatRatio(heddleIs.high)})`];
  });
}

function caseTable({ contestants, figures }: PoolCaseResult): string {
  const [first, ...others] = figures.map(({ label, unit }) => `${label}, ${unit}`);
  const table = plainTable(['', first!, RATIO_HEAD, ...others]);
  for (const one of contestants) {
    const { isFloor } = contestantOf(one.name);
    const mark = isFloor
      ? ' (no pool: what the machine allows)'
      : one.isBeyondLimit
        ? ' (beyond the limit: not compared)'
        : '';
    table.push([`${one.label}${mark}`, ...cellsOf(one, figures)]);
  }
  return table.toString();
}

const markOf = (isReached: boolean | undefined): string =>
  isReached === undefined ? '' : isReached ? ' reached' : ' missed';

function targetLines(result: PoolCaseResult): string[] {
  return result.figures.flatMap((figure) => {
    if (figure.target === undefined) return [];
    const limit = figure.better === 'lower' ? 'at most' : 'at least';
    return [
      `  ${figure.label}: target ${limit} ${withUnit(figure.target, figure)}${markOf(reachesTarget(figure, result))}`,
    ];
  });
}

export function verdictText({ verdict }: PoolCaseResult): string {
  if (verdict === undefined) return 'nobody to compare with';
  const { against, heddleIs, is } = verdict;
  return `${is === 'level' ? 'level with' : is === 'ahead' ? 'ahead of' : 'behind'} ${contestantOf(against).label}: ${formatRatio(heddleIs.ratio)}`;
}

function caseText(result: PoolCaseResult): string {
  const problems = result.contestants.filter(({ problem }) => problem !== undefined);
  return [
    `${result.id}: ${result.about}`,
    `  ${result.rounds} rounds; ${result.figures[0]?.better} is better; "${RATIO_HEAD} 2.00x" means twice as good as that one`,
    caseTable(result),
    `  verdict: ${verdictText(result)}`,
    ...targetLines(result),
    ...problems.map(({ label, state, problem }) => `  ${label} ${state}: ${problem}`),
  ].join('\n');
}

function summaryTable(cases: readonly PoolCaseResult[]): string {
  const table = plainTable(['all cases', 'heddle', 'target', 'verdict']);
  for (const result of cases) {
    const [figure] = result.figures;
    const heddle = heddleOf(result);
    const median = heddle?.figures[figure!.key]?.summary.median;
    table.push([
      `${result.id} ${figure!.label}`,
      heddle?.state === 'right' && median !== undefined ? withUnit(median, figure!) : (heddle?.state ?? ''),
      figure!.target === undefined
        ? ''
        : `${withUnit(figure!.target, figure!)}${markOf(reachesTarget(figure!, result))}`,
      verdictText(result),
    ]);
  }
  return table.toString();
}

/** Everything of a run for the terminal. */
export function poolText({ cases, noise, card, contestants }: PoolResult): string {
  const head = `${card.cpu.model}, ${card.cores.allowed} cores, Node ${card.node.version}; noise of this machine ${Math.round(noise * 100)}%`;
  const settings = Object.values(contestants).map(({ label, setting }) => `  ${label}: ${setting}`);
  const summary = cases.length > 1 ? [summaryTable(cases)] : [];
  return [head, ...cases.map(caseText), ['Settings', ...settings].join('\n'), ...summary].join('\n\n');
}
