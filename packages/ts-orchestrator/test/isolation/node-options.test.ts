import { expect, it } from 'vitest';
import { inheritedExecArgv, inheritedNodeOptions } from '../../src/isolation/node-options.ts';

it.each([
  [
    ['--enable-source-maps', '--import', './x.mjs'],
    ['--enable-source-maps', '--import', './x.mjs'],
  ],
  [['-e', 'code', '--no-warnings'], ['--no-warnings']],
  [['--input-type=module', '--eval', 'code'], []],
  [['--input-type', 'module', '--no-warnings'], ['--no-warnings']],
  [['--eval=code', '--inspect-brk=0', '--inspect', '--max-old-space-size=100'], ['--max-old-space-size=100']],
  [
    ['--conditions', 'x', '--test', '--watch', '--watch-path=.'],
    ['--conditions', 'x'],
  ],
  [['-pe', '1', '-c', '-i'], []],
])('of %j workers get %j', (given, expected) => {
  expect(inheritedExecArgv(given)).toEqual(expected);
});

it.each([
  ['--max-old-space-size=100 --inspect=0', '--max-old-space-size=100'],
  ['--inspect-port 9230  --import "./with space.mjs"', '--import "./with space.mjs"'],
  ['"--inspect-brk=0" --import="a \\"b\\" c"', '--import="a \\"b\\" c"'],
  ['--inspect', undefined],
  ['', undefined],
])('of NODE_OPTIONS %j workers get %j', (given, expected) => {
  expect(inheritedNodeOptions(given)).toBe(expected);
});
