import { describe, expect, it } from 'vitest';
import { findCase, KERNEL_CASES } from '../../src/kernels/case-table.ts';
import createLimitContestant, { measureLimits } from '../../src/kernels/limit-contestant.ts';
import { limitedSizes, limitOf, LIMIT_LABELS } from '../../src/kernels/limits.ts';
import { buildAll } from '../../src/native-build.ts';

const limit = (id: string) => limitOf(findCase(id)!)!;

describe('what bounds a kernel', () => {
  it('is the memory that it moves, where it fits', () => {
    const { kind, bytes, amount } = limit('meanVariance f64');
    expect([kind, bytes(1_000), amount(1_000)]).toEqual(['read', 8_000, 16_000]);
    expect(limit('prefixSum f32').bytes(1_000)).toBe(8_000);
    expect(limitedSizes(limit('sum i32'), [100, 10_000, 20_000])).toEqual([20_000]);
    expect(limit('distances f32').amount(1_000)).toBe(1_024_000);
  });

  it('is what it computes, by type', () => {
    const { kind, bytes, amount } = limit('matmul f32');
    expect([kind, bytes(100), amount(100)]).toEqual(['f32', 0, 2e6]);
    expect(limit('nbodyAccelerations exact').kind).toBe('f64');
    expect(limitedSizes(limit('matmul f64'), [8, 64])).toEqual([64]);
  });

  it('is nothing for some', () => {
    expect(limitOf(findCase('sort f64')!)).toBeUndefined();
    expect(limitOf(findCase('distances f32 batch')!)).toBeUndefined();
  });

  it.each(KERNEL_CASES.flatMap((one) => (limitOf(one) === undefined ? [] : [[one.id, one] as const])))(
    '%s is measured at its largest size',
    (_id, one) => {
      const found = limitOf(one)!;
      expect(limitedSizes(found, one.sizes)).toContain(one.sizes.at(-1));
      for (const size of one.sizes) expect(Number.isSafeInteger(found.amount(size))).toBe(true);
    },
  );
});

const built = (await buildAll(new Set(['limits']))).get('limits')!;
const isMissing = 'missing' in built && process.env['HEDDLE_REQUIRE_TOOLS'] !== '1';
const { file } = built as { file: string };

describe.skipIf(isMissing)('the program that measures it', () => {
  it('answers in the order of the questions', async () => {
    const kinds = Object.keys(LIMIT_LABELS);
    const questions = kinds.flatMap((kind) =>
      [1, 2].map((threads) => ({ kind, bytes: kind.startsWith('f') ? 0 : 1_000, threads })),
    );
    const rates = await measureLimits(file, questions);
    expect(rates).toHaveLength(questions.length);
    for (const rate of rates) expect(rate).toBeGreaterThan(0);
  });

  it.each([
    ['walk', /no kind 'walk'/],
    ['', /limits: there is no kind ''/],
  ])('refuses the kind %j', async (kind, sentence) => {
    await expect(measureLimits(file, [{ kind, bytes: 1, threads: 1 }])).rejects.toThrow(sentence);
  });

  it('gives the time of a call at the limit', async () => {
    const threads = { 'native-1': 1, 'native-all': 2 };
    const one = createLimitContestant({ caseId: 'sum f64', sizes: [10_000, 20_000], threads, file });
    const times = (await one.round()) as Record<string, number>;
    const keys = [10_000, 20_000].flatMap((size) => ['native-1', 'native-all'].map((kind) => `size${size}Of${kind}Ms`));
    expect(Object.keys(times)).toEqual(keys);
    for (const time of Object.values(times)) expect(time).toBeGreaterThan(0);
    expect(() => createLimitContestant({ caseId: 'sort f64', sizes: [10], threads, file })).toThrow(
      "no limit for 'sort f64'",
    );
  });
});
