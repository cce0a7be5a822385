#!/usr/bin/env node
// Makes the npm tarballs of the package in the working folder: `npm run pack` there, or `nx run-many -t pack`.
// They land in pack/ of the package, or in the folder given as argument. All work happens in a staging copy, because the
// napi-rs CLI edits package.json. A package with binding.gyp also gives the package that holds the binary for this
// platform; those of other platforms come from the same command run there.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { npm } from './npm-cli.mjs';

const root = path.resolve(import.meta.dirname, '..');
const packageDir = process.cwd();
const outDir = path.resolve(process.argv[2] ?? 'pack');
const manifest = JSON.parse(fs.readFileSync(path.join(packageDir, 'package.json'), 'utf8'));
const isNative = manifest.files?.includes('binding.gyp') === true;

/** What never belongs in a package, wherever it lies. */
const isLeftOut = (file) => /(^|[\\/])node_modules$|\.tsbuildinfo$|\.node$/.test(file);

/** Where bundles are published, the modules they hold lie beside them for the tests of this repository only. */
const hasBundles = Object.values(manifest.exports ?? {}).some((entry) => entry.default?.startsWith('./dist/bundle/'));
const isBundled = (file) =>
  hasBundles && /^dist[\\/](?!bundle[\\/]).*\.js(\.map)?$/.test(path.relative(packageDir, file));

/** Runs a script of Node; shows what it said only when it fails. */
function run(args, cwd) {
  const { status, error, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) {
    throw new Error(`failed: ${args.join(' ')}\n${stdout}${stderr}`);
  }
}

/** Conditions of this repository's own tools (@heddle/source) mean nothing outside of it. */
function withoutOwnConditions(entry) {
  if (typeof entry !== 'object' || entry === null) return entry;
  const kept = Object.entries(entry).filter(([key]) => key !== '@heddle/source');
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutOwnConditions(value)]));
}

function stage(stagingDir) {
  for (const name of manifest.files ?? []) {
    const from = path.join(packageDir, name);
    if (!fs.existsSync(from)) {
      if (name !== 'dist') continue;
      throw new Error(`${manifest.name} is not built: run \`npx nx build ${manifest.name}\` first`);
    }
    fs.cpSync(from, path.join(stagingDir, name), {
      recursive: true,
      filter: (file) => !isLeftOut(file) && !isBundled(file),
    });
  }
  if (hasBundles && !fs.existsSync(path.join(stagingDir, 'dist/bundle')))
    throw new Error(`${manifest.name} has no bundles: run \`npx nx build ${manifest.name}\` first`);
  for (const [name, from] of [
    ['README.md', packageDir],
    ['LICENSE', root],
  ]) {
    if (!fs.existsSync(path.join(from, name))) throw new Error(`${manifest.name} has no ${name}`);
    fs.copyFileSync(path.join(from, name), path.join(stagingDir, name));
  }
  const { scripts: _scripts, nx: _nx, devDependencies: _dev, ...published } = manifest;
  published.exports = withoutOwnConditions(manifest.exports);
  if (isNative) {
    // Not in the repository's own package.json: npm would run it in the workspace, before anything is built.
    fs.copyFileSync(path.join(import.meta.dirname, 'install-native.mjs'), path.join(stagingDir, 'install.mjs'));
    published.files = [...manifest.files, 'install.mjs'];
    published.scripts = { install: 'node install.mjs' };
  }
  writeManifest(stagingDir, published);
}

function writeManifest(dir, content) {
  fs.writeFileSync(path.join(dir, 'package.json'), `${JSON.stringify(content, undefined, 2)}\n`);
}

