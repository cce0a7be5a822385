// Programs as a user starts them, one after the other, with a cache of their own.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../helpers.ts';
import { startProgram } from '../programs.ts';

const BACKENDS = ['inline', 'threads', 'processes', 'auto'];
const RESULTS = BACKENDS.flatMap(() => [49, 1, 4, 9]);

interface Told {
  readonly results: readonly number[];
  readonly loaded: readonly string[];
  readonly frames: string;
}

async function runIn(home: string, backends: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Told> {
  const around = { HEDDLE_CODE_CACHE: '', XDG_CACHE_HOME: home, ...env };
  const { code, stdout, stderr } = await startProgram('loads-later-parts.mjs', backends, around).ended;
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout) as Told;
}

const folderIn = (home: string) => path.join(home, 'heddle/code');
const sizesIn = (home: string): Record<string, number> =>
  Object.fromEntries(
    fs
      .readdirSync(folderIn(home))
      .map((file) => [file.replace(/-[0-9a-f]{16}-.*$/, ''), fs.statSync(path.join(folderIn(home), file)).size]),
  );

describe('what a program loads later', () => {
  it('is marked by the first program, kept by the second, and used by the third, which may use other parts too', async () => {
    const home = temporaryFolder();
    expect((await runIn(home, ['inline'])).results).toEqual([49, 1, 4, 9]);
    expect(sizesIn(home)).toEqual({ 'open-inline-open-inline': 0, 'open-inline-pool': 0 });
    await runIn(home, ['inline']);
    const kept = sizesIn(home);
    expect(Math.min(...Object.values(kept))).toBeGreaterThan(10_000);
    const times = () =>
      fs.readdirSync(folderIn(home)).map((file) => fs.statSync(path.join(folderIn(home), file)).mtimeMs);
    const before = times();
    const { results, loaded } = await runIn(home, ['inline']);
    expect(results).toEqual([49, 1, 4, 9]);
    expect(loaded).toEqual([]);
    expect(times()).toEqual(before);
    for (let n = 0; n < 3; n++) expect((await runIn(home, BACKENDS)).results).toEqual(RESULTS);
    // Of inline pools, because one comes first.
    const parts = ['open-auto', 'open-inline', 'open-processes', 'plan-processes', 'pool'];
    expect(Object.keys(sizesIn(home)).toSorted()).toEqual(parts.map((name) => `open-inline-${name}`));
    expect(sizesIn(home)).toMatchObject(kept);
    await runIn(home, ['threads']);
    expect(Object.keys(sizesIn(home))).toContain('pool-pool');
  });

  it('is compiled anew where what is kept is not from this V8', async () => {
    const home = temporaryFolder();
    await runIn(home, ['inline']);
    await runIn(home, ['inline']);
    for (const name of fs.readdirSync(folderIn(home))) {
      const file = path.join(folderIn(home), name);
      const { length } = fs.readFileSync(file);
      fs.writeFileSync(file, Buffer.alloc(length, 'abcd'));
    }
    expect((await runIn(home, ['inline'])).results).toEqual([49, 1, 4, 9]);
    expect(fs.readdirSync(folderIn(home))).toEqual([]);
    await runIn(home, ['inline']);
    expect(sizesIn(home)).toEqual({ 'open-inline-open-inline': 0, 'open-inline-pool': 0 });
  });

  it('is loaded by Node where nothing may be kept, or stack traces have to lead to the sources', async () => {
    const home = temporaryFolder();
    const off = await runIn(home, BACKENDS, { HEDDLE_CODE_CACHE: 'off' });
    expect(off.results).toEqual(RESULTS);
    expect(off.loaded).toContain('pool.cjs');
    expect(off.frames).toMatch(/dist\/bundle\/pool\.cjs:\d+/);
    const mapped = await runIn(home, ['inline'], { NODE_OPTIONS: '--enable-source-maps' });
    expect(mapped.frames).toMatch(/src\/pool\/pool\.ts:\d+/);
    expect(fs.existsSync(folderIn(home))).toBe(false);
  });

  it('is used without a cache where there can be none', async () => {
    const file = path.join(temporaryFolder(), 'file');
    fs.writeFileSync(file, '');
    expect((await runIn(file, BACKENDS)).results).toEqual(RESULTS);
  });
});
