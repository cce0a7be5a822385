import * as examples from '@heddle/core-js/examples';
import * as kernels from '@heddle/core-js';
import { describe, expect, it } from 'vitest';
import { callsOf, findCase, KERNEL_CASES as cases, type CaseWork } from '../../src/kernels/case-table.ts';
import { CONTESTANTS } from '../../src/kernels/contestants.ts';
import { UNITS } from '../../src/kernels/units.ts';

const core = { ...kernels, ...examples };

const isAscending = (sizes: readonly number[]): boolean => sizes.every((size, i) => i === 0 || sizes[i - 1]! < size);

it('has every kernel of the cores, and each case once', () => {
  const exported = Object.keys(core)
    .filter((name) => name.endsWith('Sync'))
    .map((name) => name.slice(0, -'Sync'.length));
  expect([...new Set(cases.map(({ kernel }) => kernel))].sort()).toEqual(exported.sort());
  expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
});

describe.each(cases.map((one) => [one.id, one] as const))('%s', (id, one) => {
  it('is well formed', () => {
    expect(findCase(id)).toBe(one);
    expect(id).toBe(`${one.kernel} ${one.type}`);
    expect(one.sizes.length).toBeGreaterThanOrEqual(2);
    for (const sizes of [one.sizes, one.quickSizes]) {
      expect(isAscending(sizes)).toBe(true);
      for (const size of sizes) {
        expect(Number.isSafeInteger(size) && size > 0).toBe(true);
        expect(UNITS[one.unit].of(one.work(size), 1)).toBeGreaterThan(0);
        expect(callsOf(one, size)).toBeGreaterThanOrEqual(1);
      }
    }
    expect(one.contestants).toContain('twin');
    for (const kind of one.contestants) expect(CONTESTANTS).toHaveProperty(kind);
    for (const kind of one.inexact) expect(one.contestants).toContain(kind);
    const work = one.make(one.sizes[0]!) as CaseWork<unknown, unknown>;
    expect(one.contestants.includes('plain')).toBe(work.plain !== undefined);
    expect(work.plain === undefined).toBe(one.plainLabel === undefined);
    expect(one.inexact.length === 0 || work.differs !== undefined).toBe(true);
  });

  it('has a plain contestant that computes the same', () => {
    const size = one.sizes[1]!;
    const work = one.make(size) as CaseWork<unknown, unknown>;
    if (work.plain === undefined) return;
    const [input] = work.inputs(2);
    const plain = work.plain(input);
    const kept = ArrayBuffer.isView(plain) ? (plain as Float64Array).slice() : plain;
    work.refill?.([input]);
    const reference = work.call(core, 1)(input);
    if (one.inexact.includes('plain')) expect(work.differs!(kept, reference, input)).toBeUndefined();
    else expect(Buffer.compare(work.bytes(kept), work.bytes(reference))).toBe(0);
  });

  it('finds a wrong result', () => {
    const work = one.make(one.sizes[1]!) as CaseWork<unknown, unknown>;
    if (work.differs === undefined) return;
    const [input] = work.inputs(1);
    const reference = work.call(core, 1)(input);
    const wrong =
      typeof reference === 'number'
        ? reference + 1e6
        : ArrayBuffer.isView(reference)
          ? (reference as Float64Array).map((value) => value + 1)
          : { mean: 1, variance: 1 };
    expect(work.differs(wrong, reference, input)).toBeTypeOf('string');
  });
});
