// The replays for the terminal: what other thresholds would do, and what this choice would do on other machines.
import { formatFigure, formatRatio } from '../../render/format.ts';
import { plainTable } from '../../render/plain-table.ts';
import type { AdvisorResult } from '../result.ts';
import type { ReplayScore } from './outcome.ts';
import type { Simulation } from './simulation.ts';
import type { Validation } from './validation.ts';

const percent = (part: number): string => `${formatFigure(part * 100)} %`;

const cells = ({ near, regret, p99, harm }: ReplayScore): string[] => [
  percent(near),
  percent(regret),
  formatRatio(p99),
  percent(harm),
];

export function tuningText(tuning: Validation['shipped']): string {
  return Object.entries(tuning)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

function validationText({ families, total, shipped, onAll, agreement }: Validation): string[] {
  const table = plainTable([
    '',
    'replays',
    'shipped',
    'regret',
    'p99',
    'harm',
    'fitted without it',
    'regret',
    'p99',
    'harm',
  ]);
  for (const one of families)
    table.push([one.family, one.shipped.replays, ...cells(one.shipped), ...cells(one.fitted)]);
  table.push(['all', total.shipped.replays, ...cells(total.shipped), ...cells(total.fitted)]);
  return [
    'Thresholds in use, and fitted on all families but the one they are judged on: replayed by what was measured',
    table.toString(),
    `In use: ${tuningText(shipped)}. Fitted on all: ${tuningText(onAll)}. The replay does as the pool did in ${percent(agreement)} of the jobs.`,
  ];
}

function simulationText({ machines, check, families }: Simulation): string[] {
  const table = plainTable(['simulated', 'within 10 %', 'regret', 'p99', 'harm', 'inline is best', 'stays inline']);
  table.push([`${check.cores} cores, simulated`, ...cells(check.simulated), '', '']);
  table.push([`${check.cores} cores, measured`, ...cells(check.measured), '', '']);
  for (const { cores, auto, best, chosen } of machines)
    table.push([`${cores} cores, simulated`, ...cells(auto), percent(best.inline), percent(chosen.inline)]);
  const off = plainTable(['off by', 'inline', 'threads', 'processes', 'best is near']);
  for (const { family, check: one } of [...families, { family: 'all', check }])
    off.push([family, ...Object.values(one.off).map(percent), percent(one.bestIsNear)]);
  return ['auto on machines that were not measured', table.toString(), off.toString()];
}

export function replayText({ validation, simulation }: AdvisorResult): string[] {
  return [
    ...(validation === undefined ? [] : validationText(validation)),
    ...(simulation === undefined ? [] : simulationText(simulation)),
  ];
}
