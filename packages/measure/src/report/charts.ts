/**
 * Charts as inline SVG, drawn by echarts without a DOM. Each chart is drawn twice, for wide and for narrow windows (text
 * in an SVG shrinks with it); CSS shows one of the two.
 *
 * Text reaches the drawing only as plain strings and through function formatters, so no template in braces and no rich
 * text is interpreted; the library escapes it, and a test holds it to that.
 */
import { createRequire } from 'node:module';
import type { CustomSeriesOption, CustomSeriesRenderItemReturn, EChartsOption } from 'echarts';
import { axisRange, numbersOf, oneLine, sizeFormat, valueFormat, type AnyChart, type Range } from './chart-text.ts';
import { escapeHtml } from './html.ts';
import { roleColor, seriesColor, withVariables, type SeriesColors } from './palette.ts';
import type { BarsChart, Estimate, GroupedBarsChart, LinesChart } from './sections.ts';

export interface Layout {
  name: 'wide' | 'narrow';
  widthPx: number;
  /** Room for the labels at the left. */
  labelPx: number;
  /** Room for the values at the right of the bars. */
  valuePx: number;
}

export const LAYOUTS: readonly Layout[] = [
  { name: 'wide', widthPx: 960, labelPx: 190, valuePx: 150 },
  { name: 'narrow', widthPx: 380, labelPx: 100, valuePx: 62 },
];

const BAR_PX = 20;
const GROUPED_BAR_PX = 13;
const GROUP_GAP_PX = 18;
const AXIS_PX = 34;
const REFERENCE_PX = 20;
/** About how many ticks a value axis has. */
const TICKS = { wide: 6, narrow: 3 };
const LINES_HEIGHT_PX = { wide: 400, narrow: 320 };
const FONT_PX = 12;
const LABEL_LINE_PX = 14;
const CAP_PX = 3;

type Echarts = typeof import('echarts');
let loaded: Echarts | undefined;

/** The drawing library takes 100 ms and 30 MiB: loaded with the first chart, not with the package. */
function echarts(): Echarts {
  loaded ??= createRequire(import.meta.url)('echarts') as Echarts;
  return loaded;
}

/** The drawing as `<svg>` with a title and a description for those who cannot see it. `idPrefix` is unique on the page. */
export function chartSvg(
  chart: AnyChart,
  layout: Layout,
  colors: SeriesColors,
  about: { idPrefix: string; title: string; description: string },
): string {
  const drawing = drawingOf(chart, layout, colors);
  const instance = echarts().init(null, null, {
    renderer: 'svg',
    ssr: true,
    width: layout.widthPx,
    height: drawing.heightPx,
  });
  try {
    instance.setOption({
      animation: false,
      textStyle: { fontFamily: 'inherit', fontSize: FONT_PX },
      ...drawing.option,
    });
    return finish(instance.renderToSVGString(), layout, drawing.heightPx, about);
  } finally {
    instance.dispose();
  }
}

/** Takes the library's own frame and interaction out of the drawing, and puts names and colours in. */
function finish(
  svg: string,
  layout: Layout,
  heightPx: number,
  about: { idPrefix: string; title: string; description: string },
): string {
  const titleId = `${about.idPrefix}-title`;
  const descriptionId = `${about.idPrefix}-description`;
  const body = svg
    .replace(/^<svg[^>]*>/, '')
    .replace(/<style ?>[\s\S]*?<\/style>/g, '')
    .replace(/ (class|pointer-events|xml:space|ecmeta_[a-z_]+)="[^"]*"/g, '')
    .replace(/\bzr\d+-/g, `${about.idPrefix}-`)
    .replace(/\n+/g, '\n');
  return (
    `<svg class="${layout.name}" viewBox="0 0 ${layout.widthPx} ${heightPx}" style="max-width:${layout.widthPx}px" role="img"` +
    ` aria-labelledby="${titleId} ${descriptionId}"><title id="${titleId}">${escapeHtml(about.title)}</title>` +
    `<desc id="${descriptionId}">${escapeHtml(about.description)}</desc>${withVariables(body)}`
  );
}

interface Drawing {
  heightPx: number;
  option: EChartsOption;
}

function drawingOf(chart: AnyChart, layout: Layout, colors: SeriesColors): Drawing {
  if (chart.type === 'lines') return linesDrawing(chart, layout, colors);
  if (chart.type === 'groupedBars')
    return barsDrawing(chart, chart.groups, chart.series, GROUPED_BAR_PX, layout, colors);
  const labels = chart.bars.map((bar) => bar.label);
  return barsDrawing(chart, labels, [{ values: chart.bars }], BAR_PX, layout, colors);
}

/** A series without a name is coloured by its bars' labels. */
interface BarSeries {
  name?: string;
  values: readonly (Estimate | null)[];
}

