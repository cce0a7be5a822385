// heddle-report/: the page and the JSON behind it, both from the same plain results.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { renderPage, type Cell, type MachineCard, type ReportImage, type Section } from '@heddle/measure';
import { countOf, formatBytes, formatMs, formatRatio, formatValue } from '../render/format.ts';
import { toJsonText } from '../render/json.ts';
import { CHOICES, KINDS, kindOf } from './kinds.ts';
import { noteLabels } from './result.ts';
import type { Answer, KindOutcome, Price, ResultState, WorkloadResult } from './result.ts';

export interface ReportData {
  readonly card: MachineCard;
  readonly noise: number;
  readonly workers: number;
  readonly prices: readonly Price[];
  readonly results: readonly WorkloadResult[];
}

const MARKS: Record<ResultState, 'ok' | 'wrong' | 'failed'> = {
  equal: 'ok',
  differs: 'wrong',
  wrong: 'wrong',
  failed: 'failed',
};

const labels = ({ kinds }: Answer): string => kinds.map((kind) => kindOf(kind).label).join(', ') || 'none';

function presentKinds(results: readonly WorkloadResult[]) {
  return KINDS.filter(({ id }) => results.some(({ kinds }) => kinds.some(({ kind }) => kind === id)));
}

function speedupCell(result: WorkloadResult, outcome: KindOutcome | undefined): Cell {
  if (!outcome) return null;
  const mark = MARKS[outcome.state];
  if (result.decides.isCount && outcome.decided) {
    const text = formatValue(outcome.decided.median, result.decides.unit);
    return { text, mark, winner: result.verdict.fastest.kinds.includes(outcome.kind) };
  }
  if (!outcome.speedup) return { text: outcome.state, mark };
  const { ratio, low, high } = outcome.speedup;
  const chose = outcome.kind === 'auto' && result.auto !== undefined ? `${result.auto.chose.join(', ')}; ` : '';
  return {
    text: formatRatio(ratio),
    mark,
    winner: result.verdict.fastest.kinds.includes(outcome.kind),
    ...(outcome.kind === 'inline' ? {} : { detail: `${chose}${formatRatio(low)} to ${formatRatio(high)}` }),
  };
}

function summarySections(results: readonly WorkloadResult[]): Section[] {
  if (results.length < 2) return [];
  const kinds = presentKinds(results);
  const compared = results.filter(({ decides }) => !decides.isCount);
  return [
    {
      kind: 'heading',
      text: 'All workloads',
      lead: 'How many times better than inline JavaScript on the main thread.',
    },
    {
      kind: 'chart',
      title: 'Speed-up over inline, by workload and backend',
      description: 'Bars longer than 1 are better than inline; the thin line is the 95 % interval.',
      chart: {
        type: 'groupedBars',
        scale: 'log',
        unit: '\u00d7',
        reference: { value: 1, label: 'inline' },
        groups: compared.map(({ name }) => name),
        series: kinds
          .filter(({ id }) => id !== 'inline')
          .map(({ id, label }) => ({
            name: label,
            values: compared.map((result) => {
              const speedup = result.kinds.find(({ kind }) => kind === id)?.speedup;
              return speedup ? { value: speedup.ratio, low: speedup.low, high: speedup.high } : null;
            }),
          })),
      },
    },
    {
      kind: 'table',
      caption: 'Speed-up over inline, 95 % interval below; the check mark says that the result was checked',
      columns: ['workload', ...kinds.map(({ label }) => label)],
      rows: results.map((result): Cell[] => [
        result.decides.key === 'wallMs' ? result.name : { text: result.name, detail: result.decides.label },
        ...kinds.map(({ id }) =>
          speedupCell(
            result,
            result.kinds.find(({ kind }) => kind === id),
          ),
        ),
      ]),
    },
  ];
}

function detailRow(result: WorkloadResult, outcome: KindOutcome): Cell[] {
  const { kind, wallMs, peakPssBytes, loopDelayP99Ms, coresUsed, startMs } = outcome;
  const own = result.measures.filter(({ key }) => key !== 'wallMs');
  return [
    { text: kindOf(kind).label, detail: kindOf(kind).meaning },
    wallMs ? { text: formatMs(wallMs.median), detail: `${formatMs(wallMs.q1)} to ${formatMs(wallMs.q3)}` } : null,
    ...own.map(({ key, unit }): Cell => {
      const summary = outcome.measures[key];
      return summary ? formatValue(summary.median, unit) : null;
    }),
    speedupCell(result, outcome),
    coresUsed === undefined ? null : coresUsed.toFixed(2),
    peakPssBytes === undefined ? null : formatBytes(peakPssBytes),
    loopDelayP99Ms === undefined ? null : formatMs(loopDelayP99Ms),
    startMs === undefined ? null : formatMs(startMs),
  ];
}

async function imagesOf(result: WorkloadResult): Promise<ReportImage[]> {
  const pictures = Object.entries(result.artifacts).filter(([, file]) => file.endsWith('.png'));
  return Promise.all(
    pictures.map(async ([name, file]) => ({
      png: await readFile(file),
      alt: `${result.title}: ${name}`,
      caption: name,
    })),
  );
}

