import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { REPOSITORY } from './repository.ts';

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'heddle-prune-'));
afterAll(() => fs.rmSync(home, { recursive: true, force: true }));

const run = (cwd: string, ...args: string[]) => spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
const prune = (...args: string[]) => run(REPOSITORY, path.join(REPOSITORY, 'tools/prune.mjs'), ...args);

describe('tools/prune.mjs', () => {
  it('cuts out a package that builds and runs by itself', () => {
    const dir = path.join(home, 'machine');
    expect(prune('@heddle/machine', dir)).toMatchObject({ status: 0, stdout: '' });
    expect(fs.readdirSync(path.join(dir, 'packages'))).toEqual(['machine']);
    const { workspaces } = JSON.parse(fs.readFileSync(path.join(dir, 'package.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect(workspaces).toEqual(['packages/machine']);

    // Stands for `npm ci`: the tools of this repository, none of its packages.
    fs.mkdirSync(path.join(dir, 'node_modules/@heddle'), { recursive: true });
    for (const name of ['typescript', '@typescript', '@types', 'undici-types']) {
      const tool = path.join(REPOSITORY, 'node_modules', name);
      if (fs.existsSync(tool)) fs.symlinkSync(tool, path.join(dir, 'node_modules', name));
    }
    fs.symlinkSync(path.join(dir, 'packages/machine'), path.join(dir, 'node_modules/@heddle/machine'));
    expect(run(dir, 'node_modules/typescript/bin/tsc', '-b', 'packages/machine')).toMatchObject({
      status: 0,
      stdout: '',
    });
    const print = `import('@heddle/machine').then((it) => console.log(it.coresAllowed() >= 1));`;
    expect(run(dir, '-e', print)).toMatchObject({ status: 0, stdout: 'true\n' });
  });

  it('takes along the packages it needs', () => {
    const dir = path.join(home, 'core');
    expect(prune('@heddle/core-native', dir).status).toBe(0);
    expect(fs.readdirSync(path.join(dir, 'packages'))).toEqual(expect.arrayContaining(['core-native', 'machine']));
    expect(fs.existsSync(path.join(dir, 'packages/workloads'))).toBe(false);
    // The tools that scripts of these packages start, and what these tools name.
    const tools = fs.readdirSync(path.join(dir, 'tools'));
    expect(tools).toEqual(
      expect.arrayContaining(['native.mjs', 'toolchain.mjs', 'pack.mjs', 'npm-cli.mjs', 'install-native.mjs']),
    );
    expect(tools).not.toContain('setup.mjs');
    for (const tool of tools) expect(run(dir, '--check', `tools/${tool}`)).toMatchObject({ status: 0 });
  });

  it('says what is wrong in one sentence and touches nothing', () => {
    const unknown = prune('@heddle/attic', path.join(home, 'attic'));
    expect(unknown.status).toBe(2);
    expect(unknown.stderr).toMatch(/^prune: there is no package @heddle\/attic; there are .*@heddle\/machine.*\n$/);
    expect(fs.existsSync(path.join(home, 'attic'))).toBe(false);
    const full = path.join(home, 'full');
    fs.mkdirSync(full);
    expect(prune('@heddle/machine', full).status).toBe(2);
    expect(fs.readdirSync(full)).toEqual([]);
    expect(prune('@heddle/machine').stderr).toMatch(/^usage: /);
  });
});
