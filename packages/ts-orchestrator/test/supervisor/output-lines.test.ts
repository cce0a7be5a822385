import { expect, it } from 'vitest';
import { OutputLines } from '../../src/supervisor/output-lines.ts';

function said(act: (lines: OutputLines) => void): { lines: string[]; tail: readonly string[] } {
  const lines: string[] = [];
  const output = new OutputLines('pool worker-1', (line) => lines.push(line));
  act(output);
  return { lines, tail: output.tail };
}

it('makes whole lines of pieces, each task by itself', () => {
  const { lines } = said((output) => {
    output.push('a', 'on');
    output.push('b', 'x\r\ny');
    output.push('a', 'e\n\ntwo');
    output.push(undefined, 'native\n');
    output.end();
  });
  expect(lines).toEqual([
    '[pool worker-1 b] x\n',
    '[pool worker-1 a] one\n',
    '[pool worker-1 a] \n',
    '[pool worker-1] native\n',
    '[pool worker-1 a] two\n',
    '[pool worker-1 b] y\n',
  ]);
});

it('bounds a line without an end, and the tail', () => {
  const { lines, tail } = said((output) => {
    output.push('a', 'x'.repeat(40_000));
    for (let n = 0; n < 100; n++) output.push('b', `${n}\n`);
  });
  expect(lines[0]).toHaveLength('[pool worker-1 a] \n'.length + 16_384);
  expect(tail).toEqual(['90', '91', '92', '93', '94', '95', '96', '97', '98', '99']);
});
