// What `auto` chose, and how much worse that was than the best it could have chosen. Pure: same figures, same words.
import { isDifferent, speedup } from '@heddle/measure';
import type { Backend, Explanation } from '@heddle/ts-orchestrator';
import { formatNumber, formatValue } from '../render/format.ts';
import { CHOICES } from './kinds.ts';
import type { AutoAnswer, KindOutcome, Measure } from './result.ts';

export interface AutoAnswerInput {
  readonly kinds: readonly KindOutcome[];
  readonly decides: Measure;
  /** See `VerdictInput`. */
  readonly noise: number;
}

const isPositive = (samples: readonly number[]): boolean => samples.length > 0 && samples.every((value) => value > 0);

function choiceOf({ functions }: Explanation): Backend[] {
  const calls = new Map<Backend, number>();
  for (const { backend, calls: sent } of functions) {
    const all = Object.values(sent).reduce((sum, count) => sum + count, 0);
    calls.set(backend, (calls.get(backend) ?? 0) + all);
  }
  return [...calls].sort(([, a], [, b]) => b - a).map(([backend]) => backend);
}

/** "8 % slower", "2 % faster": of a ratio of worse to better. */
function inWords(ratio: number, { key }: Measure): string {
  const [worse, better] = key === 'wallMs' ? ['slower', 'faster'] : ['worse', 'better'];
  const percent = Math.abs(ratio - 1) * 100;
  if (percent < 0.5) return 'the same';
  return ratio >= 10
    ? `${formatNumber(ratio)} times as long`
    : `${formatNumber(percent)} % ${ratio > 1 ? worse : better}`;
}

/** Undefined where `auto` was not measured. */
export function answerOfAuto({ kinds, decides, noise }: AutoAnswerInput): AutoAnswer | undefined {
  const auto = kinds.find(({ kind }) => kind === 'auto');
  if (auto?.explanation === undefined) return undefined;
  const chose = choiceOf(auto.explanation);
  const chosen = chose.join(' and ') || 'nothing was called';
  if (auto.state !== 'equal' || auto.decided === undefined || decides.isCount || !isPositive(auto.samples))
    return { chose, sentence: `${chosen}.` };
  const sign = decides.better === 'lower' ? 1 : -1;
  const [best] = kinds
    .filter(({ kind, state, samples }) => CHOICES.includes(kind as Backend) && state === 'equal' && isPositive(samples))
    .toSorted((a, b) => sign * (a.decided!.median - b.decided!.median));
  const value = formatValue(auto.decided.median, decides.unit);
  if (best === undefined) return { chose, sentence: `${chosen}: ${value}; nothing else has a correct result.` };
  const [worse, better] = decides.better === 'lower' ? [auto, best] : [best, auto];
  const regret = speedup(worse.samples, better.samples);
  const isSame = !isDifferent(worse.samples, better.samples, { noise });
  const interval = `95 % interval ${inWords(regret.low, decides)} to ${inWords(regret.high, decides)}`;
  const against = `the best of the three, ${best.kind} (${formatValue(best.decided!.median, decides.unit)})`;
  const words = isSame
    ? `no difference beyond noise to ${against}`
    : `${inWords(regret.ratio, decides)} than ${against}`;
  return { chose, best: best.kind as Backend, regret, sentence: `${chosen}: ${value}, ${words}; ${interval}.` };
}
