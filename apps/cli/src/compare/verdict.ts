// The three answers for one workload, each with a sentence made from what was measured. Pure: same figures, same words.
import { isDifferent } from '@heddle/measure';
import type { VariantKind } from '@heddle/workloads';
import { formatBytes, formatMs, formatRatio, formatValue } from '../render/format.ts';
import { kindOf } from './kinds.ts';
import type { Answer, KindOutcome, Measure, Verdict } from './result.ts';

/** A main loop later than this at p99 is felt: a frame at 60 Hz is 16.7 ms; 20 ms leaves room for timer jitter. */
const LOOP_DELAY_LIMIT_MS = 20;

/** Memory readings closer than this are called equal: two runs of one program differ by a few per cent in PSS. */
const MEMORY_TIE = 0.05;

export interface VerdictInput {
  readonly kinds: readonly KindOutcome[];
  readonly decides: Measure;
  readonly textbookRule: string;
  readonly textbookExpects: readonly VariantKind[];
  /** This machine's relative spread for a fixed piece of work: smaller differences count as none. */
  readonly noise: number;
}

type Valid = KindOutcome & { decided: NonNullable<KindOutcome['decided']> };

const label = (id: VariantKind): string => kindOf(id).label;

function bestFirst(kinds: readonly KindOutcome[], decides: Measure): Valid[] {
  const sign = decides.better === 'lower' ? 1 : -1;
  return kinds
    .filter((kind): kind is Valid => kind.kind !== 'auto' && kind.state === 'equal' && kind.decided !== undefined)
    .sort((a, b) => sign * (a.decided.median - b.decided.median));
}

