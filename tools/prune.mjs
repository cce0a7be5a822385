#!/usr/bin/env node
// Cuts one package, with the packages it needs, out of the repository into a folder that builds and tests by itself.
//   node tools/prune.mjs @heddle/core-native ../my-core
//   cd ../my-core && npm ci && npm test
// turbo copies the packages and reduces the lock; the files at the top that building and testing need are added here.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const KEPT = [
  'tsconfig.base.json',
  'vitest.config.ts',
  '.oxlintrc.json',
  '.prettierrc.json',
  '.clang-format',
  'LICENSE',
];

const fail = (sentence) => {
  console.error(sentence);
  process.exit(2);
};

const [name, out, ...more] = process.argv.slice(2);
if (!name || !out || more.length > 0) fail('usage: node tools/prune.mjs <package> <folder that does not exist yet>');
const names = ['packages', 'apps'].flatMap(listManifests).map((file) => JSON.parse(fs.readFileSync(file, 'utf8')).name);
if (!names.includes(name)) fail(`prune: there is no package ${name}; there are ${names.join(', ')}`);
const target = path.resolve(out);
if (fs.existsSync(target)) fail(`prune: ${target} exists already; name a folder that doesn't`);

function listManifests(group) {
  return fs
    .readdirSync(path.join(root, group))
    .map((dir) => path.join(root, group, dir, 'package.json'))
    .filter((file) => fs.existsSync(file));
}

const turbo = path.join(root, 'node_modules/turbo/bin/turbo');
const { status, error } = spawnSync(process.execPath, [turbo, 'prune', name, '--out-dir', target], {
  cwd: root,
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
  stdio: ['ignore', 2, 2],
});
if (error) throw error;
if (status !== 0) process.exit(status ?? 1);

for (const file of KEPT) fs.copyFileSync(path.join(root, file), path.join(target, file));

/** The tools that scripts of the packages start (`node ../../tools/x.mjs`), and the tools that these name. */
function keepTool(file) {
  const to = path.join(target, 'tools', file);
  if (fs.existsSync(to) || !fs.existsSync(path.join(root, 'tools', file))) return;
  const text = fs.readFileSync(path.join(root, 'tools', file), 'utf8');
  fs.mkdirSync(path.dirname(to), { recursive: true });
  fs.writeFileSync(to, text);
  for (const [, next] of text.matchAll(/'(?:\.\/)?([\w-]+\.mjs)'/g)) keepTool(next);
}

const manifestFile = path.join(target, 'package.json');
const manifest = JSON.parse(fs.readFileSync(manifestFile, 'utf8'));
for (const dir of manifest.workspaces) {
  const { scripts } = JSON.parse(fs.readFileSync(path.join(target, dir, 'package.json'), 'utf8'));
  const commands = Object.values(scripts ?? {}).join('\n');
  for (const [, file] of commands.matchAll(/\.\.\/\.\.\/tools\/([\w-]+\.mjs)/g)) keepTool(file);
}

// The scripts at the top start the command and the tools of the whole repository: here they build and test what is left.
manifest.scripts = { build: 'turbo run native build', pretest: 'turbo run native build', test: 'vitest run' };
fs.writeFileSync(manifestFile, `${JSON.stringify(manifest, undefined, 2)}\n`);
console.error(`prune: ${name} is in ${target}; next: npm ci && npm test`);
