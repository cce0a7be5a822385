// The tables of the terminal: one per case with a row per contestant, and the settings.
import { formatFigure, formatRatio, formatSpread } from '../render/format.ts';
import { plainTable } from '../render/plain-table.ts';
import type { SyncCaseContestant, SyncCaseResult, SyncResult } from './result.ts';

/** What stands in a table for a contestant: its figure, and how heddle compares. */
export function cellsOf({ state, summary, heddleIs }: SyncCaseContestant): [figure: string, ratio: string] {
  const figure =
    state === 'right' && summary !== undefined ? `${formatFigure(summary.median)} ${formatSpread(summary)}` : state;
  if (heddleIs === undefined) return [figure, ''];
  return [figure, `${formatRatio(heddleIs.ratio)} (${formatRatio(heddleIs.low)}..${formatRatio(heddleIs.high)})`];
}

function caseText({ id, about, figure, rounds, contestants }: SyncCaseResult): string {
  const table = plainTable(['', `${figure.label}, ${figure.unit}`, 'heddle is']);
  for (const contestant of contestants) table.push([contestant.label, ...cellsOf(contestant)]);
  const problems = contestants.filter(({ problem }) => problem !== undefined);
  return [
    `${id}: ${about}`,
    `  ${rounds} rounds; ${figure.better} is better; "heddle is 2.00x" means twice as good as that one`,
    table.toString(),
    ...problems.map(({ label, state, problem }) => `  ${label} ${state}: ${problem}`),
  ].join('\n');
}

/** Everything of a run for the terminal. */
export function syncText({ cases, noise, card, contestants }: SyncResult): string {
  const head = `${card.cpu.model}, ${card.cores.allowed} cores, Node ${card.node.version}; noise of this machine ${Math.round(noise * 100)}%`;
  const settings = Object.values(contestants).map(
    ({ label, version, setting }) => `  ${label}${version === undefined ? '' : ` ${version}`}: ${setting}`,
  );
  return [head, ...cases.map(caseText), ['Settings', ...settings].join('\n')].join('\n\n');
}
