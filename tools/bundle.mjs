#!/usr/bin/env node
// Joins the modules of a package to one file for each that a program or a worker starts with: dist/bundle/<name>.js. Loading them one
// by one took most of a start (docs/decisions/016-one-file-per-entry.md). The bundle of a worker stands alone; what has to be one in a
// whole thread hangs on its global object. The compiler writes the types, and modules one by one, beside them.
//   node ../../tools/bundle.mjs index.ts entry/thread-entry.ts require:auto/judge-entry.ts
// In the package: its entries, below src. One with `require:` is no ES module but what its name says, dist/bundle/<name>.cjs: for what is
// loaded in the middle of a call, which can't wait.
//
// What a program loads of a package with pools is a few files: loading all of it before the first worker starts took a quarter of a
// start (027).
//   index.js          the public names, all of which lie in start.js
//   start.js          what index.ts imports: checks options and starts the first thread
//   pool.cjs          what every pool needs, and pools of threads; asked for when the first thread is on its way
//   plan-processes.cjs what starts processes; asked for before the first of them is on its way
//   open-*.cjs        what one backend needs beyond that
//   judge-entry.cjs   what weighs where calls run; asked for with the first question (023)
// Those that are asked for later are scripts: later-parts.mjs.
import fs from 'node:fs';
import path from 'node:path';
import { rolldown } from 'rolldown';
import { parseAst } from 'rolldown/parseAst';
import { asPart, asStart } from './later-parts.mjs';

const entries = process.argv.slice(2);
if (entries.length === 0) {
  console.error('bundle: name the entries of the package, below src');
  process.exit(2);
}
const packageDir = process.cwd();
const outDir = path.join(packageDir, 'dist/bundle');
const { devDependencies } = JSON.parse(fs.readFileSync(path.join(packageDir, 'package.json'), 'utf8'));

/** Packages of this repository that are needed to build come along; all else is looked up when the program runs. */
const isOutside = (id) =>
  !id.startsWith('.') && !path.isAbsolute(id) && !Object.hasOwn(devDependencies, id.split('/').slice(0, 2).join('/'));

/** Where rolldown puts its `__exportAll`, and the same in one line: a file less to load. */
const RUNTIME = 'rolldown-runtime.js';
const EXPORT_ALL =
  'const __exportAll = (all) => Object.defineProperties({}, Object.fromEntries(Object.entries(all).map(([name, get]) => [name, { get, enumerable: true }])));';

/**
 * Modules of Node by function call: each import of one costs 0.2 ms or more, because it makes a module with a name for everything
 * that is in it. Line by line, so that the source map stays true.
 */
function withoutImports(code, isProgram) {
  return code.replace(/^import .*$/gm, (line) => {
    // Its names were needed by code that lies in another file.
    if (/^import "node:[\w/]+";$/.test(line)) return '';
    if (line === `import { t as __exportAll } from "./${RUNTIME}";`) return EXPORT_ALL;
    if (isProgram && / from "\.\/[\w-]+\.js";$/.test(line)) return line;
    const [, whole, names, id] = /^import ([\w$]+)?(?:, )?(?:\{ (.+) \})? from "(node:[\w/]+)";$/.exec(line) ?? [];
    if (id === undefined) throw new Error(`this would be loaded by the start: ${line}`);
    const get = `process.getBuiltinModule("${id}")`;
    const parts = names === undefined ? '' : `{ ${names.replaceAll(' as ', ': ')} } = `;
    if (whole === undefined) return `const ${parts}${get};`;
    return `const ${whole} = ${get}${parts === '' ? '' : `, ${parts}${whole}`};`;
  });
}

/** Classes of objects that a user gets into hand: what is private there stays hidden. */
const VISIBLE = new Set(['PoolCore', 'AutoPool', 'MapIteration', 'AutoMap', 'RunningTask']);

/**
 * Private fields and methods under plain names (`#tasks` becomes `_tasks`, as long, so that the source map stays true): code that was not
 * compiled yet takes twice as long for a private one, and most of what a start and a task now and then run is such code
 * (docs/decisions/022-tasks-in-cold-code.md). Refuses what would mean something else then.
 */