function barsDrawing(
  chart: BarsChart | GroupedBarsChart,
  labels: readonly string[],
  series: readonly BarSeries[],
  barPx: number,
  layout: Layout,
  colors: SeriesColors,
): Drawing {
  const write = valueFormat(chart);
  const all = series.flatMap(({ values }) => values.flatMap((value) => (value === null ? [] : numbersOf(value))));
  const range = axisRange(chart.reference ? [...all, chart.reference.value] : all, chart.scale ?? 'linear');
  // On a logarithmic axis there is no zero: bars grow from the reference, or from the lower end.
  const origin = range.logBase === 0 ? Math.max(range.min, 0) : (chart.reference?.value ?? range.min);
  const groupPx = series.length * barPx + GROUP_GAP_PX;
  const topPx = chart.reference ? REFERENCE_PX : 4;

  const bars: CustomSeriesOption = {
    type: 'custom',
    silent: true,
    data: labels.map((_label, index) => [origin, index]),
    renderItem: ({ dataIndex }, api) => ({
      type: 'group',
      children: presentIn(series, dataIndex).flatMap(({ name, estimate }, place, present) => {
        const color = seriesColor(colors.indexOf(name ?? labels[dataIndex]!));
        const xOf = (value: number): number => api.coord([clamp(value, range), dataIndex])[0]!;
        const middle = api.coord([origin, dataIndex])[1]! + (place - (present.length - 1) / 2) * barPx;
        return barShapes(estimate, { xOf, origin, middle, heightPx: barPx - 3, color, text: write(estimate.value) });
      }),
    }),
  };
  return {
    heightPx: topPx + labels.length * groupPx + AXIS_PX,
    option: {
      grid: { left: layout.labelPx, right: layout.valuePx, top: topPx, bottom: AXIS_PX },
      xAxis: { ...valueAxis(range, write, TICKS[layout.name]), position: 'bottom' },
      yAxis: {
        type: 'category',
        inverse: true,
        data: labels.map((label) => oneLine(label)),
        axisLine: { lineStyle: { color: roleColor('strong') } },
        axisTick: { show: false },
        axisLabel: {
          color: roleColor('ink'),
          fontFamily: 'inherit',
          fontSize: FONT_PX,
          interval: 0,
          width: layout.labelPx - 14,
          // Two lines at most; the table below the chart has the whole name.
          overflow: 'break',
          lineHeight: LABEL_LINE_PX,
          height: 2 * LABEL_LINE_PX,
          lineOverflow: 'truncate',
          formatter: (label: string) => label,
        },
      },
      series: [bars, ...referenceLine(chart, 'x')],
    },
  };
}

/** The bars of one group; where a series has none the others close up. */
function presentIn(series: readonly BarSeries[], group: number): { name: string | undefined; estimate: Estimate }[] {
  return series.flatMap(({ name, values }) => {
    const estimate = values[group];
    return estimate !== null && estimate !== undefined && isDrawable(estimate) ? [{ name, estimate }] : [];
  });
}

/** Whether every number of an estimate has a place; an interval may be open to infinity. */
function isDrawable(estimate: Estimate): boolean {
  return Number.isFinite(estimate.value) && !numbersOf(estimate).some((number) => Number.isNaN(number));
}

interface BarPlace {
  xOf(value: number): number;
  origin: number;
  middle: number;
  heightPx: number;
  color: string;
  text: string;
}

type Shape = NonNullable<CustomSeriesRenderItemReturn>;

/** One bar: the rectangle, the whisker of its interval, its value behind the longer of the two. */
function barShapes(estimate: Estimate, place: BarPlace): Shape[] {
  const { xOf, middle, heightPx } = place;
  const from = xOf(place.origin);
  const to = xOf(estimate.value);
  const [low, high] = [xOf(estimate.low ?? estimate.value), xOf(estimate.high ?? estimate.value)];
  const whisker = { fill: 'none', stroke: roleColor('ink'), lineWidth: 1, opacity: 0.75 };
  const line = (x1: number, y1: number, x2: number, y2: number): Shape => ({
    type: 'line',
    shape: { x1, y1, x2, y2 },
    style: whisker,
  });
  const shapes: Shape[] = [
    {
      type: 'rect',
      // A value equal to the origin still shows as a line.
      shape: {
        x: Math.min(from, to),
        y: middle - heightPx / 2,
        width: Math.max(1.5, Math.abs(to - from)),
        height: heightPx,
        r: 2,
      },
      style: { fill: place.color },
    },
  ];
  if (high - low >= 1) {
    shapes.push(
      line(low, middle, high, middle),
      line(low, middle - CAP_PX, low, middle + CAP_PX),
      line(high, middle - CAP_PX, high, middle + CAP_PX),
    );
  }
  shapes.push({
    type: 'text',
    style: {
      text: oneLine(place.text),
      x: Math.max(from, to, high) + 6,
      y: middle,
      align: 'left',
      verticalAlign: 'middle',
      fill: roleColor('ink'),
      stroke: 'none',
      fontFamily: 'inherit',
      fontSize: FONT_PX - 1,
    },
  });
  return shapes;
}

