import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtFile } from '../src/support/built-file.ts';
import { filesUnder, nodeModulesFolders } from '../src/support/node-modules.ts';
import { testDir } from './support.ts';

describe('filesUnder', () => {
  it('gives matching files in one order, and neither links nor dot folders', async () => {
    const dir = await testDir();
    await mkdir(join(dir, 'b', '.cache'), { recursive: true });
    await mkdir(join(dir, 'a'));
    for (const name of ['b/z.js', 'b/.cache/x.js', 'a/y.js', 'a/B.js', 'a/y.txt', 'c.js', '.hidden.js']) {
      await writeFile(join(dir, name), '');
    }
    await symlink(join(dir, 'a'), join(dir, 'link'));
    await symlink(join(dir, 'c.js'), join(dir, 'd.js'));
    const found: string[] = [];
    for await (const path of filesUnder(dir, /\.js$/)) found.push(relative(dir, path));
    expect(found).toEqual(['a/B.js', 'a/y.js', 'b/z.js', 'c.js']);
  });

  it('finds the folders that imports resolve through', () => {
    const folders = nodeModulesFolders();
    expect(folders.length).toBeGreaterThan(0);
    expect(folders.every((folder) => basename(folder) === 'node_modules')).toBe(true);
  });
});

describe('builtFile', () => {
  it('names the built file from source and from dist', () => {
    const built = 'file:///x/src/packages/w/dist/n-body/tasks.js';
    expect(builtFile('./tasks.js', 'file:///x/src/packages/w/src/n-body/variants.ts').href).toBe(built);
    expect(builtFile('./tasks.js', 'file:///x/src/packages/w/dist/n-body/variants.js').href).toBe(built);
  });
});
