import { expect, it } from 'vitest';
import { Turns } from '../../src/liveness/turns.ts';

it('lets so many at a time, in order, and skips who left', () => {
  const turns = new Turns(2);
  const begun: number[] = [];
  const ends = [0, 1, 2, 3, 4].map((n) => turns.take(() => begun.push(n)));
  expect(begun).toEqual([0, 1]);
  ends[2]!();
  ends[1]!();
  ends[1]!();
  expect(begun).toEqual([0, 1, 3]);
  ends[0]!();
  expect(begun).toEqual([0, 1, 3, 4]);
  ends[3]!();
  ends[4]!();
  turns.take(() => begun.push(5));
  turns.take(() => begun.push(6));
  expect(begun).toEqual([0, 1, 3, 4, 5, 6]);
});
