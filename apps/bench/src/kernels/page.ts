// bench-report/: report.json with everything, report.html with speed-up by size and the crossover of each kernel.
import { renderPage, type Cell, type LinesChart, type Section } from '@heddle/measure';
import { CONTESTANT_KINDS, CONTESTANTS, peerHead } from './contestants.ts';
import { LIMIT_LABELS } from './limits.ts';
import type { CaseResult, SizeResult, KernelsResult } from './result.ts';
import { formatCrossover, formatFigure, formatRatio, formatShare, formatSize, formatSpread } from '../render/format.ts';

const NATIVE_KINDS = ['native-1', 'native-all'] as const;

const isCrossed = ({ crossover, sizes }: CaseResult): boolean =>
  crossover !== undefined && crossover !== sizes[0]?.size;

function speedupChart(result: CaseResult): LinesChart {
  return {
    type: 'lines',
    xLabel: result.sizeLabel,
    xFormat: formatSize,
    yLabel: 'speed-up over the best JavaScript',
    unit: '\u00d7',
    reference: { value: 1, label: 'as fast as JavaScript' },
    series: NATIVE_KINDS.map((kind) => ({
      name: CONTESTANTS[kind].label,
      points: result.sizes.flatMap(({ size, speedups }) => {
        const speedup = speedups[kind];
        return speedup ? [{ x: size, value: speedup.ratio, low: speedup.low, high: speedup.high }] : [];
      }),
    })).filter(({ points }) => points.length > 0),
    // At the smallest size there is nothing to cross.
    marks: isCrossed(result) ? [{ x: result.crossover!, label: 'native wins from here' }] : [],
  };
}

/** Columns of the library that stands beside the kernel. */
const besideKinds = ({ peer }: CaseResult): readonly (typeof NATIVE_KINDS)[number][] =>
  peer === undefined ? [] : NATIVE_KINDS;

const fastestMs = ({ timings, beside = {} }: SizeResult): number =>
  Math.min(...[...timings, ...Object.values(beside)].map(({ ms }) => ms.median));

function sizeRow(result: CaseResult, row: SizeResult): Cell[] {
  const kinds = result.contestants.map(({ kind }) => kind);
  return [
    formatSize(row.size),
    ...kinds.map((kind): Cell => {
      const timing = row.timings.find((one) => one.kind === kind);
      if (timing === undefined) return null;
      const speedup = row.speedups[kind];
      const share = row.ofLimit?.[kind];
      const limit = share === undefined ? '' : `, ${formatShare(share.ratio)} of the limit`;
      const spread = formatSpread(timing.ms);
      return {
        text: formatFigure(timing.figure),
        detail: speedup ? `${spread}, ${formatRatio(speedup.ratio)}${limit}` : spread,
        winner: fastestMs(row) === timing.ms.median,
      };
    }),
    ...besideKinds(result).map((kind): Cell => {
      const found = row.beside?.[kind];
      if (found === undefined) return null;
      const spread = formatSpread(found.ms);
      return {
        text: formatFigure(found.figure),
        detail: found.speedup ? `${spread}, native ${formatRatio(found.speedup.ratio)}` : spread,
        winner: fastestMs(row) === found.ms.median,
      };
    }),
  ];
}

function caseSections(result: CaseResult): Section[] {
  const native = result.contestants.some(({ kind }) => CONTESTANTS[kind].isNative);
  const problems = [...result.contestants, ...(result.peer === undefined ? [] : [result.peer])].filter(
    ({ problem }) => problem !== undefined,
  );
  const limit = result.limit === undefined ? '' : ` Limit: ${LIMIT_LABELS[result.limit]}, in the same rounds.`;
  const peer = result.peer === undefined ? '' : ` ${result.peer.label}: ${result.peer.setting}.`;
  const agreement = result.agrees ? 'All results are equal.' : 'The results are not equal: see below.';
  const wins = native ? ` Native on all threads is faster ${formatCrossover(result)}.` : '';
  return [
    { kind: 'heading', text: result.id, lead: `${result.about}${wins}` },
    ...(native
      ? [
          {
            kind: 'chart',
            title: `${result.id}: speed-up by size`,
            description: 'Over the fastest JavaScript at the same size; the thin lines are 95 % intervals.',
            chart: speedupChart(result),
          } as const,
        ]
      : []),
    {
      kind: 'table',
      caption: `${result.unit}, ${result.better} is better; below it the spread and the speed-up over the best JavaScript`,
      columns: [
        result.sizeLabel,
        ...result.contestants.map(({ label }) => label),
        ...besideKinds(result).map((kind) => peerHead(result.peer!.label, kind)),
      ],
      rows: result.sizes.map((row) => sizeRow(result, row)),
      note: `Medians of ${result.rounds} rounds. ${agreement}${limit}${peer}`,
    },
    ...(problems.length === 0
      ? []
      : [{ kind: 'prose', text: problems.map(({ label, problem }) => `${label}: ${problem}`) } as const]),
  ];
}

