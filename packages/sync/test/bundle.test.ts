// What the build makes of the sources: one file, which needs no other.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import * as source from '../src/index.ts';

it('the bundle stands alone, and exports what the sources export', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heddle-sync-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true }));
  for (const name of ['index.js', 'index.js.map'])
    fs.copyFileSync(new URL(`../dist/bundle/${name}`, import.meta.url), path.join(folder, name));
  fs.writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
  const bundle = (await import(pathToFileURL(path.join(folder, 'index.js')).href)) as object;
  expect(Object.keys(bundle).toSorted()).toEqual(Object.keys(source).toSorted());
});