/** This platform as the napi-rs CLI names it (a Rust target) and as it names the package's ending. */
function hostPlatform() {
  const { platform, arch } = process;
  const cpu = { x64: 'x86_64', arm64: 'aarch64' }[arch];
  if (cpu === undefined) return undefined;
  if (platform === 'darwin') return { target: `${cpu}-apple-darwin`, ending: `darwin-${arch}` };
  if (platform === 'win32') return { target: `${cpu}-pc-windows-msvc`, ending: `win32-${arch}-msvc` };
  if (platform !== 'linux') return undefined;
  process.report.excludeNetwork = true; // the report looks up the names of network peers otherwise
  const libc = process.report.getReport().header.glibcVersionRuntime ? 'gnu' : 'musl';
  return { target: `${cpu}-unknown-linux-${libc}`, ending: `linux-${arch}-${libc}` };
}

/** Makes the folder of this platform's package beside the staged main one, and names it in its optionalDependencies. */
function stagePlatform(stagingDir, binary, { target, ending }) {
  const binaryName = path.basename(manifest.name);
  const config = { binaryName, packageName: manifest.name, targets: [target] };
  // With all platforms configured the CLI refuses to go on before it has all of their binaries.
  const configFile = path.join(stagingDir, 'napi.host.json');
  fs.writeFileSync(configFile, JSON.stringify(config));
  const artifacts = path.join(stagingDir, 'artifacts');
  fs.mkdirSync(artifacts);
  fs.copyFileSync(binary, path.join(artifacts, `${binaryName}.${ending}.node`));

  const napi = createRequire(import.meta.url).resolve('@napi-rs/cli');
  const cli = path.join(path.dirname(napi), 'cli.js');
  run([cli, 'create-npm-dirs', '-c', configFile, '--npm-dir', 'npm'], stagingDir);
  run([cli, 'artifacts', '-c', configFile, '--output-dir', 'artifacts', '--npm-dir', 'npm'], stagingDir);
  run([cli, 'version', '-c', configFile, '--npm-dir', 'npm'], stagingDir);
  const prePublish = ['pre-publish', '-c', configFile, '--npm-dir', 'npm', '--tag-style', 'npm'];
  run([cli, ...prePublish, '--skip-optional-publish', '--no-gh-release'], stagingDir);

  const platformDir = path.join(stagingDir, 'npm', ending);
  fs.copyFileSync(path.join(root, 'LICENSE'), path.join(platformDir, 'LICENSE'));
  // Not to be packed with the main package: the CLI leaves a copy of the binary beside package.json.
  fs.rmSync(configFile);
  fs.rmSync(artifacts, { recursive: true });
  for (const file of fs.readdirSync(stagingDir)) if (file.endsWith('.node')) fs.rmSync(path.join(stagingDir, file));
  return platformDir;
}

function npmPack(dir) {
  const args = ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', outDir];
  const [{ filename, size, entryCount }] = JSON.parse(npm(args, { cwd: dir }));
  console.log(`pack: ${path.relative(root, path.join(outDir, filename))}: ${entryCount} files, ${size} bytes`);
}

const stagingDir = fs.mkdtempSync(path.join(os.tmpdir(), 'heddle-pack-'));
try {
  stage(stagingDir);
  fs.mkdirSync(outDir, { recursive: true });
  for (const file of fs.readdirSync(outDir)) if (file.endsWith('.tgz')) fs.rmSync(path.join(outDir, file));
  if (isNative) {
    const binary = path.join(packageDir, 'build/Release/core_native.node');
    const platform = hostPlatform();
    if (!fs.existsSync(binary)) console.error(`pack: no native build: ${manifest.name} is packed without a binary`);
    else if (!platform)
      console.error(`pack: no package for ${process.platform} ${process.arch}: the sources are packed`);
    else npmPack(stagePlatform(stagingDir, binary, platform));
    fs.rmSync(path.join(stagingDir, 'npm'), { recursive: true, force: true });
  }
  npmPack(stagingDir);
} catch (error) {
  console.error(`pack: ${error.message}`);
  process.exitCode = 1;
} finally {
  fs.rmSync(stagingDir, { recursive: true, force: true });
}
