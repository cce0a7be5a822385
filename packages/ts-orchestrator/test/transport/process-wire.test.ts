import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { speakerParser, speakerTag } from '../../src/transport/process-wire.ts';

function parse(chunks: readonly string[]): Array<[string | undefined, string]> {
  const said: Array<[string | undefined, string]> = [];
  const parser = speakerParser('mark', (task, text) => {
    const last = said.at(-1);
    if (last !== undefined && last[0] === task) last[1] += text;
    else said.push([task, text]);
  });
  for (const chunk of chunks) parser.push(chunk);
  parser.end();
  return said;
}

it('gives each text to its speaker, wherever the stream is cut', () => {
  const stream = `native${speakerTag('mark', 'a b:ü')}one\n${speakerTag('mark', undefined)}two\u001e${speakerTag('mark', 'c')}\u001emark`;
  const expected = [
    [undefined, 'native'],
    ['a b:ü', 'one\n'],
    [undefined, 'two\u001e'],
    ['c', '\u001emark'],
  ];
  expect(parse([stream])).toEqual(expected);
  expect(parse(stream.split(''))).toEqual(expected);
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length), { maxLength: 6 }), (cuts) => {
      const edges = [0, ...cuts.sort((a, b) => a - b), stream.length];
      expect(parse(edges.slice(1).map((edge, i) => stream.slice(edges[i], edge)))).toEqual(expected);
    }),
  );
});