function linesDrawing(chart: LinesChart, layout: Layout, colors: SeriesColors): Drawing {
  const write = valueFormat(chart);
  const points = chart.series.flatMap((series) => series.points);
  const ys = points.flatMap((point) => numbersOf(point));
  const xRange = axisRange(
    [...points.map((point) => point.x), ...(chart.marks ?? []).map((mark) => mark.x)],
    chart.xScale ?? 'log',
  );
  const yRange = axisRange(chart.reference ? [...ys, chart.reference.value] : ys, chart.yScale ?? 'log');
  if (xRange.logBase === 0) xRange.min = Math.min(...points.map((point) => point.x), xRange.max);
  const named = { nameTextStyle: { color: roleColor('muted'), fontFamily: 'inherit', fontSize: FONT_PX } };
  return {
    heightPx: LINES_HEIGHT_PX[layout.name],
    option: {
      grid: { left: 58, right: 28, top: 44, bottom: 48 },
      xAxis: {
        ...valueAxis(xRange, sizeFormat(chart), TICKS[layout.name]),
        ...named,
        name: oneLine(chart.xLabel),
        nameLocation: 'middle',
        nameGap: 30,
      },
      yAxis: {
        ...valueAxis(yRange, write, TICKS.wide),
        ...named,
        name: oneLine(chart.yLabel),
        nameLocation: 'end',
        nameGap: 22,
        nameTextStyle: { ...named.nameTextStyle, align: 'left', padding: [0, 0, 0, -50] },
      },
      series: [
        ...chart.series.flatMap((series) =>
          lineShapes(series, seriesColor(colors.indexOf(series.name)), xRange, yRange),
        ),
        ...referenceLine(chart, 'y'),
        ...markLines(chart),
      ],
    },
  };
}

type SeriesOption = Exclude<NonNullable<EChartsOption['series']>, readonly unknown[]>;

/** A line with dots, and the whiskers of its points. */
function lineShapes(series: LinesChart['series'][number], color: string, xRange: Range, yRange: Range): SeriesOption[] {
  const hasPlace = (value: number, range: Range): boolean =>
    Number.isFinite(value) && (range.logBase === 0 || value > 0);
  const points = series.points
    .filter((point) => isDrawable(point) && hasPlace(point.x, xRange) && hasPlace(point.value, yRange))
    .toSorted((a, b) => a.x - b.x);
  return [
    {
      type: 'line',
      silent: true,
      data: points.map((point) => [point.x, point.value]),
      symbol: 'circle',
      symbolSize: 6,
      lineStyle: { color, width: 2 },
      itemStyle: { color },
    },
    {
      type: 'custom',
      silent: true,
      data: points.map((point) => [point.x, point.value]),
      renderItem: ({ dataIndex }, api) => {
        const { x, value, low = value, high = value } = points[dataIndex]!;
        const [px, top] = api.coord([x, clamp(high, yRange)]) as [number, number];
        const bottom = api.coord([x, clamp(low, yRange)])[1]!;
        if (bottom - top < 1) return null;
        const style = { fill: 'none', stroke: color, lineWidth: 1, opacity: 0.6 };
        return { type: 'line', silent: true, shape: { x1: px, y1: top, x2: px, y2: bottom }, style };
      },
    },
  ];
}

/** The dashed line at the value to compare with. An empty line series carries it. */
function referenceLine(chart: AnyChart, axis: 'x' | 'y'): SeriesOption[] {
  if (chart.reference === undefined) return [];
  const { value, label } = chart.reference;
  const at = axis === 'x' ? { xAxis: value } : { yAxis: value };
  return [dashedLine([{ ...at, label }], axis === 'x' ? 'start' : 'insideEndTop')];
}

function markLines(chart: LinesChart): SeriesOption[] {
  const marks = (chart.marks ?? []).map((mark) => ({ xAxis: mark.x, label: mark.label }));
  return marks.length === 0 ? [] : [dashedLine(marks, 'end')];
}

function dashedLine(
  lines: readonly { xAxis?: number; yAxis?: number; label: string }[],
  position: 'start' | 'end' | 'insideEndTop',
): SeriesOption {
  return {
    type: 'line',
    silent: true,
    data: [],
    lineStyle: { color: roleColor('muted') },
    markLine: {
      silent: true,
      symbol: 'none',
      lineStyle: { color: roleColor('muted'), type: [5, 4], width: 1 },
      label: { position, color: roleColor('muted'), fontFamily: 'inherit', fontSize: FONT_PX - 1, textBorderWidth: 0 },
      data: lines.map(({ label, ...at }) => ({ ...at, label: { formatter: () => oneLine(label) } })),
    },
  };
}

function valueAxis(range: Range, write: (value: number) => string, ticks: number): object {
  return {
    type: range.logBase === 0 ? 'value' : 'log',
    ...(range.logBase === 0 ? {} : { logBase: range.logBase }),
    min: range.min,
    max: range.max,
    splitNumber: ticks,
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: roleColor('line') } },
    axisLabel: {
      color: roleColor('muted'),
      fontFamily: 'inherit',
      fontSize: FONT_PX - 1,
      hideOverlap: true,
      formatter: (value: number) => oneLine(write(value)),
    },
  };
}

function clamp(value: number, range: Range): number {
  return Math.min(range.max, Math.max(range.min, value));
}
