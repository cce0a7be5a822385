import fs from 'node:fs';
import { expect, it } from 'vitest';
import { CLUSTER_ERRORS } from '../src/errors.ts';

it('docs/errors.md has one heading per code, in the order of the table', () => {
  const page = fs.readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  const part = page.slice(page.indexOf('## Cluster'));
  const headings = [...part.matchAll(/^### (\w+)$/gm)].map(([, code]) => code);
  expect(headings).toEqual(Object.keys(CLUSTER_ERRORS));
});
