#!/usr/bin/env node
// Makes src/generated/kernel-table.ts from core/kernels/kernels.def, so that TypeScript builds without a compiler.
// The file is written only when it changes, so that an unchanged list rebuilds nothing.
import fs from 'node:fs';
import path from 'node:path';

const packageDir = path.resolve(import.meta.dirname, '..');
const source = path.join(packageDir, 'core/kernels/kernels.def');
const target = path.join(packageDir, 'src/generated/kernel-table.ts');

function fail(line, why) {
  console.error(`${path.relative(packageDir, source)}: ${why}: ${line}`);
  process.exit(1);
}

const words = (text) => text.split(' ').filter((word) => word !== '');

const elements = [];
const kernels = [];
for (const line of fs.readFileSync(source, 'utf8').split('\n')) {
  if (line.trim() === '' || line.startsWith('//')) continue;
  const element = /^HEDDLE_ELEMENT\((\w+), (\w+), \w+\)$/.exec(line);
  const kernel = /^HEDDLE_KERNEL\((\w+), "([^"]*)", "([^"]*)", "([^"]*)", "([^"]*)", \d+\)$/.exec(line);
  if (element) elements.push({ name: element[1], typedArray: element[2] });
  else if (kernel) kernels.push(parseKernel(line, kernel.slice(1)));
  else fail(line, 'not a line of the list');
}

function parseKernel(line, [name, subPath, arraysText, numbersText, resultsText]) {
  const arrays = [];
  for (const word of words(arraysText)) {
    const match = /^(\w+):(in|out|inout):(=\w+|[\w|]+)$/.exec(word);
    if (!match) fail(line, `malformed array "${word}"`);
    const [, arrayName, direction, types] = match;
    const same = types.startsWith('=') ? arrays.find((array) => array.name === types.slice(1)) : undefined;
    if (types.startsWith('=') && !same) fail(line, `"${arrayName}" is like an argument that doesn't come before it`);
    const typedArrays = same ? same.typedArrays : types.split('|').map((type) => typedArrayOf(line, type));
    arrays.push({ name: arrayName, direction, typedArrays });
  }
  const texts = [name, subPath, arraysText, numbersText, resultsText];
  return { name, texts, arrays, numbers: words(numbersText), results: words(resultsText) };
}

function typedArrayOf(line, type) {
  return elements.find((element) => element.name === type)?.typedArray ?? fail(line, `unknown element type "${type}"`);
}

const quoted = (text) => `'${text}'`;
const list = (items) => `[${items.join(', ')}]`;

function argumentTypes({ arrays, numbers }) {
  const views = arrays.map((array) => `${array.name}: ${array.typedArrays.join(' | ')}`);
  return list([...views, ...numbers.map((number) => `${number}: number`)]);
}

function resultType({ results }) {
  if (results.length === 0) return 'undefined';
  return results.length === 1 ? 'number' : list(results.map((result) => `${result}: number`));
}

const text = `// Made from core/kernels/kernels.def by tools/generate-kernels.mjs: changes belong there.

/** Kernels as the addon must have them: name, sub-path, arrays, numbers, results. */
export const KERNEL_TABLE: readonly (readonly string[])[] = [
${kernels.map((kernel) => `  ${list(kernel.texts.map(quoted))},`).join('\n')}
];

/** Arguments of the addon's functions, arrays first. */
export interface KernelArguments {
${kernels.map((kernel) => `  ${kernel.name}: ${argumentTypes(kernel)};`).join('\n')}
}

/** What the addon's functions give back besides the arrays they write. */
export interface KernelResults {
${kernels.map((kernel) => `  ${kernel.name}: ${resultType(kernel)};`).join('\n')}
}

/** Names of the arrays that lead each kernel's arguments. */
export const ARRAY_NAMES = {
${kernels.map((kernel) => `  ${kernel.name}: ${list(kernel.arrays.map((array) => quoted(array.name)))},`).join('\n')}
} as const;
`;

if (!fs.existsSync(target) || fs.readFileSync(target, 'utf8') !== text) {
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, text);
}
