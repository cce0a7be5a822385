import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { resolveModuleUrl } from '../../src/entry/module-url.ts';
import { temporaryFolder } from '../helpers.ts';

function folderWith(...files: string[]): (name: string) => string {
  const folder = temporaryFolder();
  for (const file of files) fs.writeFileSync(path.join(folder, file), '');
  return (name) => path.join(folder, name);
}

it('takes a URL, its text, or an absolute path', () => {
  const at = folderWith('a b#c.js');
  const url = pathToFileURL(at('a b#c.js'));
  for (const given of [url, url.href, at('a b#c.js')]) expect(resolveModuleUrl(given)).toBe(url.href);
  expect(resolveModuleUrl(`${url.href}?v=1`)).toBe(`${url.href}?v=1`);
});

it.each([
  ['x.js', 'x.ts'],
  ['x.mjs', 'x.mts'],
  ['x.cjs', 'x.cts'],
])('takes for an absent %s the %s beside it', (absent, present) => {
  const at = folderWith(present);
  expect(resolveModuleUrl(at(absent))).toBe(pathToFileURL(at(present)).href);
  fs.writeFileSync(at(absent), '');
  expect(resolveModuleUrl(at(absent))).toBe(pathToFileURL(at(absent)).href);
});

it('tells what it tried and what is nearest', () => {
  const at = folderWith('tiles.tasks.js');
  fs.mkdirSync(at('folder.js'));
  expect(() => resolveModuleUrl(at('tile.tasks.js'))).toThrow(
    `(tried ${at('tile.tasks.js')}, ${at('tile.tasks.ts')}); did you mean "tiles.tasks.js"?`,
  );
  expect(() => resolveModuleUrl(at('folder.js'))).toThrow(expect.objectContaining({ code: 'HEDDLE_MODULE_NOT_FOUND' }));
  expect(() => resolveModuleUrl(at('nowhere/x.js'))).toThrow('no task module at');
});

it.each([['./x.js'], ['x'], [''], ['data:text/javascript,1'], ['https://a/x.js'], ['file://host/x.js'], [5], [null]])(
  'refuses %j',
  (given) => {
    expect(() => resolveModuleUrl(given)).toThrow(expect.objectContaining({ code: 'HEDDLE_MODULE_URL' }));
  },
);
