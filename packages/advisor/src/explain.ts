/**
 * A decision in one sentence for a person, made of what decided.
 */
import type { Decision } from './decision.ts';
import { BACKENDS, type Question } from './question.ts';
import { count } from './rules.ts';

export function sentenceOf({ profile, work }: Question, decision: Omit<Decision, 'sentence'>): string {
  const { backend, workers, why, predictedMs, ruledOut } = decision;
  const where = backend === 'inline' ? 'inline' : `${backend} (${count(workers, 'worker')})`;
  const reasons = reasonsOf(ruledOut);
  const head = `${profile.name}: ${where}`;
  switch (why) {
    case 'conflict':
      return `${head}, although nothing meets all that is asked for (${reasons}).`;
    case 'only':
      return `${head}, because the others are ruled out (${reasons}).`;
    case 'unknown':
      return `${head}, because no call of it was measured yet.`;
    default: {
      const others = BACKENDS.filter((each) => each !== backend && predictedMs[each] !== undefined);
      const each = profile.wallMs === undefined ? '' : ` of ${show(profile.wallMs.median)} ms`;
      const here = `${count(Math.ceil(work.calls), 'call')}${each} take about ${show(predictedMs[backend]!)} ms there`;
      const there = others.map((other) => `${show(predictedMs[other]!)} ms in ${other}`).join(' and ');
      const isBeaten = others.some((other) => predictedMs[other]! < predictedMs[backend]!);
      const little = why === 'stays' && isBeaten ? ', which is too little of a gain to move' : '';
      const rest = reasons === '' ? little : `${little}; ruled out: ${reasons}`;
      return `${head}: ${here}, ${there.replace(/in inline$/, 'inline').replace('in inline ', 'inline ')}${rest}.`;
    }
  }
}

/** Each reason once, with all that it rules out. */
function reasonsOf(ruledOut: Decision['ruledOut']): string {
  const reasons = [...new Set(ruledOut.map(({ reason }) => reason))];
  const backendsOf = (reason: string) => ruledOut.filter((out) => out.reason === reason).map(({ backend }) => backend);
  return reasons.map((reason) => `${backendsOf(reason).join(' and ')}: ${reason}`).join('; ');
}

/** Three digits, without an exponent. */
function show(ms: number): string {
  return ms >= 100 ? String(Math.round(ms)) : String(Number(ms.toPrecision(3)));
}
