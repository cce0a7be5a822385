import { describe, expect, test } from 'vitest';
import { compareFunctions, isChecked, isRunner } from '../src/index.ts';
import { fixture, resultOf } from './support.ts';

describe('functions of one module', () => {
  test('are called until a round can be timed, and their results compared', async () => {
    const names = ['double', 'doubleLater', 'triple', 'fails', 'absent', 'bytes', 'floats', 'negativeZero'];
    const comparison = await compareFunctions(fixture('functions.js'), names, { budgetMs: 1, memory: false });
    const [double, later, triple, fails, absent, bytes, floats, negativeZero] = names.map((name) =>
      resultOf(comparison, name),
    );
    expect(isChecked(double!)).toBe(true);
    expect(later!.digest).toBe(double!.digest);
    expect(triple!.differsFrom).toBe('double');
    expect(double!.measureSamples['callMs']).toHaveLength(3);
    // Told apart by type and by sign; the same number is the same however it came about.
    expect(new Set([double, triple, bytes, floats, negativeZero].map((one) => one!.digest)).size).toBe(5);
    // A call of some nanoseconds is not a round.
    expect(double!.measures['callMs']!.median).toBeLessThan(double!.wall!.median);
    expect(fails!.error).toMatchObject({ phase: 'create', message: 'not today' });
    expect(absent!.error!.message).toMatch(/functions\.js exports no function 'absent'$/);
  });

  test('a host is no runner', () => {
    expect(isRunner).toBe(false);
  });
});