function withPlainFields(code, file) {
  const places = [];
  const refuse = (what, { start }) => {
    throw new Error(`${file}: ${what} at ${start}, which names of fields without # would change`);
  };
  const visit = (node, isVisible, hasParent) => {
    if (Array.isArray(node)) return node.forEach((each) => visit(each, isVisible, hasParent));
    if (typeof node !== 'object' || node === null) return;
    if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') {
      isVisible = VISIBLE.has(node.id?.name);
      hasParent = node.superClass !== null;
    }
    if (node.type === 'BinaryExpression' && node.left.type === 'PrivateIdentifier') refuse('`#name in`', node);
    if (node.type === 'PrivateIdentifier' && !isVisible) {
      if (hasParent) refuse('a private name of a class that extends another', node);
      places.push(node.start);
    }
    for (const value of Object.values(node)) visit(value, isVisible, hasParent);
  };
  visit(parseAst(code, { lang: 'ts' }), false, false);
  const names = new Set(places.map((at) => /^#\w+/.exec(code.slice(at))[0]));
  for (const name of names)
    if (new RegExp(`[^\\w]_${name.slice(1)}\\b`).test(code)) throw new Error(`${file}: _${name.slice(1)} is taken`);
  let plain = '';
  let end = 0;
  for (const at of places.sort((a, b) => a - b)) {
    plain += `${code.slice(end, at)}_`;
    end = at + 1;
  }
  return plain + code.slice(end);
}

/**
 * One file with a character beyond ASCII is kept in two bytes for each, and takes longer to read and to compile. All of them stand in strings:
 * what remains elsewhere would be no program any more.
 */
const asAscii = (code) =>
  code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** What an ES module exports, as what `require` gives. */
function asRequired(code) {
  const [line, names] = /^export \{ (.+) \};$/m.exec(code);
  return code.replace(line, `module.exports = { ${names} };`);
}

const plainFields = {
  name: 'plain-fields',
  transform: {
    filter: { id: /\.ts$/ },
    handler: (code, file) => ({ code: withPlainFields(code, file), map: null }),
  },
};

/** The modules that are loaded with this one, and itself. */
function closure(id, infoOf, found = new Set()) {
  if (!found.has(id) && path.isAbsolute(id)) {
    found.add(id);
    for (const next of infoOf(id).importedIds) closure(next, infoOf, found);
  }
  return found;
}

/** In which file the modules of a program lie. */
function programParts() {
  const parts = { start: new Set(), 'plan-processes': new Set(), pool: new Set() };
  return {
    plugin: {
      name: 'parts-of-a-program',
      buildEnd() {
        const reachedFrom = (file) => closure(path.join(packageDir, 'src', file), (id) => this.getModuleInfo(id));
        parts.start = reachedFrom('index.ts');
        parts.pool = reachedFrom('open-threads.ts');
        // All but threads need it, and another file takes longer to load than this little.
        parts.pool.add(path.join(packageDir, 'src/task/shared-parts.ts'));
        parts['plan-processes'] = reachedFrom('plan-processes.ts');
        // Neither of the two needs the other.
        for (const id of parts.pool) if (parts['plan-processes'].has(id)) parts.start.add(id);
        parts.start.delete(path.join(packageDir, 'src/index.ts'));
      },
    },
    groups: Object.keys(parts).map((name, place) => ({
      name,
      priority: 3 - place,
      test: (id) => parts[name].has(id),
    })),
  };
}

/** The package with the pools. What a user holds of the others is nearly all of them, and nothing of it waits for a start. */
const hasPools = fs.existsSync(path.join(packageDir, 'src/open-threads.ts'));

/** Code of one or more files from an entry below src, with their source maps. */
async function build(entry, { isProgram = false, ending = 'js', banner = '' } = {}) {
  const parts = programParts();
  const bundler = await rolldown({
    cwd: packageDir,
    input: path.join('src', entry),
    platform: 'node',
    external: isOutside,
    resolve: { conditionNames: ['@heddle/source', 'node', 'import'] },
    transform: { target: 'es2023' },
    // A part of Node that only code left out has asked for is not loaded either.
    treeshake: { moduleSideEffects: [{ external: true, sideEffects: false }] },
    plugins: [...(hasPools ? [plainFields] : []), ...(isProgram ? [parts.plugin] : [])],
  });
  const { output } = await bundler.generate({
    dir: outDir,
    entryFileNames: `[name].${ending}`,
    chunkFileNames: '[name].js',
    format: 'es',
    banner,
    codeSplitting: isProgram ? { groups: parts.groups } : false,
    comments: false,
    sourcemap: true,
    // They are in the package.
    sourcemapExcludeSources: true,
  });
  await bundler.close();
  const files = new Map();
  for (const { fileName, type, code, source } of output)
    if (!fileName.startsWith(RUNTIME))
      files.set(fileName, type === 'chunk' ? asAscii(withoutImports(code, isProgram)) : source);
  return files;
}

/** The files of a program, of which all but the first are asked for later. */
async function buildProgram(entry) {
  const files = await build(entry, { isProgram: true });
  const loader = (await build('entry/later-parts.ts')).get('later-parts.js');
  const program = new Map();
  const parts = {};
  for (const [file, content] of files) {
    const [, name, map = ''] = /^([\w-]+)\.js(\.map)?$/.exec(file);
    const isLater = name !== 'index' && name !== 'start';
    if (isLater && map === '') parts[name] = asPart(file, content);
    program.set(isLater ? `${name}.cjs${map}` : file, (map === '' && parts[name]) || content);
  }
  return program.set('start.js', asStart(files.get('start.js'), loader, parts));
}

async function bundle(argument) {
  const entry = argument.replace(/^require:/, '');
  let files;
  if (entry === 'index.ts' && hasPools) files = await buildProgram(entry);
  else if (entry === argument) files = await build(entry);
  else {
    files = await build(entry, { ending: 'cjs', banner: '"use strict";' });
    const [[file, code]] = files;
    files.set(file, asRequired(code));
  }
  for (const [file, content] of files) fs.writeFileSync(path.join(outDir, file), content);
  return [...files.keys()];
}

fs.mkdirSync(outDir, { recursive: true });
const written = new Set((await Promise.all(entries.map(bundle))).flat());
for (const name of fs.readdirSync(outDir)) if (!written.has(name)) fs.rmSync(path.join(outDir, name));
