// The tables of the terminal. Everything that is printed on stdout for people is made here.
import Table from 'cli-table3';
import { kindOf, KINDS } from '../compare/kinds.ts';
import { noteLabels } from '../compare/result.ts';
import type { Answer, KindOutcome, Measure, Price, WorkloadResult } from '../compare/result.ts';
import { countOf, formatBytes, formatMs, formatRatio, formatValue } from './format.ts';

/** Columns of text in the table of notes. */
const NOTE_WIDTH = 36;

const PLAIN = { head: [], border: [] };

export function plainTable(head: string[], options: Table.TableConstructorOptions = {}): Table.Table {
  return new Table({ head, style: { ...PLAIN, compact: true }, ...options });
}

const MARKS: Record<KindOutcome['state'], string> = {
  equal: '\u2713',
  differs: '\u2260',
  wrong: '\u2717',
  failed: '!',
};

/** Half the width of the interval, in per cent of the ratio. */
function spreadOf({ ratio, low, high }: { ratio: number; low: number; high: number }): string {
  return `\u00b1${Math.round(((high - low) / 2 / ratio) * 100)}%`;
}

/** What `auto` chose stands beside its figure. */
function summaryCell(result: WorkloadResult, id: string): string {
  const outcome = result.kinds.find(({ kind }) => kind === id);
  const cell = speedupCell(outcome, result.decides);
  return id === 'auto' && result.auto !== undefined ? `${cell} ${result.auto.chose.join('+')}` : cell;
}

export function speedupCell(outcome: KindOutcome | undefined, { unit, isCount }: Measure): string {
  if (!outcome) return '';
  if (outcome.state === 'failed' && !outcome.speedup) return 'failed';
  if (isCount && outcome.decided) return `${formatValue(outcome.decided.median, unit)} ${MARKS[outcome.state]}`;
  if (!outcome.speedup) return `? ${MARKS[outcome.state]}`;
  const spread = outcome.kind === 'inline' ? '' : ` ${spreadOf(outcome.speedup)}`;
  return `${formatRatio(outcome.speedup.ratio)}${spread} ${MARKS[outcome.state]}`;
}

export function priceTable(prices: readonly Price[]): string {
  const table = plainTable(['what it costs here', 'threads', 'processes'], {
    colWidths: [34, 38, 38],
    wordWrap: true,
  });
  for (const { label, threads, processes } of prices) table.push([label, threads, processes]);
  return table.toString();
}

export function summaryTable(results: readonly WorkloadResult[]): string {
  const kinds = KINDS.filter(({ id }) => results.some((result) => result.kinds.some(({ kind }) => kind === id)));
  const table = plainTable(['speed-up over inline', ...kinds.map(({ label }) => label)]);
  for (const result of results) {
    const cells = kinds.map(({ id }) => summaryCell(result, id));
    const decided = result.decides.key === 'wallMs' ? '' : ` (${result.decides.label})`;
    table.push([`${result.name}${decided}`, ...cells]);
  }
  return table.toString();
}

function answerLine(question: string, { sentence }: Pick<Answer, 'sentence'>): string {
  return `  ${question.padEnd(26)}${sentence}`;
}

export function verdictLines(result: WorkloadResult): string {
  const { verdict } = result;
  const lines = [
    `${result.name}: ${result.size}, ${countOf(result.rounds, 'round')}${result.wasInterrupted ? ', interrupted' : ''}`,
    answerLine(result.decides.isCount ? 'best' : 'fastest', verdict.fastest),
    answerLine(`${result.decides.isCount ? 'best' : 'fastest'} surviving a crash`, verdict.survivesCrash),
    answerLine('lightest, loop kept free', verdict.lightest),
  ];
  if (result.auto) lines.push(answerLine('auto chose', result.auto));
  if (verdict.againstTextbook) lines.push(`  ${verdict.againstTextbook}`);
  for (const { kind, problem } of result.kinds) if (problem) lines.push(`  ${kindOf(kind).label}: ${problem}`);
  return lines.join('\n');
}

/** Every figure of one workload, a row per variant. */
export function detailTable(result: WorkloadResult): string {
  const own = result.measures.filter(({ key }) => key !== 'wallMs');
  const table = plainTable([
    'variant',
    'time per round',
    'spread',
    ...own.map(({ label }) => label),
    'speed-up',
    'cores used',
    'peak memory',
    'loop delay p99',
    'start',
    'result',
  ]);
  for (const outcome of result.kinds) {
    const { wallMs, peakPssBytes, loopDelayP99Ms, coresUsed, startMs } = outcome;
    table.push([
      kindOf(outcome.kind).label,
      wallMs ? formatMs(wallMs.median) : '',
      wallMs ? `\u00b1${Math.round((wallMs.relativeSpread / 2) * 100)}%` : '',
      ...own.map(({ key, unit }) => {
        const summary = outcome.measures[key];
        return summary ? formatValue(summary.median, unit) : '';
      }),
      outcome.speedup ? formatRatio(outcome.speedup.ratio) : '',
      coresUsed === undefined ? '' : coresUsed.toFixed(2),
      peakPssBytes === undefined ? '' : formatBytes(peakPssBytes),
      loopDelayP99Ms === undefined ? '' : formatMs(loopDelayP99Ms),
      startMs === undefined ? '' : formatMs(startMs),
      outcome.state === 'equal' ? MARKS.equal : `${MARKS[outcome.state]} ${outcome.state}`,
    ]);
  }
  return table.toString();
}

/** What the variants' checks saw, in words: a row per label, a column per variant. Undefined where nothing was noted. */
export function notesTable(result: WorkloadResult): string | undefined {
  const labels = noteLabels(result);
  if (labels.length === 0) return undefined;
  const noted = result.kinds.filter(({ notes }) => notes !== undefined);
  const table = plainTable(['', ...noted.map(({ kind }) => kindOf(kind).label)], {
    colWidths: [20, ...noted.map(() => NOTE_WIDTH)],
    wordWrap: true,
  });
  for (const label of labels) table.push([label, ...noted.map(({ notes }) => notes![label] ?? '')]);
  return table.toString();
}

/** A table of two columns without a heading. */
export function factTable(facts: readonly (readonly [string, string])[]): string {
  const table = new Table({ style: { ...PLAIN, compact: true } });
  for (const fact of facts) table.push([...fact]);
  return table.toString();
}
