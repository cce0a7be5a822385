/** Text and numbers of charts: labels of one line, axis ranges, the same figures as a table. */
import type { BarsChart, Cell, ChartSection, Estimate, GroupedBarsChart, LinesChart } from './sections.ts';
import { formatCompact, formatNumber } from './format.ts';
import { printable } from './html.ts';

export type AnyChart = BarsChart | GroupedBarsChart | LinesChart;

/** A label for a drawing: one line, printable. The drawing library escapes it. */
export function oneLine(text: string): string {
  return printable(text).replace(/\s+/g, ' ').trim();
}

/** How the chart's values are written. */
export function valueFormat(chart: AnyChart): (value: number) => string {
  return chart.format ?? ((value) => formatNumber(value) + (chart.unit ?? ''));
}

/** How the sizes on a line chart's x axis are written. */
export function sizeFormat(chart: LinesChart): (value: number) => string {
  return chart.xFormat ?? formatCompact;
}

export interface Range {
  min: number;
  max: number;
  /** Base of the logarithm; 0 for a linear axis. */
  logBase: number;
}

/** Above this ratio of largest to smallest, ticks at powers of two would be too many. */
const BINARY_TICKS_RATIO = 200;

/** Axis range over some values, at powers of 2 or 10 on a logarithmic axis, from 0 on a linear one. */
export function axisRange(values: readonly number[], scale: 'linear' | 'log'): Range {
  const finite = values.filter((value) => Number.isFinite(value) && (scale === 'linear' || value > 0));
  const low = finite.length === 0 ? 1 : Math.min(...finite);
  const high = finite.length === 0 ? 1 : Math.max(...finite);
  if (scale === 'linear') return { min: low < 0 ? -roundUp(-low) : 0, max: high > 0 ? roundUp(high) : 1, logBase: 0 };
  if (high / low > BINARY_TICKS_RATIO)
    return { min: decimalEnd(low, 'below'), max: decimalEnd(high, 'above'), logBase: 10 };
  // 1e-9: a power of two must not be pushed to the next one by the rounding of the logarithm.
  const min = 2 ** Math.floor(Math.log2(low) + 1e-9);
  const max = 2 ** Math.ceil(Math.log2(high) - 1e-9);
  return { min, max: max > min ? max : min * 2, logBase: 2 };
}

/** The nearest 1, 2 or 5 times a power of ten on the given side of a positive number, or the number itself if it is one. */
function decimalEnd(value: number, side: 'below' | 'above'): number {
  const power = Math.floor(Math.log10(value));
  // Decimal text, because 2 * 10 ** -2 is not 0.02.
  const ends = ['1', '2', '5', '10'].map((factor) => Number(`${factor}e${power}`));
  const end = side === 'below' ? ends.findLast((one) => one <= value) : ends.find((one) => one >= value);
  return end ?? value;
}

/** The next number above that reads well as the end of an axis: a step of 1, 2 or 5 times a power of ten. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value) - 0.5);
  const step = [1, 2, 5, 10].find((factor) => value / (factor * power) <= 7) ?? 10;
  return Math.ceil(value / (step * power) - 1e-9) * step * power;
}

/** Every number of an estimate. */
export function numbersOf(estimate: Estimate): number[] {
  return [estimate.value, estimate.low ?? estimate.value, estimate.high ?? estimate.value];
}

/** The chart's figures as the rows of a table. */
export function chartTable({ chart }: ChartSection): { columns: string[]; rows: Cell[][] } {
  const write = valueFormat(chart);
  const cell = (estimate: Estimate | null | undefined): Cell => {
    if (estimate === null || estimate === undefined || !Number.isFinite(estimate.value)) return null;
    const { value, low, high } = estimate;
    if (low === undefined && high === undefined) return write(value);
    return { text: write(value), detail: `${write(low ?? value)} to ${write(high ?? value)}` };
  };
  if (chart.type === 'bars') {
    return { columns: ['', 'Value'], rows: chart.bars.map((bar) => [bar.label, cell(bar)]) };
  }
  if (chart.type === 'groupedBars') {
    return {
      columns: ['', ...chart.series.map((series) => series.name)],
      rows: chart.groups.map((group, index) => [group, ...chart.series.map((series) => cell(series.values[index]))]),
    };
  }
  const sizes = [...new Set(chart.series.flatMap((series) => series.points.map((point) => point.x)))].filter((x) =>
    Number.isFinite(x),
  );
  sizes.sort((a, b) => a - b);
  const size = sizeFormat(chart);
  return {
    columns: [chart.xLabel, ...chart.series.map((series) => series.name)],
    rows: sizes.map((x) => [
      size(x),
      ...chart.series.map((series) => cell(series.points.find((point) => point.x === x))),
    ]),
  };
}
