import fs from 'node:fs';
import { expect, it } from 'vitest';
import { ERROR_CODES } from '../../src/errors/codes.ts';

const page = fs.readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');
const ofPools = page.slice(page.indexOf('## Pools'), page.indexOf('## Kernels'));

it('docs/errors.md has one heading per code, in the order of the table', () => {
  const headings = [...ofPools.matchAll(/^### (\w+)$/gm)].map(([, code]) => code);
  expect(headings).toEqual(Object.keys(ERROR_CODES));
});

it('docs/errors.md tells class and retryability as the table does, and what to do', () => {
  for (const section of ofPools.split(/^### /m).slice(1)) {
    const [code, , facts, , ...text] = section.split('\n');
    const row = ERROR_CODES[code as keyof typeof ERROR_CODES];
    expect(facts, code).toBe(`Class \`${row.class}\`, ${row.retryable ? '' : 'not '}retryable.`);
    expect(text.join(' ').trim().length, code).toBeGreaterThan(60);
  }
});
