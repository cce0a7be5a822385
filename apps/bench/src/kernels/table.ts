// The tables of the terminal: one per case with a row per size, and a summary.
import { plainTable } from '../render/plain-table.ts';
import { CONTESTANTS, peerHead, type ContestantKind } from './contestants.ts';
import { LIMIT_LABELS } from './limits.ts';
import type { CaseResult, SizeResult, KernelsResult } from './result.ts';
import { formatCrossover, formatFigure, formatRatio, formatShare, formatSize, formatSpread } from '../render/format.ts';

const NATIVE_KINDS = ['native-1', 'native-all'] as const;

function timingCell({ timings, speedups, ofLimit }: SizeResult, kind: ContestantKind): string {
  const timing = timings.find((one) => one.kind === kind);
  if (timing === undefined) return '';
  const figure = `${formatFigure(timing.figure)} ${formatSpread(timing.ms)}`;
  const speedup = speedups[kind];
  if (speedup === undefined) return figure;
  const interval = `${formatRatio(speedup.low)}..${formatRatio(speedup.high)}`;
  const share = ofLimit?.[kind];
  const limit = share === undefined ? '' : `, ${formatShare(share.ratio)} of the limit`;
  return `${figure}  ${formatRatio(speedup.ratio)} (${interval})${limit}`;
}

function besideCell({ beside }: SizeResult, kind: ContestantKind): string {
  const found = beside?.[kind];
  if (found === undefined) return '';
  const figure = `${formatFigure(found.figure)} ${formatSpread(found.ms)}`;
  return found.speedup === undefined ? figure : `${figure}  native ${formatRatio(found.speedup.ratio)}`;
}

function caseTable(result: CaseResult): string {
  const kinds = new Set(result.contestants.map(({ kind }) => kind));
  const natives = NATIVE_KINDS.filter((kind) => kinds.has(kind));
  const { peer } = result;
  const beside = peer === undefined ? [] : natives;
  const table = plainTable([
    result.sizeLabel,
    'best JavaScript',
    ...natives.map((kind) => CONTESTANTS[kind].label),
    ...beside.map((kind) => peerHead(peer!.label, kind)),
  ]);
  for (const size of result.sizes) {
    const { baseline } = size;
    const label = result.contestants.find(({ kind }) => kind === baseline)?.label ?? '';
    const javascript = baseline === undefined ? '' : `${timingCell(size, baseline)} ${label}`;
    table.push([
      formatSize(size.size),
      javascript,
      ...natives.map((kind) => timingCell(size, kind)),
      ...beside.map((kind) => besideCell(size, kind)),
    ]);
  }
  return table.toString();
}

function caseText(result: CaseResult): string {
  const better = `${result.unit}, ${result.better} is better`;
  const state = result.agrees ? 'equal results' : 'RESULTS NOT EQUAL';
  const native = result.contestants.some(({ kind }) => CONTESTANTS[kind].isNative)
    ? `; native on all threads is faster ${formatCrossover(result)}`
    : '';
  const lines = [`${result.id}: ${better}; ${result.rounds} rounds, ${state}${native}`, caseTable(result)];
  for (const { label, problem } of result.contestants) if (problem) lines.push(`  ${label}: ${problem}`);
  if (result.limit !== undefined)
    lines.push(`  limit: ${LIMIT_LABELS[result.limit]} on this machine, in the same rounds`);
  if (result.peer !== undefined) {
    const { label, setting, problem } = result.peer;
    lines.push(`  ${label}, in the same rounds: ${setting}; "native 2.00x" means half its time`);
    if (problem !== undefined) lines.push(`  ${label}: ${problem}`);
  }
  if (result.limitProblem !== undefined) lines.push(`  the limit was not measured: ${result.limitProblem}`);
  return lines.join('\n');
}

function summaryTable(cases: readonly CaseResult[]): string {
  const table = plainTable([
    'speed-up over the best JavaScript',
    'at',
    ...NATIVE_KINDS.map((kind) => CONTESTANTS[kind].label),
    'all threads faster',
  ]);
  for (const result of cases) {
    const largest = result.sizes.at(-1);
    if (largest === undefined) continue;
    const ratios = NATIVE_KINDS.map((kind) => largest.speedups[kind]);
    table.push([
      result.id,
      `${formatSize(largest.size)} ${result.sizeLabel}`,
      ...ratios.map((speedup) => (speedup === undefined ? '' : formatRatio(speedup.ratio))),
      formatCrossover(result),
    ]);
  }
  return table.toString();
}

/** Everything of a run for the terminal. */
export function suiteText(result: KernelsResult): string {
  const { cases, noise, card, native, nativeAbsent, limitsAbsent, peersAbsent = [] } = result;
  const threads = native === undefined ? '' : `, native on ${native.threads} threads with ${native.simd}`;
  const head =
    `${card.cpu.model}, ${card.cores.allowed} cores, Node ${card.node.version}${threads}; ` +
    `noise of this machine ${Math.round(noise * 100)}%`;
  const absent = nativeAbsent === undefined ? [] : [`native contestants left out: ${nativeAbsent}`];
  if (limitsAbsent !== undefined) absent.push(`limits of this machine left out: ${limitsAbsent}`);
  absent.push(...peersAbsent.map((sentence) => `left out beside the kernels: ${sentence}`));
  const summary = native === undefined || cases.length === 0 ? [] : [summaryTable(cases)];
  return [head, ...absent, ...cases.map((result) => caseText(result)), ...summary].join('\n\n');
}
