import { expect, it } from 'vitest';
import { nearestName } from '../../src/errors/nearest.ts';

it.each([
  ['timeOutMs', ['timeoutMs', 'transfer'], 'timeoutMs'],
  ['renderTiel', ['renderTile', 'renderAll'], 'renderTile'],
  ['add', ['sub', 'mul'], undefined],
  ['x', ['y'], undefined],
  ['', ['a'], undefined],
  ['anything', [], undefined],
])('%j among %j is %j', (name, known, expected) => {
  expect(nearestName(name, known)).toBe(expected);
});
