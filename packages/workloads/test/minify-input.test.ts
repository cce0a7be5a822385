import { describe, expect, it } from 'vitest';
import { evenly } from '../src/minify/input.ts';

describe('evenly', () => {
  it('gives every item once', () => {
    const items = Array.from({ length: 97 }, (_, i) => i);
    expect([...evenly(items)].toSorted((a, b) => a - b)).toEqual(items);
  });

  it('takes early items from all over the list', () => {
    const quarters = [...evenly(Array.from({ length: 400 }, (_, i) => i))].slice(0, 8).map((i) => Math.floor(i / 100));
    expect(new Set(quarters).size).toBe(4);
  });
});
