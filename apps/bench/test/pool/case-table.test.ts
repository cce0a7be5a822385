import { describe, expect, it } from 'vitest';
import { findPoolCase, POOL_CASES } from '../../src/pool/case-table.ts';
import { contestantOf, isHeddle, POOL_CONTESTANTS } from '../../src/pool/contestants.ts';

it('has each case once, and asks everybody something', () => {
  expect(new Set(POOL_CASES.map(({ id }) => id)).size).toBe(POOL_CASES.length);
  const asked = new Set(POOL_CASES.flatMap(({ contestants }) => contestants));
  expect([...asked].sort()).toEqual(Object.keys(POOL_CONTESTANTS).sort());
});

describe.each(POOL_CASES.map((one) => [one.id, one] as const))('%s', (id, one) => {
  it('is well formed', () => {
    expect(findPoolCase(id)).toBe(one);
    expect(id.startsWith(one.group)).toBe(true);
    expect(one.quick.kind).toBe(one.full.kind);
    expect(Object.keys(one.quick)).toEqual(Object.keys(one.full));
    expect(one.contestants.filter(isHeddle)).toEqual([one.contestants[0]]);
    expect(new Set(one.contestants).size).toBe(one.contestants.length);
    expect(one.contestants.filter((name) => contestantOf(name).isFloor === undefined).length).toBeGreaterThan(1);
    const keys = one.figures.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    if (one.limit !== undefined) expect(keys).toContain(one.limit.key);
    for (const name of one.contestants) {
      const { build, module } = contestantOf(name);
      expect(one.full.kind === 'completion' ? module : build).toBeTypeOf('string');
    }
  });
});
