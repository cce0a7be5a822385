// Each published package alone, as its user gets it: tarballs installed with npm into an empty folder outside of the
// repository, without install scripts, and the example of its README run by plain node.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, describe, expect, it } from 'vitest';
import { npm } from '../npm-cli.mjs';
import { firstExample, outsideEnv } from './packing.ts';
import { projectDirs, readManifest, REPOSITORY } from './repository.ts';

/** A ceiling against a hang: npm fetches what the cache doesn't hold. */
const NPM_TIMEOUT_MS = 300_000;

const published = projectDirs().filter((dir) => readManifest(dir).private !== true);
const dirOf = new Map(published.map((dir) => [readManifest(dir).name, dir]));
const hasBinary = fs.existsSync(path.join(REPOSITORY, 'packages/core-native/build/Release/core_native.node'));
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'heddle-packing-'));
const env = outsideEnv(process.env);

afterAll(() => fs.rmSync(home, { recursive: true, force: true }));

const packed = new Map<string, readonly string[]>();

/** The tarballs of one package, made at the first request. */
function tarballsOf(name: string): readonly string[] {
  const known = packed.get(name);
  if (known !== undefined) return known;
  const dir = path.join(home, 'tarballs', path.basename(name));
  const pack = path.join(REPOSITORY, 'tools/pack.mjs');
  const { ended, stderr } = run(path.join(REPOSITORY, dirOf.get(name)!), pack, dir);
  if (ended !== 0) throw new Error(`${name} can't be packed: ${stderr}`);
  const files = fs.readdirSync(dir).map((file) => path.join(dir, file));
  packed.set(name, files);
  return files;
}

/** A package after everything of this repository that it can't do without. */
function inOrder(name: string): string[] {
  const own = Object.keys(readManifest(dirOf.get(name)!).dependencies ?? {}).filter((other) => dirOf.has(other));
  return [...new Set([...own.flatMap(inOrder), name])];
}

const isPlatform = (tarball: string) => path.basename(tarball).includes(`-${process.platform}-`);

/** An empty folder outside of the repository, with no more than npm needs to install into it. */
function newProject(name: string): string {
  const project = path.join(home, 'projects', name);
  fs.mkdirSync(project, { recursive: true });
  fs.writeFileSync(path.join(project, 'package.json'), '{ "private": true }\n');
  return project;
}

/** One after the other, so that npm finds each dependency installed and asks no registry for a package of this repository. */
function install(project: string, name: string): void {
  const quiet = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  for (const tarball of inOrder(name).flatMap((each) => tarballsOf(each).toSorted(platformFirst))) {
    npm(['install', ...quiet, tarball], { cwd: project, env });
  }
}

const platformFirst = (a: string, b: string) => Number(isPlatform(b)) - Number(isPlatform(a));

function run(cwd: string, file: string, ...args: string[]) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
    cwd,
    env,
    encoding: 'utf8',
  });
  return { ended: signal ?? status, stdout, stderr };
}

describe.each([...dirOf])('%s', (name, dir) => {
  const isNative = name === '@heddle/core-native';
  const needsBinary = isNative && !hasBinary && process.env['HEDDLE_REQUIRE_TOOLS'] !== '1';

  it.skipIf(needsBinary)(
    `runs the example of its README${needsBinary ? ' (skipped: install g++, make and python3)' : ''}`,
    () => {
      const project = newProject(path.basename(name));
      install(project, name);
      fs.writeFileSync(
        path.join(project, 'example.mjs'),
        firstExample(fs.readFileSync(path.join(REPOSITORY, dir, 'README.md'), 'utf8')),
      );
      const { ended, stdout, stderr } = run(project, 'example.mjs');
      expect({ ended, stderr }).toEqual({ ended: 0, stderr: '' });
      expect(stdout).not.toBe('');
    },
    NPM_TIMEOUT_MS,
  );

  it('gives each tarball a licence and a readme, and no test, cache or binary beside its own', () => {
    const tarballs = tarballsOf(name);
    expect(tarballs).toHaveLength(isNative && hasBinary ? 2 : 1);
    for (const tarball of tarballs) {
      const { stdout } = spawnSync('tar', ['tzf', tarball], { encoding: 'utf8' });
      const files = stdout.trim().split('\n');
      expect(files).toEqual(expect.arrayContaining(['package/LICENSE', 'package/README.md', 'package/package.json']));
      expect(files.filter((file) => /\.test\.|tsbuildinfo|node_modules/.test(file))).toEqual([]);
      expect(files.filter((file) => file.endsWith('.node'))).toHaveLength(isPlatform(tarball) ? 1 : 0);
      const built = files.filter((file) => /^package\/dist\/.*\.js$/.test(file));
      const bundles = built.filter((file) => file.startsWith('package/dist/bundle/'));
      // Bundles hold the modules.
      if (bundles.length > 0) expect(built).toEqual(bundles);
      expect(bundles.length > 0).toBe(/\/(ts-orchestrator|sync|cluster-bullmq)$/.test(name));
    }
  });

  it('has nothing for publint to say', async () => {
    for (const tarball of tarballsOf(name)) {
      const bytes = fs.readFileSync(tarball);
      const copy = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
      const { messages, pkg } = await publint({ pack: { tarball: copy }, level: 'warning', strict: true });
      expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
    }
  });

  it('has types that resolve wherever ES modules are imported', () => {
    const main = tarballsOf(name).find((tarball) => !isPlatform(tarball))!;
    const attw = path.join(REPOSITORY, 'node_modules/@arethetypeswrong/cli/dist/index.js');
    const { ended, stdout, stderr } = run(home, attw, main, '--profile', 'esm-only', '--no-color', '--no-emoji');
    expect({ ended, said: ended === 0 ? '' : stdout + stderr }).toEqual({ ended: 0, said: '' });
  });
});

describe('@heddle/core-native without the package for this platform', () => {
  // Compiling takes most of a minute of one core: .ci/run does it, which requires the tools.
  const isRequired = process.env['HEDDLE_REQUIRE_TOOLS'] === '1';

  it.skipIf(!isRequired)(
    `compiles its sources${isRequired ? '' : ' (skipped: set HEDDLE_REQUIRE_TOOLS=1)'}`,
    () => {
      const project = newProject('core-native-from-source');
      const tarballs = inOrder('@heddle/core-native').flatMap(tarballsOf);
      const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
      for (const tarball of tarballs.filter((each) => !isPlatform(each))) {
        npm(['install', '--omit=optional', ...quiet, tarball], { cwd: project, env });
      }
      const print = `import { loadedFrom, sumSync } from '@heddle/core-native';
      console.log(loadedFrom(), sumSync(Float64Array.of(1, 2, 4)));`;
      fs.writeFileSync(path.join(project, 'print.mjs'), print);
      expect(run(project, 'print.mjs')).toEqual({
        ended: 0,
        stdout: expect.stringMatching(/core-native\/build\/Release\/core_native\.node 7\n$/) as string,
        stderr: '',
      });
    },
    NPM_TIMEOUT_MS,
  );
});
