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
  const file = path.join(folder, 'index.mjs');
  fs.copyFileSync(new URL('../dist/bundle/index.js', import.meta.url), file);
  const bundle = (await import(pathToFileURL(file).href)) as object;
  expect(Object.keys(bundle).toSorted()).toEqual(Object.keys(source).toSorted());
});
