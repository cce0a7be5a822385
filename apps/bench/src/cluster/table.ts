// The tables of the terminal: one per case, a row per variant.
import { formatFigure, formatRatio, formatSpread } from '../render/format.ts';
import { plainTable } from '../render/plain-table.ts';
import type { ClusterCaseResult, ClusterResult, VariantResult } from './result.ts';

export const COLUMNS = [
  '',
  'inputs/s',
  'longest gap, ms',
  'us an input: client',
  'Redis',
  'nodes',
  'kills',
  'lost',
  'doubled',
];

export function cellsOf(one: VariantResult): string[] {
  const { id, itemsPerSecond, longestGapMs, cpuUsPerItem, killed, lost, doubled, outOfOrder, problem, heddleIs } = one;
  if (itemsPerSecond === undefined || longestGapMs === undefined) return [id, problem ?? 'not measured'];
  const kills = killed.worker + killed.node + killed.redis;
  return [
    heddleIs === undefined ? id : `${id} (heddle is ${formatRatio(heddleIs.ratio)})`,
    `${formatFigure(itemsPerSecond.median)} ${formatSpread(itemsPerSecond)}`,
    `${formatFigure(longestGapMs.median)} (${formatFigure(longestGapMs.max)})`,
    ...(cpuUsPerItem === undefined
      ? ['', '', '']
      : [cpuUsPerItem.client, cpuUsPerItem.redis, cpuUsPerItem.nodes].map((us) => formatFigure(us))),
    kills === 0 ? '' : `${killed.worker} workers, ${killed.node} nodes, ${killed.redis} Redis`,
    String(lost),
    outOfOrder === 0 ? String(doubled) : `${doubled}, and ${outOfOrder} out of order`,
  ];
}

function caseText({ id, about, rounds, variants }: ClusterCaseResult): string {
  const table = plainTable([...COLUMNS]);
  for (const variant of variants) table.push(cellsOf(variant));
  const problems = variants.filter(({ problem }) => problem !== undefined);
  return [
    `${id}: ${about}`,
    `  ${rounds} rounds; medians, of the gap the worst too`,
    table.toString(),
    ...problems.map((variant) => `  ${variant.id}: ${variant.problem}`),
  ].join('\n');
}

export function clusterText({ card, noise, redis, cases }: ClusterResult): string {
  const head =
    `${card.cpu.model}, ${card.cores.allowed} cores, Node ${card.node.version}, Redis ${redis}; ` +
    `noise of this machine ${Math.round(noise * 100)} %`;
  return [head, ...cases.map(caseText)].join('\n\n');
}
