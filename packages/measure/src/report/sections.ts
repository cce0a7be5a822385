/**
 * What a report page is made of: plain data. Every string is text, never markup; in prose, `back-quoted` words are set as
 * code. Numbers for people are formatted by the caller, numbers for charts are raw.
 */
import type { MachineCard } from '../host/card.ts';

export interface Page {
  title: string;
  /** One sentence below the title. */
  subtitle?: string;
  card?: MachineCard;
  sections: readonly Section[];
  /** Names of series (and bars) in the order of the palette; others follow as they appear. The first is a neutral grey. */
  seriesOrder?: readonly string[];
  /** Any JSON, kept in the page for programs: `<script type="application/json" id="heddle-data">`. */
  data?: unknown;
}

export type Section =
  | HeadingSection
  | ProseSection
  | KeyFiguresSection
  | AnswersSection
  | TableSection
  | ChartSection
  | ImagesSection
  | CodeSection
  | DetailsSection;

/** Begins a part of the page; level 2 (default) appears in the table of contents. */
export interface HeadingSection {
  kind: 'heading';
  text: string;
  level?: 2 | 3;
  /** One sentence set below the heading. */
  lead?: string;
}

/** One or more paragraphs. */
export interface ProseSection {
  kind: 'prose';
  text: string | readonly string[];
}

/** A price list: a few large figures, each with one value or with two or three side by side. */
export interface KeyFiguresSection {
  kind: 'keyFigures';
  figures: readonly KeyFigure[];
}

export interface KeyFigure {
  label: string;
  /** E.g. `{ of: 'threads', value: '46 ms' }`; `best` marks the better one. */
  values: readonly { of?: string; value: string; best?: boolean }[];
  /** How it was measured, what it means. */
  note?: string;
}

/** Answers to the reader's questions, each with its reason. */
export interface AnswersSection {
  kind: 'answers';
  /** What is asked about, e.g. the workload. */
  title?: string;
  answers: readonly { question: string; answer: string; reason?: string }[];
  /** Set apart below the answers, e.g. what the textbook says instead. */
  aside?: string;
}

/** A table; the first cell of each row is its heading. */
export interface TableSection {
  kind: 'table';
  caption: string;
  columns: readonly (string | TableColumn)[];
  rows: readonly (readonly Cell[])[];
  /** Below the table. */
  note?: string;
}

export interface TableColumn {
  text: string;
  /** Small second line, e.g. the unit. */
  detail?: string;
  /** Default: the first column left, the others right. */
  align?: 'left' | 'right';
}

/** A cell: text, a number as it is, nothing (an en dash is shown), or the parts. */
export type Cell = string | number | null | CellParts;

export interface CellParts {
  text: string;
  /** Smaller, below: the spread, the reason. */
  detail?: string;
  /** `ok` a check mark, `wrong` a cross, `failed` a warning sign, `same` an almost-equal sign (no difference beyond noise). */
  mark?: 'ok' | 'wrong' | 'failed' | 'same';
  /** Highlighted as the best of its row. */
  winner?: boolean;
}

export interface ChartSection {
  kind: 'chart';
  title: string;
  /** What to see in it, one sentence; also read to those who cannot see it. */
  description?: string;
  chart: BarsChart | GroupedBarsChart | LinesChart;
}

interface ChartNumbers {
  /** Set after every value: `×`, ` ms`. */
  unit?: string;
  /** How values are written; default: three significant digits, thousands separated, then the unit. */
  format?: (value: number) => string;
  /** A dashed line at this value, e.g. 1 for "as fast as the base". */
  reference?: { value: number; label: string };
}

/** A value with its interval. */
export interface Estimate {
  value: number;
  low?: number;
  high?: number;
}

/** Horizontal bars, one per label, with error ranges. */
export interface BarsChart extends ChartNumbers {
  type: 'bars';
  /** Default `linear`; `log` when the values span more than two powers of ten. */
  scale?: 'linear' | 'log';
  bars: readonly (Estimate & { label: string })[];
}

/** Horizontal bars in groups: one group per workload, one bar per series (backend); null where it doesn't apply. */
export interface GroupedBarsChart extends ChartNumbers {
  type: 'groupedBars';
  scale?: 'linear' | 'log';
  groups: readonly string[];
  series: readonly { name: string; values: readonly (Estimate | null)[] }[];
}

/** Lines by size. */
export interface LinesChart extends ChartNumbers {
  type: 'lines';
  xLabel: string;
  /** How sizes are written; default as for values, without a unit. */
  xFormat?: (value: number) => string;
  yLabel: string;
  /** Default `log` for both. */
  xScale?: 'linear' | 'log';
  yScale?: 'linear' | 'log';
  series: readonly { name: string; points: readonly (Estimate & { x: number })[] }[];
  /** Vertical marks, e.g. where native begins to win. */
  marks?: readonly { x: number; label: string }[];
}

/** Pictures, embedded in the page. */
export interface ImagesSection {
  kind: 'images';
  images: readonly ReportImage[];
}

export interface ReportImage {
  /** The content of a PNG file. */
  png: Uint8Array;
  /** For those who cannot see it. */
  alt: string;
  caption?: string;
}

/** Preformatted text: a command, an error with its stack. */
export interface CodeSection {
  kind: 'code';
  text: string;
  caption?: string;
}

/** Folded away until asked for. */
export interface DetailsSection {
  kind: 'details';
  summary: string;
  sections: readonly Section[];
}
