#!/usr/bin/env node
// Joins the modules of src to one file for each that a program or a worker starts with: dist/bundle/<name>.js. Loading them one by
// one took most of a start (docs/decisions/016-one-file-per-entry.md). Each bundle stands alone; what has to be one in a whole
// thread hangs on its global object. The compiler writes the types, and modules one by one, beside them.
import fs from 'node:fs';
import path from 'node:path';
import { rolldown } from 'rolldown';

const ENTRIES = [
  'index.ts',
  'task-module.ts',
  'entry/thread-entry.ts',
  'entry/process-entry.ts',
  'entry/stack-probe.ts',
  'entry/typescript-hook.ts',
];

const packageDir = path.resolve(import.meta.dirname, '..');
const outDir = path.join(packageDir, 'dist/bundle');
const { devDependencies } = JSON.parse(fs.readFileSync(path.join(packageDir, 'package.json'), 'utf8'));

/** Packages of this repository that are needed to build come along; all else is looked up when the program runs. */
const isOutside = (id) => !id.startsWith('.') && !path.isAbsolute(id) && !Object.hasOwn(devDependencies, id);

/**
 * Modules of Node by function call: each import of one costs 0.2 ms or more, because it makes a module with a name for everything
 * that is in it. Line by line, so that the source map stays true.
 */
function withoutImports(code) {
  return code.replace(/^import .*$/gm, (line) => {
    const [, whole, names, id] = /^import (\w+)?(?:, )?(?:\{ (.+) \})? from "(node:[\w/]+)";$/.exec(line) ?? [];
    if (id === undefined) throw new Error(`this would be loaded by the start: ${line}`);
    const get = `process.getBuiltinModule("${id}")`;
    const parts = names === undefined ? '' : `{ ${names.replaceAll(' as ', ': ')} } = `;
    if (whole === undefined) return `const ${parts}${get};`;
    return `const ${whole} = ${get}${parts === '' ? '' : `, ${parts}${whole}`};`;
  });
}

async function bundle(entry) {
  const file = path.join(outDir, `${path.basename(entry, '.ts')}.js`);
  const build = await rolldown({
    cwd: packageDir,
    input: path.join('src', entry),
    platform: 'node',
    external: isOutside,
    resolve: { conditionNames: ['@heddle/source', 'node', 'import'] },
    transform: { target: 'es2023' },
    // A part of Node that only code left out has asked for is not loaded either.
    treeshake: { moduleSideEffects: [{ external: true, sideEffects: false }] },
  });
  const { output } = await build.generate({
    file,
    format: 'es',
    codeSplitting: false,
    comments: false,
    sourcemap: true,
    // They are in the package.
    sourcemapExcludeSources: true,
  });
  await build.close();
  for (const { fileName, type, code, source } of output)
    fs.writeFileSync(path.join(outDir, fileName), type === 'chunk' ? withoutImports(code) : source);
  return output.map(({ fileName }) => fileName);
}

fs.mkdirSync(outDir, { recursive: true });
const written = new Set((await Promise.all(ENTRIES.map(bundle))).flat());
for (const name of fs.readdirSync(outDir)) if (!written.has(name)) fs.rmSync(path.join(outDir, name));
