import { describe, expect, it } from 'vitest';
import * as sortReduceCheck from '../src/sort-reduce/check.ts';
import * as sortReduceInput from '../src/sort-reduce/input.ts';
import { variants as sortReduce } from '../src/sort-reduce/variants.ts';
import { start, testDir } from './support.ts';

describe('the check of sort-reduce', () => {
  it('sees unsorted, lost and doubled keys and wrong counts', async () => {
    const context = { size: { lines: 20_000 }, workers: 1, dir: await testDir() };
    await sortReduceInput.prepare(context.size, context.dir);
    const result = await (await start(sortReduce, 'inline', context)).run();
    const check = async (change: (wrong: typeof result) => void) => {
      const wrong = { ...result, sorted: result.sorted.slice(), histogram: result.histogram.slice() };
      change(wrong);
      return (await sortReduceCheck.check(wrong, context)).problem;
    };
    expect(result.distinct).toBeLessThan(20_000);
    expect(result.repeated).toBeGreaterThan(100);
    expect(await check(() => {})).toBeUndefined();
    expect(await check(({ sorted }) => sorted.reverse())).toMatch('not sorted');
    expect(await check(({ sorted }) => (sorted[100] = sorted[101]! + 1))).toMatch('not sorted');
    expect(await check(({ sorted }) => sorted.fill(sorted[15_000]!, 15_000, 20_000))).toMatch('not those of the input');
    expect(await check((wrong) => (wrong.sorted = wrong.sorted.subarray(1)))).toMatch('19999 keys came out of 20000');
    expect(await check((wrong) => wrong.distinct++)).toMatch('a hash table holds');
    expect(await check((wrong) => wrong.repeated--)).toMatch('a hash table holds');
    expect(await check(({ histogram }) => histogram[63]!++)).toMatch('bin 63 has');
    expect(await check((wrong) => (wrong.mean *= 1 + 1e-9))).toMatch('the mean is');
  });
});