/** How many times better `a` is than `b` in the deciding measure, both medians. */
function timesBetter(a: Valid, b: Valid, decides: Measure): number {
  return decides.better === 'lower' ? b.decided.median / a.decided.median : a.decided.median / b.decided.median;
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** A round's time needs no name; another measure is named beside its value. */
function valueOf(kind: Valid, { key, label: name, unit }: Measure): string {
  const value = formatValue(kind.decided.median, unit);
  return key === 'wallMs' ? value : `${name} ${value}`;
}

const comparative = ({ key }: Measure): string => (key === 'wallMs' ? 'faster' : 'better');

/** A count is exact: no noise, no ratio; all values are told. */
function highestCount(ranked: readonly Valid[], decides: Measure): Answer {
  const best = ranked.filter(({ decided }) => decided.median === ranked[0]!.decided.median);
  const values = ranked.map((kind) => `${label(kind.kind)} ${formatValue(kind.decided.median, decides.unit)}`);
  return { kinds: best.map(({ kind }) => kind), sentence: `${decides.label}: ${list(values)}.` };
}

function fastestAnswer(ranked: readonly Valid[], { decides, noise }: VerdictInput): Answer {
  const [first, ...rest] = ranked;
  if (!first) return { kinds: [], sentence: 'No variant has a correct result.' };
  if (decides.isCount) return highestCount(ranked, decides);
  const tied = [first, ...rest.filter((other) => !isDifferent(first.samples, other.samples, { noise }))];
  if (tied.length > 1) {
    const values = tied.map((kind) => `${label(kind.kind)} (${formatValue(kind.decided.median, decides.unit)})`);
    const what = decides.key === 'wallMs' ? '' : ` in ${decides.label}`;
    return {
      kinds: tied.map(({ kind }) => kind),
      sentence: `No difference beyond noise${what} between ${list(values)}.`,
    };
  }
  const parts = [`${label(first.kind)}: ${valueOf(first, decides)}`];
  const inline = ranked.find(({ kind }) => kind === 'inline');
  const next = rest[0];
  const against = (other: Valid) => formatRatio(timesBetter(first, other, decides));
  if (inline && inline !== first) {
    parts.push(
      `${against(inline)} ${comparative(decides)} than inline (${formatValue(inline.decided.median, decides.unit)})`,
    );
  }
  if (next && next !== inline) {
    const value = first === inline ? ` (${formatValue(next.decided.median, decides.unit)})` : '';
    parts.push(`${against(next)} ${comparative(decides)} than the next, ${label(next.kind)}${value}`);
  }
  if (!next) parts.push('the only variant with a correct result');
  return { kinds: [first.kind], sentence: `${parts.join(', ')}.` };
}

function survivorAnswer(ranked: readonly Valid[], { decides }: VerdictInput): Answer {
  const best = ranked.find(({ kind }) => kindOf(kind).survivesCrash);
  if (!best) return { kinds: [], sentence: 'No variant in another process has a correct result.' };
  if (decides.isCount) return { kinds: [best.kind], sentence: `${label(best.kind)}: ${valueOf(best, decides)}.` };
  const fastest = ranked[0]!;
  const price =
    best === fastest
      ? 'the best of all, so isolation costs nothing here'
      : `isolation costs ${formatRatio(timesBetter(fastest, best, decides))} against ${label(fastest.kind)}`;
  return { kinds: [best.kind], sentence: `${label(best.kind)}: ${valueOf(best, decides)}; ${price}.` };
}

function lightestAnswer(ranked: readonly Valid[]): Answer {
  const known = ranked.filter(
    (kind): kind is Valid & { peakPssBytes: number; loopDelayP99Ms: number } =>
      kind.peakPssBytes !== undefined && kind.loopDelayP99Ms !== undefined,
  );
  if (known.length === 0) return { kinds: [], sentence: 'Memory was not measured.' };
  const smooth = known.filter(({ loopDelayP99Ms }) => loopDelayP99Ms <= LOOP_DELAY_LIMIT_MS);
  const leastDelay = known.toSorted((a, b) => a.loopDelayP99Ms - b.loopDelayP99Ms)[0]!;
  const candidates = smooth.length > 0 ? smooth : [leastDelay];
  const leastBytes = Math.min(...candidates.map(({ peakPssBytes }) => peakPssBytes));
  // `known` is ranked best first, so among equals in memory the fastest is taken.
  const best = candidates.find(({ peakPssBytes }) => peakPssBytes <= leastBytes * (1 + MEMORY_TIE))!;
  const delay = `main loop late by ${formatMs(best.loopDelayP99Ms)} (p99)`;
  const lightestOfAll = known.toSorted((a, b) => a.peakPssBytes - b.peakPssBytes)[0]!;
  const contrast =
    smooth.length === 0
      ? `; no variant keeps it under ${LOOP_DELAY_LIMIT_MS} ms`
      : lightestOfAll.loopDelayP99Ms > LOOP_DELAY_LIMIT_MS
        ? `; ${label(lightestOfAll.kind)} takes ${formatBytes(lightestOfAll.peakPssBytes)} and holds the loop for ${formatMs(lightestOfAll.loopDelayP99Ms)}`
        : '';
  return {
    kinds: [best.kind],
    sentence: `${label(best.kind)}: peak ${formatBytes(best.peakPssBytes)}, ${delay}${contrast}.`,
  };
}

/**
 * The answers for one workload. Variants with a wrong or missing result take no part, nor does `auto`, which is one of the others
 * (see auto-answer.ts).
 */
export function decideVerdict(input: VerdictInput): Verdict {
  const ranked = bestFirst(input.kinds, input.decides);
  const fastest = fastestAnswer(ranked, input);
  const isExpected = fastest.kinds.some((kind) => input.textbookExpects.includes(kind));
  const measured = new Set(ranked.map(({ kind }) => kind));
  const wasTested = input.textbookExpects.some((kind) => measured.has(kind));
  return {
    fastest,
    survivesCrash: survivorAnswer(ranked, input),
    lightest: lightestAnswer(ranked),
    ...(fastest.kinds.length > 0 && !isExpected && wasTested
      ? { againstTextbook: `Textbook: ${input.textbookRule} Measured here: ${list(fastest.kinds.map(label))}.` }
      : {}),
  };
}
