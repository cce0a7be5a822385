import { describe, expect, test } from 'vitest';
import { formatBytes, formatMs, formatNumber, formatRatio, formatValue } from '../src/render/format.ts';
import { toJsonLine } from '../src/render/json.ts';
import { nearestName, suggestion } from '../src/suggest.ts';

test('figures keep three digits that mean something', () => {
  expect([0, 0.01234, 1.234, 12.34, 123.4, 1234.5, -5.678].map(formatNumber)).toEqual([
    '0',
    '0.0123',
    '1.23',
    '12.3',
    '123',
    '1,235',
    '-5.68',
  ]);
  expect([0, 2e-5, 0.0123, 0.5, 300, 12_345].map(formatMs)).toEqual([
    '0 ms',
    '20.0 ns',
    '12.3 us',
    '0.500 ms',
    '300 ms',
    '12.3 s',
  ]);
  expect([512, 1536, 3 * 2 ** 20, 5 * 2 ** 30].map(formatBytes)).toEqual(['512 B', '1.50 KiB', '3.00 MiB', '5.00 GiB']);
  expect([0.0012, 0.42, 3.421, 24.13, 130.2].map(formatRatio)).toEqual(['0.0012x', '0.42x', '3.42x', '24.1x', '130x']);
  expect([formatValue(2, 'ms'), formatValue(7, 'frames'), formatValue(7, '')]).toEqual(['2.00 ms', '7 frames', '7']);
});

test('JSON loses nothing silently', () => {
  const value = { big: 10n, list: new Float32Array([1, 2]), nan: NaN, set: new Set([1]), map: new Map([['a', 1]]) };
  expect(JSON.parse(toJsonLine(value))).toEqual({ big: '10', list: [1, 2], nan: 'NaN', set: [1], map: { a: 1 } });
  expect(toJsonLine(undefined)).toBe('null');
});

describe('did you mean', () => {
  test('the nearest name', () => expect(nearestName('mandlebrot', ['minify', 'mandelbrot'])).toBe('mandelbrot'));
  test('nothing near: the whole list', () =>
    expect(suggestion('xyzzy', ['minify', 'n-body'])).toBe('known: minify, n-body'));
});
