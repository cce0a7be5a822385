// Every example of docs/sharing-state.md runs as it stands, and prints what the document says.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sharingCosts } from '../docs/sharing-costs.mjs';
import { REPOSITORY } from './repository.ts';

const read = (file: string) => fs.readFileSync(path.join(REPOSITORY, file), 'utf8');
const text = read('docs/sharing-state.md');
/** Heading, program, what it prints. */
const examples = [...text.matchAll(/^## ([^\n]+)\n(?:(?!^## )[^])*?```js\n([^]*?)```\n\n```\n([^]*?)```\n/gm)].map(
  ([, heading, program, printed]) => [heading!, program!, printed!] as const,
);

describe('the examples of docs/sharing-state.md', () => {
  it('are all of its programs', () => {
    expect(examples).toHaveLength(text.split('```js\n').length - 1);
    expect(examples.length).toBeGreaterThan(0);
  });

  it.each(examples)('%s', async (_heading, program, printed) => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'heddle-example-'));
    onTestFinished(() => fs.rmSync(dir, { recursive: true, force: true }));
    fs.symlinkSync(path.join(REPOSITORY, 'node_modules'), path.join(dir, 'node_modules'));
    fs.writeFileSync(path.join(dir, 'example.mjs'), program);
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['example.mjs'], { cwd: dir });
    expect(stderr).toBe('');
    expect(stdout).toBe(printed);
  });
});

describe('its costs', () => {
  const committed = JSON.parse(read('docs/results/compare.json')) as { results: Array<{ name: string }> };
  const others = committed.results.filter(({ name }) => name !== 'hazard-lab');
  const lab = {
    name: 'hazard-lab',
    kinds: [{ kind: 'threads', notes: { 'a task aborts': 'x', 'shared lock: y': 'z' } }],
  };

  it('are what was measured of sending, and of sharing where that was', () => {
    expect(sharingCosts({ ...committed, results: others })).not.toMatch(/hazard-lab|undefined|NaN/);
    const both = sharingCosts({ ...committed, results: [...others, lab] });
    expect(both).toContain('| | threads |\n| --- | --- |\n| shared lock: y | z |\n');
    expect(both).not.toContain('a task aborts');
  });
});
