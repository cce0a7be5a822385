// What is said of `auto`: its choice, the best it could have chosen, and how far it is from that.
import { summarize } from '@heddle/measure';
import type { Backend, Explanation, FunctionExplanation } from '@heddle/ts-orchestrator';
import type { VariantKind } from '@heddle/workloads';
import { describe, expect, test } from 'vitest';
import { answerOfAuto } from '../src/compare/auto-answer.ts';
import type { KindOutcome, Measure } from '../src/compare/result.ts';
import { decideVerdict } from '../src/compare/verdict.ts';
import { explanationText } from '../src/render/explanation.ts';

const WALL: Measure = { key: 'wallMs', label: 'per round', unit: 'ms', better: 'lower' };

function explained(name: string, backend: Backend, calls: number, rest: Partial<FunctionExplanation> = {}) {
  const features = { wallMs: { median: 2, spread: 0.1 }, computingShare: 1, cloneMs: undefined, crashes: 0 };
  return {
    name,
    backend,
    workers: 2,
    calls: { [backend]: calls },
    features,
    decidedFor: 10,
    predictedMs: { inline: 20, threads: 10 },
    ruledOut: [{ backend: 'processes' as const, rule: 'asked', reason: 'left out' }],
    sentence: `${name}: ${backend}.`,
    actualMs: { threads: 1.1 },
    ...rest,
  };
}

const explanation = (...functions: FunctionExplanation[]): Explanation => ({
  backend: 'auto',
  sentence: 'The next calls would run somewhere.',
  functions,
  unavailable: [],
  costs: undefined,
  workers: [],
  calibration: undefined,
});

function outcome(kind: VariantKind, ms: number, rest: Partial<KindOutcome> = {}): KindOutcome {
  const samples = [0.99, 1, 1.01, 1, 1.005].map((factor) => ms * factor);
  const own = kind === 'auto' ? { explanation: explanation(explained('f', 'threads', 100)) } : {};
  return { kind, state: 'equal', samples, decided: summarize(samples), measures: {}, ...own, ...rest };
}

const answer = (kinds: KindOutcome[], decides = WALL) => answerOfAuto({ kinds, decides, noise: 0.03 });

describe('what auto chose', () => {
  test('is told beside the best of the three, with the interval; what it can not choose is not among them', () => {
    const kinds = [outcome('inline', 100), outcome('threads', 50), outcome('auto', 60), outcome('native-all', 5)];
    const found = answer(kinds)!;
    expect(found).toMatchObject({ chose: ['threads'], best: 'threads' });
    expect(found.regret!.ratio).toBeCloseTo(1.2, 5);
    expect(found.regret!.low).toBeLessThanOrEqual(found.regret!.ratio);
    expect(found.regret!.high).toBeGreaterThanOrEqual(found.regret!.ratio);
    expect(found.sentence).toMatch(
      /^threads: 60\.0 ms, 20\.0 % slower than the best of the three, threads \(50\.0 ms\); 95 % interval .* slower\.$/,
    );
  });

  test('is no worse where noise tells nothing', () => {
    expect(answer([outcome('inline', 100), outcome('auto', 101)])!.sentence).toContain('no difference beyond noise to');
  });

  test('counts the other way where more is better', () => {
    const rate: Measure = { key: 'rate', label: 'rate', unit: '/s', better: 'higher' };
    const { regret, best } = answer([outcome('inline', 100), outcome('threads', 300), outcome('auto', 150)], rate)!;
    expect(best).toBe('threads');
    expect(regret!.ratio).toBeCloseTo(2, 5);
  });

  test('may be several backends, those of most calls first', () => {
    const mixed = explanation(explained('f', 'inline', 10), explained('g', 'threads', 20), explained('h', 'inline', 3));
    const found = answer([outcome('inline', 1), outcome('auto', 1, { explanation: mixed })])!;
    expect(found.chose).toEqual(['threads', 'inline']);
  });

  test('has no figure where its result is wrong, where nothing else is right, or where it was not measured', () => {
    const wrong = outcome('auto', 1, { state: 'wrong' });
    expect(answer([outcome('inline', 100), wrong])).toEqual({ chose: ['threads'], sentence: 'threads.' });
    expect(answer([outcome('inline', 1, { state: 'failed' }), outcome('auto', 1)])!.sentence).toContain('nothing else');
    expect(answer([outcome('inline', 100)])).toBeUndefined();
  });

  test('never wins: it is one of the others', () => {
    const kinds = [outcome('inline', 100), outcome('threads', 50), outcome('auto', 1)];
    const verdict = decideVerdict({ kinds, decides: WALL, textbookRule: '', textbookExpects: [], noise: 0.03 });
    expect(verdict.fastest.kinds).toEqual(['threads']);
  });
});

describe('an explanation for people', () => {
  test('has a row per backend: calls, prediction, measurement, and by which rule it is out', () => {
    const text = explanationText(explanation(explained('f', 'threads', 1_234)));
    expect(text).toMatch(/^f: threads\.\n {2}one call takes 2\.00 ms ±0\.100 ms, computes for 100 % of it\n/);
    expect(text).toMatch(/predicted for 10 calls/);
    expect(text).toMatch(/threads \* .* 1,234 .* 10\.0 ms .* 1\.10 ms/);
    expect(text).toMatch(/processes .* asked: left out/);
  });

  test('tells of crashes, copies and what was never measured', () => {
    const features = { wallMs: undefined, computingShare: 1, cloneMs: 0.5, crashes: 1 };
    const text = explanationText(explanation(explained('f', 'processes', 1, { features })));
    expect(text).toContain('no call was measured, takes 0.500 ms to copy its values, has ended 1 worker');
  });

  test('shows no control characters of names and messages', () => {
    const sentence = 'f: \u001b[2Jgone\r\nnext';
    expect(explanationText(explanation(explained('f', 'inline', 1, { sentence })))).toMatch(/^f: gone next\n/);
    expect(explanationText(explanation())).toBe('The next calls would run somewhere.');
    const workers = [{ backend: 'threads', max: 2, sentence: 'At most 2 workers.' }] as const;
    const calibration = {
      state: 'none',
      file: undefined,
      reason: undefined,
      madeAt: undefined,
      sentence: 'None\nyet.',
    } as const;
    expect(explanationText({ ...explanation(), workers, calibration })).toBe(
      'The next calls would run somewhere.\n\nthreads: At most 2 workers.\nNone yet.',
    );
  });
});
