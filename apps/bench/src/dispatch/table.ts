// The tables of the terminal: one per case with a row per contestant, the settings, and a summary.
import { formatFigure, formatRatio, formatSpread } from '../render/format.ts';
import { plainTable } from '../render/plain-table.ts';
import type { Figure } from './case-table.ts';
import {
  hardestPeer,
  heddleOf,
  reachesTarget,
  targetOf,
  type CaseContestant,
  type DispatchCaseResult,
  type DispatchResult,
} from './result.ts';

const RATIO_HEAD = 'heddle is';

const withUnit = (value: number, { unit }: Figure): string => `${formatFigure(value)} ${unit}`;

function figureCells({ figures, state }: CaseContestant, { key }: Figure): string[] {
  const measured = figures[key];
  if (measured === undefined) return ['', ''];
  const { heddleIs } = measured;
  const interval = heddleIs && `${formatRatio(heddleIs.low)}..${formatRatio(heddleIs.high)}`;
  return [
    state === 'right'
      ? `${formatFigure(measured.summary.median)} ${formatSpread(measured.summary)}`
      : state.toUpperCase(),
    heddleIs === undefined ? '' : `${formatRatio(heddleIs.ratio)} (${interval})`,
  ];
}

function caseTable({ contestants, figures }: DispatchCaseResult): string {
  const heads = figures.flatMap(({ label, unit }) => [`${label}, ${unit}`, RATIO_HEAD]);
  const table = plainTable(['', ...heads]);
  for (const contestant of contestants) {
    const cells = figures.flatMap((figure) => figureCells(contestant, figure));
    if (contestant.state === 'failed') cells[0] = 'FAILED';
    table.push([contestant.label, ...cells]);
  }
  return table.toString();
}

/** "target at most 6 us: missed; floor 3.3 us (…)", for each figure that has one. */
function boundsLines(result: DispatchCaseResult): string[] {
  return result.figures.flatMap((figure) => {
    const target = targetOf(figure, result);
    const isReached = reachesTarget(figure, result);
    const limit = figure.better === 'lower' ? 'at most' : 'at least';
    const words: string[] = [];
    if (target !== undefined) {
      const verdict = isReached === undefined ? '' : isReached ? ': reached' : ': missed';
      words.push(`target ${limit} ${withUnit(target, figure)}${verdict}`);
    }
    if (figure.floor !== undefined) words.push(`floor ${withUnit(figure.floor, figure)} (${result.floorOf})`);
    return words.length === 0 ? [] : [`  ${figure.label}: ${words.join('; ')}`];
  });
}

function caseText(result: DispatchCaseResult): string {
  const problems = result.contestants.filter(({ problem }) => problem !== undefined);
  return [
    `${result.id}: ${result.about}`,
    `  ${result.rounds} rounds; ${result.figures[0]?.better} is better; "${RATIO_HEAD} 2.00x" means twice as good as that one`,
    caseTable(result),
    ...boundsLines(result),
    ...problems.map(({ label, state, problem }) => `  ${label} ${state}: ${problem}`),
  ].join('\n');
}

function summaryTable(cases: readonly DispatchCaseResult[]): string {
  const table = plainTable(['all cases', 'heddle', 'target', 'hardest to beat', RATIO_HEAD]);
  for (const result of cases) {
    const heddle = heddleOf(result);
    for (const figure of result.figures) {
      const measured = heddle?.figures[figure.key];
      const target = targetOf(figure, result);
      const mark = { true: 'reached', false: 'missed', undefined: '' }[String(reachesTarget(figure, result))]!;
      const peer = hardestPeer(figure, result);
      const theirs = peer?.figures[figure.key];
      table.push([
        `${result.id} ${figure.label}`,
        heddle?.state === 'right' && measured ? withUnit(measured.summary.median, figure) : (heddle?.state ?? ''),
        target === undefined ? '' : `${withUnit(target, figure)} ${mark}`,
        peer && theirs ? `${peer.label} ${withUnit(theirs.summary.median, figure)}` : '',
        theirs?.heddleIs ? formatRatio(theirs.heddleIs.ratio) : '',
      ]);
    }
  }
  return table.toString();
}

/** Everything of a run for the terminal. */
export function dispatchText({ cases, noise, card, contestants }: DispatchResult): string {
  const head = `${card.cpu.model}, ${card.cores.allowed} cores, Node ${card.node.version}; noise of this machine ${Math.round(noise * 100)}%`;
  const settings = Object.values(contestants).map(
    ({ label, version, setting }) => `  ${label}${version === undefined ? '' : ` ${version}`}: ${setting}`,
  );
  const summary = cases.length > 1 ? [summaryTable(cases)] : [];
  return [head, ...cases.map((result) => caseText(result)), ['Settings', ...settings].join('\n'), ...summary].join(
    '\n\n',
  );
}
