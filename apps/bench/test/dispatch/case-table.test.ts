import { describe, expect, it } from 'vitest';
import { DISPATCH_CASES, findDispatchCase } from '../../src/dispatch/case-table.ts';
import { DISPATCH_CONTESTANTS, isHeddle } from '../../src/dispatch/contestants.ts';

it('has each case once', () => {
  expect(new Set(DISPATCH_CASES.map(({ id }) => id)).size).toBe(DISPATCH_CASES.length);
});

it('asks everybody something', () => {
  const asked = new Set(DISPATCH_CASES.flatMap(({ contestants }) => contestants));
  expect([...asked].sort()).toEqual(Object.keys(DISPATCH_CONTESTANTS).sort());
});

describe.each(DISPATCH_CASES.map((one) => [one.id, one] as const))('%s', (id, one) => {
  it('is well formed', () => {
    expect(findDispatchCase(id)).toBe(one);
    expect(id.startsWith(one.group)).toBe(true);
    expect(one.full.kind).toBe(one.quick.kind);
    const [first, ...others] = one.contestants;
    expect(isHeddle(first)).toBe(true);
    expect(others.length).toBeGreaterThan(0);
    expect(others.some(isHeddle)).toBe(false);
    const backends = new Set(one.contestants.map((name) => DISPATCH_CONTESTANTS[name].backend));
    expect([...backends]).toEqual([id.split('-').at(-1)]);
    for (const { floor } of one.figures) if (floor !== undefined) expect(one.floorOf).toBeTypeOf('string');
    for (const { target } of one.figures) if (typeof target === 'object') expect(one.contestants).toContain(target.of);
  });
});
