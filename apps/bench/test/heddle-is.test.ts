import { expect, it } from 'vitest';
import { heddleIsTo } from '../src/heddle-is.ts';

it('turns the ratio where less is better, and has none where there is nothing', () => {
  expect(heddleIsTo('lower', [1, 1], [3, 3])?.ratio).toBe(3);
  expect(heddleIsTo('higher', [6, 6], [3, 3])?.ratio).toBe(2);
  expect(heddleIsTo('lower', [0, 1], [3, 3])).toBeUndefined();
  expect(heddleIsTo('lower', [1, 1], [])).toBeUndefined();
});
