import { expect, it } from 'vitest';
import { inheritedExecArgv } from '../../src/transport/process-transport.ts';

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
