import { summarize } from '@heddle/measure';
import type { VariantKind } from '@heddle/workloads';
import { describe, expect, test } from 'vitest';
import type { KindOutcome, Measure } from '../src/compare/result.ts';
import { decideVerdict } from '../src/compare/verdict.ts';

const WALL: Measure = { key: 'wallMs', label: 'per round', unit: 'ms', better: 'lower' };
const MIB = 1024 * 1024;

function outcome(kind: VariantKind, ms: number, rest: Partial<KindOutcome> = {}): KindOutcome {
  const samples = [0.99, 1, 1.01, 1, 1.005].map((factor) => ms * factor);
  return {
    kind,
    state: 'equal',
    samples,
    decided: summarize(samples),
    measures: {},
    peakPssBytes: 60 * MIB,
    loopDelayP99Ms: 1,
    ...rest,
  };
}

const decide = (kinds: KindOutcome[], textbookExpects: VariantKind[] = ['threads']) =>
  decideVerdict({ kinds, decides: WALL, textbookRule: 'CPU-bound work wants threads.', textbookExpects, noise: 0.03 });

describe('fastest', () => {
  test('names the winner with its own figures', () => {
    const { fastest } = decide([outcome('inline', 100), outcome('threads', 50), outcome('native-all', 5)]);
    expect(fastest.kinds).toEqual(['native-all']);
    expect(fastest.sentence).toBe(
      'native: 5.00 ms, 20.0x faster than inline (100 ms), 10.0x faster than the next, threads.',
    );
  });

  test('says that there is no difference when there is none', () => {
    const { fastest } = decide([outcome('inline', 100), outcome('threads', 101)]);
    expect(fastest.kinds).toEqual(['inline', 'threads']);
    expect(fastest.sentence).toMatch(/^No difference beyond noise between inline \(100 ms\) and threads \(101 ms\)\.$/);
  });

  test('a variant with a wrong result never wins', () => {
    const wrong = outcome('threads', 1, { state: 'wrong', problem: 'off by one' });
    expect(decide([outcome('inline', 100), wrong]).fastest.kinds).toEqual(['inline']);
  });

  test('a measure where more is better', () => {
    const rate: Measure = { key: 'rate', label: 'rate', unit: '/s', better: 'higher' };
    const kinds = [outcome('inline', 100), outcome('threads', 300)];
    const verdict = decideVerdict({ kinds, decides: rate, textbookRule: '', textbookExpects: [], noise: 0.03 });
    expect(verdict.fastest.kinds).toEqual(['threads']);
  });

  test('nothing correct: says so', () => {
    expect(decide([outcome('inline', 1, { state: 'failed' })]).fastest.kinds).toEqual([]);
  });
});

test('the fastest that survives a crash is in another process, and its price is named', () => {
  const kinds = [outcome('inline', 100), outcome('native-all', 10), outcome('processes', 60)];
  const { survivesCrash } = decide([...kinds, outcome('processes-native', 20)]);
  expect(survivesCrash.kinds).toEqual(['processes-native']);
  expect(survivesCrash.sentence).toContain('isolation costs 2.00x against native');
});

describe('lightest on memory and main loop', () => {
  test('the least memory among those that keep the loop free', () => {
    const { lightest } = decide([
      outcome('inline', 100, { peakPssBytes: 40 * MIB, loopDelayP99Ms: 100 }),
      outcome('threads', 50, { peakPssBytes: 70 * MIB }),
      outcome('processes', 50, { peakPssBytes: 120 * MIB }),
    ]);
    expect(lightest.kinds).toEqual(['threads']);
    expect(lightest.sentence).toContain('inline takes 40.0 MiB and holds the loop for 100 ms');
  });

  test('when none keeps it free, the one that holds it least', () => {
    const { lightest } = decide([
      outcome('inline', 100, { loopDelayP99Ms: 100 }),
      outcome('threads', 50, { loopDelayP99Ms: 40 }),
    ]);
    expect(lightest.kinds).toEqual(['threads']);
    expect(lightest.sentence).toContain('no variant keeps it under 20 ms');
  });
});

test('the textbook is quoted only where it differs and was measured', () => {
  expect(decide([outcome('inline', 100), outcome('threads', 50)]).againstTextbook).toBeUndefined();
  expect(decide([outcome('inline', 50), outcome('threads', 100)]).againstTextbook).toMatch(/Textbook: CPU-bound/);
  expect(decide([outcome('inline', 50)]).againstTextbook).toBeUndefined();
});

test('a count is told as it is: no ratio, no noise', () => {
  const survived: Measure = {
    key: 'survived',
    label: 'hazards survived',
    unit: 'of 6',
    better: 'higher',
    isCount: true,
  };
  const kinds = [outcome('inline', 1), outcome('threads', 5), outcome('processes', 6)].map((kind, index) => ({
    ...kind,
    decided: summarize([[1, 5, 6][index]!]),
  }));
  const { fastest, survivesCrash } = decideVerdict({
    kinds,
    decides: survived,
    textbookRule: '',
    textbookExpects: ['processes'],
    noise: 0.03,
  });
  expect(fastest).toEqual({
    kinds: ['processes'],
    sentence: 'hazards survived: processes 6 of 6, threads 5 of 6 and inline 1 of 6.',
  });
  expect(survivesCrash.sentence).toBe('processes: hazards survived 6 of 6.');
});