async function workloadSections(result: WorkloadResult): Promise<Section[]> {
  const { verdict, decides } = result;
  const own = result.measures.filter(({ key }) => key !== 'wallMs');
  const images = await imagesOf(result);
  const problems = result.kinds.filter(({ problem }) => problem !== undefined);
  const measured = result.kinds.filter(({ decided }) => decided !== undefined);
  return [
    {
      kind: 'heading',
      text: result.title,
      lead: `${result.standsFor}. ${result.size}; ${countOf(result.rounds, 'round')}${result.wasInterrupted ? ', interrupted' : ''}.`,
    },
    {
      kind: 'answers',
      answers: [
        {
          question: decides.isCount ? 'Best' : 'Fastest',
          answer: labels(verdict.fastest),
          reason: verdict.fastest.sentence,
        },
        {
          question: `${decides.isCount ? 'Best' : 'Fastest'} that survives a crash`,
          answer: labels(verdict.survivesCrash),
          reason: verdict.survivesCrash.sentence,
        },
        {
          question: 'Lightest on memory and main loop',
          answer: labels(verdict.lightest),
          reason: verdict.lightest.sentence,
        },
        ...(result.auto === undefined
          ? []
          : [
              {
                question: 'What auto chose',
                answer: result.auto.chose.join(', ') || 'nothing',
                reason: result.auto.sentence,
              },
            ]),
      ],
      ...(verdict.againstTextbook ? { aside: verdict.againstTextbook } : {}),
    },
    ...(measured.length > 0
      ? ([
          {
            kind: 'chart',
            title: `${decides.label}, ${decides.unit}`,
            description: `${decides.better === 'lower' ? 'Shorter' : 'Longer'} is better; the thin line spans the middle half of the rounds.`,
            chart: {
              type: 'bars',
              unit: decides.unit === '' ? '' : ` ${decides.unit}`,
              bars: measured.map(({ kind, decided }) => ({
                label: kindOf(kind).label,
                value: decided!.median,
                low: decided!.q1,
                high: decided!.q3,
              })),
            },
          },
        ] satisfies Section[])
      : []),
    {
      kind: 'table',
      caption: 'Every variant',
      columns: [
        'variant',
        { text: 'time per round', detail: 'middle half' },
        ...own.map(({ label }) => label),
        'speed-up',
        { text: 'cores used', detail: 'CPU by wall time' },
        'peak memory',
        { text: 'loop delay', detail: 'p99' },
        { text: 'start', detail: 'not part of a round' },
      ],
      rows: result.kinds.map((outcome) => detailRow(result, outcome)),
    },
    ...noteSections(result),
    ...explanationSections(result),
    ...(problems.length > 0
      ? ([
          {
            kind: 'code',
            caption: 'Problems',
            text: problems.map((p) => `${kindOf(p.kind).label}: ${p.problem}`).join('\n'),
          },
        ] satisfies Section[])
      : []),
    ...(images.length > 0 ? ([{ kind: 'images', images }] satisfies Section[]) : []),
  ];
}

function noteSections(result: WorkloadResult): Section[] {
  const noted = result.kinds.filter(({ notes }) => notes !== undefined);
  if (noted.length === 0) return [];
  return [
    {
      kind: 'table',
      caption: 'What was seen',
      columns: ['', ...noted.map(({ kind }) => ({ text: kindOf(kind).label, align: 'left' as const }))],
      rows: noteLabels(result).map((label): Cell[] => [label, ...noted.map(({ notes }) => notes![label] ?? null)]),
    },
  ];
}

/** Why `auto` chose what it did: a row for each backend of each function. */
function explanationSections({ kinds }: WorkloadResult): Section[] {
  const functions = kinds.find(({ kind }) => kind === 'auto')?.explanation?.functions ?? [];
  if (functions.length === 0) return [];
  return [
    {
      kind: 'table',
      caption: 'Why auto chose it',
      columns: [
        'function',
        { text: 'backend', align: 'left' },
        'calls',
        { text: 'predicted', detail: 'for all calls of the last decision' },
        { text: 'measured', detail: 'per call of a long map' },
        { text: 'ruled out', align: 'left' },
      ],
      rows: functions.flatMap(({ name, backend, calls, decidedFor, predictedMs, actualMs, ruledOut }) =>
        CHOICES.map((choice, index): Cell[] => [
          index === 0 ? { text: name, detail: countOf(decidedFor, 'call') } : '',
          choice === backend ? `${choice} \u2190` : choice,
          (calls[choice] ?? 0).toLocaleString('en-US'),
          predictedMs[choice] === undefined ? null : formatMs(predictedMs[choice]),
          actualMs[choice] === undefined ? null : formatMs(actualMs[choice]),
          ruledOut.find((out) => out.backend === choice)?.reason ?? null,
        ]),
      ),
    },
  ];
}

function priceSections(prices: readonly Price[]): Section[] {
  if (prices.length === 0) return [];
  return [
    { kind: 'heading', text: 'Price list', lead: 'What threads and processes cost here before any work is done.' },
    {
      kind: 'table',
      caption: 'Median; the middle half in brackets',
      columns: ['', { text: 'threads', align: 'left' }, { text: 'processes', align: 'left' }],
      rows: prices.map(({ label, threads, processes }): Cell[] => [label, threads, processes]),
    },
  ];
}

/** Writes report.html and report.json into `dir`; returns their paths. */
export async function writeReport(dir: string, data: ReportData): Promise<string[]> {
  const { card, noise, workers, prices, results } = data;
  const names = results.map(({ name }) => name);
  const html = renderPage({
    title: results.length === 1 ? `heddle compare: ${names[0]}` : 'heddle compare: threads or processes?',
    subtitle: `Measured with ${workers} workers, rounds of all variants interleaved; this machine's noise is ${(noise * 100).toFixed(1)}\u00a0%.`,
    card,
    // Backends keep their colours in every chart, also where some are missing.
    seriesOrder: KINDS.map(({ label }) => label),
    sections: [
      ...priceSections(prices),
      ...summarySections(results),
      ...(await Promise.all(results.map(workloadSections))).flat(),
    ],
  });
  const files = { 'report.html': html, 'report.json': toJsonText(data) };
  const written: string[] = [];
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(dir, name);
    await writeFile(file, text);
    written.push(file);
  }
  return written;
}
