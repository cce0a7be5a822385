import { expect, it } from 'vitest';
import { InspectorLines } from '../../src/liveness/inspector-lines.ts';

const ADDRESS = 'ws://127.0.0.1:36879/582af3ba-548f-4acf-9b6b-d67fc95b4770';
const SAID = `one\ntwDebugger listening on ${ADDRESS}\nFor help, see: https://nodejs.org/en/docs/inspector\no\nDebugger attached.\nthree`;

function filter() {
  const addresses: string[] = [];
  const lines = new InspectorLines();
  lines.onListening = (url) => addresses.push(url);
  return { lines, addresses };
}

it('passes everything until it is armed', () => {
  const { lines, addresses } = filter();
  expect(lines.push(SAID)).toBe(SAID);
  expect(addresses).toEqual([]);
});

it.each([1, 2, 7, 31, SAID.length])(
  'takes the announcements out of text that comes %s characters at a time',
  (size) => {
    const { lines, addresses } = filter();
    lines.arm();
    let text = '';
    for (let at = 0; at < SAID.length; at += size) text += lines.push(SAID.slice(at, at + size));
    expect(text + lines.end()).toBe('one\ntwo\nthree');
    expect(addresses).toEqual([ADDRESS]);
  },
);

it('gives back what only looked like one', () => {
  const { lines } = filter();
  lines.arm();
  expect(lines.push('see the Debugger')).toBe('see the ');
  expect(lines.push(' of the world')).toBe('Debugger of the world');
  expect(lines.push('Debugger attached')).toBe('');
  expect(lines.end()).toBe('Debugger attached');
});