function summarySections({ cases, native }: KernelsResult): Section[] {
  if (native === undefined || cases.length < 2) return [];
  const rows = cases.flatMap((result) => {
    const largest = result.sizes.at(-1);
    return largest === undefined ? [] : [{ result, largest }];
  });
  return [
    { kind: 'heading', text: 'All kernels', lead: 'At the largest size measured, over the fastest JavaScript there.' },
    {
      kind: 'chart',
      title: 'Speed-up over the best JavaScript',
      description: 'Bars longer than 1 are faster than JavaScript; the thin line is the 95 % interval.',
      chart: {
        type: 'groupedBars',
        scale: 'log',
        unit: '\u00d7',
        reference: { value: 1, label: 'JavaScript' },
        groups: rows.map(({ result }) => result.id),
        series: NATIVE_KINDS.map((kind) => ({
          name: CONTESTANTS[kind].label,
          values: rows.map(({ largest: { speedups } }) => {
            const speedup = speedups[kind];
            return speedup ? { value: speedup.ratio, low: speedup.low, high: speedup.high } : null;
          }),
        })),
      },
    },
    {
      kind: 'table',
      caption: 'Speed-up over the best JavaScript at the largest size, 95 % interval below',
      columns: ['kernel', 'at', ...NATIVE_KINDS.map((kind) => CONTESTANTS[kind].label), 'all threads faster'],
      rows: rows.map(({ result, largest }): Cell[] => [
        result.id,
        `${formatSize(largest.size)} ${result.sizeLabel}`,
        ...NATIVE_KINDS.map((kind): Cell => {
          const speedup = largest.speedups[kind];
          if (speedup === undefined) return null;
          return {
            text: formatRatio(speedup.ratio),
            detail: `${formatRatio(speedup.low)} to ${formatRatio(speedup.high)}`,
            mark: result.agrees ? 'ok' : 'wrong',
          };
        }),
        { text: formatCrossover(result) },
      ]),
    },
  ];
}

function methodSection({ noise, native, nativeAbsent, quick }: KernelsResult): Section {
  const size = quick ? 'A quick run: few sizes and rounds. ' : '';
  const addon =
    native === undefined
      ? `The native contestants are absent: ${nativeAbsent ?? 'no binary'}.`
      : `Native: ${native.threads} threads, ${native.simd}.`;
  return {
    kind: 'prose',
    text:
      `${size}Each contestant lives in a process of its own; rounds alternate between them, and each round takes all ` +
      `sizes. Only the calls themselves are timed, fresh inputs are made beside. The baseline is the fastest JavaScript ` +
      `at each size. ${addon} A fixed loop spread by ${Math.round(noise * 100)} % on this machine before the run: ` +
      `smaller differences mean nothing.`,
  };
}

/** The page of a run. */
export function suitePage(result: KernelsResult): string {
  return renderPage({
    title: `heddle bench: ${result.suite}`,
    subtitle: 'Native kernels on one and on all threads against the fastest JavaScript, by size of the input.',
    card: result.card,
    sections: [methodSection(result), ...summarySections(result), ...result.cases.flatMap((one) => caseSections(one))],
    seriesOrder: CONTESTANT_KINDS.map((kind) => CONTESTANTS[kind].label),
    data: result,
  });
}
