// Makes scripts of those files of a program that it loads later, so that they can be compiled from the cache of
// packages/ts-orchestrator/src/entry/later-parts.ts, which is the other side: it calls what is made here.
import { createHash } from 'node:crypto';
import { compileFunction } from 'node:vm';
import { parseAst } from 'rolldown/parseAst';

/** What the first file of a program calls its loader; no name of a source begins like this. */
const LATER = '__later';

const MAP = /^\/\/# sourceMappingURL=.*$/m;

const digestOf = (code) => createHash('sha256').update(code).digest('hex').slice(0, 16);

/** Names that are bound once: who imports one gets the value that it has when the file has run. */
function checkExports(file, code, names) {
  const changing = new Set();
  for (const { type, kind, declarations } of parseAst(code).body)
    if (type === 'VariableDeclaration' && kind === 'let') for (const { id } of declarations) changing.add(id.name);
  for (const name of names) if (changing.has(name)) throw new Error(`${file} exports ${name}, which may change`);
}

/**
 * A file that is loaded later, as a script: a function of what it imports, line by line, so that the source map stays true. In brackets,
 * because V8 compiles such a function at once instead of looking through it first.
 */
export function asPart(file, code) {
  const [, list] = /^export \{ (.+) \};$/m.exec(code) ?? [];
  if (list === undefined) throw new Error(`${file} has no exports in one line at its end`);
  checkExports(
    file,
    code,
    list.split(', ').map((each) => each.split(' as ')[0]),
  );
  const script = withLater(code)
    .replace(/^import (?:\{ (.+) \} from )?"\.\/([\w-]+)\.js";$/gm, (_line, names, part) =>
      names === undefined ? `__part("${part}");` : `const { ${names.replaceAll(' as ', ': ')} } = __part("${part}");`,
    )
    .replaceAll('import.meta.url', '__url')
    .replaceAll(/\bimport\((?!")/g, '__import(')
    .replaceAll(/\bimport\("(?=node:)/g, '__import("')
    .replace(/^export \{ .+ \};$/m, `return { ${list.replace(/([\w$]+) as ([\w$]+)/g, '$2: $1')} };`);
  if (/\bimport\(/.test(script)) throw new Error(`${file} would need the loader of modules`);
  const head = `module.exports = (function (__part, ${LATER}, __import, __url) { "use strict"; `;
  const whole = `${head}${script.replace(MAP, '')}});\n//# sourceMappingURL=${file.replace(/\.js$/, '.cjs.map')}\n`;
  // Throws if it is none.
  compileFunction(whole, [], { filename: file });
  return whole;
}

/** In a file of a program, what it asks for later. */
export const withLater = (code) => code.replaceAll(/\bimport\("\.\/([\w-]+)\.js"\)/g, `${LATER}("$1")`);

/**
 * The first file of a program.
 * @param loader code with a function `laterParts`
 * @param parts code of the others, by name
 */
export function asStart(code, loader, parts) {
  const digests = Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, digestOf(part)]));
  const options = `loaded: { start: __start }, digests: ${JSON.stringify(digests)}, importModule: (id) => import(id)`;
  const body = loader
    .replace(/^export .*$/m, '')
    .replace(MAP, '')
    .trim();
  const [map] = MAP.exec(code);
  return `${withLater(code).replace(MAP, '')}
import * as __start from "./start.js";
const ${LATER} = (() => {
${body.replaceAll(/^/gm, '\t')}
	return laterParts;
})()({ url: import.meta.url, ${options} });
${map}
`;
}
