// docs/kernels.md: every kernel of core-native as its table and its own comment have it, and what it is worth, from a
// committed run of the bench.
import fs from 'node:fs';
import path from 'node:path';
import { machineLine, remarkOf, significant, times } from './figures.mjs';

const PACKAGE = 'packages/core-native';
const MOVED = { in: 'read', out: 'written', inout: 'read and written' };

const words = (text) => text.split(' ').filter((word) => word !== '');

/** The lines of kernels.def: kernels with their arrays, each with its types and what becomes of it. */
export function kernelTable(text) {
  const elements = Object.fromEntries(
    [...text.matchAll(/^HEDDLE_ELEMENT\((\w+), (\w+), \w+\)$/gm)].map(([, name, typedArray]) => [name, typedArray]),
  );
  return [...text.matchAll(/^HEDDLE_KERNEL\((\w+), "([^"]*)", "([^"]*)", "[^"]*", "[^"]*", \d+\)$/gm)].map(
    ([, name, subPath, arrays]) => ({
      name,
      from: path.posix.join('@heddle/core-native', subPath),
      arrays: words(arrays).map((word) => {
        const [array, direction, types] = word.split(':');
        const names = types.startsWith('=')
          ? `as \`${types.slice(1)}\``
          : types.split('|').map((type) => elements[type]);
        return { name: array, types: [names].flat().join(', '), moved: MOVED[direction] };
      }),
    }),
  );
}

/** "export function sort<T extends NumericArray>(x: T, …): Promise<T>" on one line, without `export` and body. */
function signature(text, start) {
  const end = text.indexOf(' {\n', start);
  return text
    .slice(start, end)
    .replace(/^export (async )?/, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\( | \)|,? \)/g, (found) => found.replaceAll(/[\s,]/g, ''));
}

/** What the comment above the function says: what it does and promises, its errors, its cost. */
function commentOf(text, start) {
  const begin = text.lastIndexOf('/**', start);
  const plain = text
    .slice(begin + 3, text.lastIndexOf('*/', start))
    .replaceAll(/^ *\* ?/gm, '')
    .replaceAll(/\{@link (\w+)\}/g, '`$1`')
    .trim();
  const [, rest, cost] = /^([\s\S]*?)(?:\nCost: ([\s\S]*))?$/.exec(plain);
  const paragraphs = rest.split(/\n\n/).map((paragraph) =>
    paragraph
      .replace(/\s*Off the event loop, on the pool[.;][\s\S]*/, '')
      .replaceAll(/\s*\n\s*/g, ' ')
      .trim(),
  );
  return { paragraphs: paragraphs.filter((paragraph) => paragraph !== ''), cost: cost?.replaceAll(/\s*\n\s*/g, ' ') };
}

/** The documented function of a kernel, from the sources of the package. */
function documented(name, sources) {
  for (const { file, text } of sources) {
    const start = text.indexOf(`export function ${name}`);
    if (start < 0 || !/^[<(]/.test(text.slice(start + `export function ${name}`.length))) continue;
    const sync = text.indexOf(`export function ${name}Sync`);
    const { paragraphs, cost } = commentOf(text, start);
    if (sync < 0 || cost === undefined) throw new Error(`${file}: ${name} lacks its Sync form or the line "Cost:"`);
    return { file, paragraphs, cost, signatures: [signature(text, start), signature(text, sync)] };
  }
  throw new Error(`no source of ${PACKAGE} exports the kernel ${name}`);
}

function ratioCell(size, kind) {
  const found = size.speedups[kind];
  return found ? `${times(found.ratio)} (${times(found.low)} to ${times(found.high)})` : '';
}

const shareCell = ({ ofLimit }, kind) => {
  const share = ofLimit?.[kind]?.ratio;
  return share === undefined ? '' : `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
};

function measuredRow(benchCase, hasLimits) {
  const size = benchCase.sizes.at(-1);
  const best = size.timings.find(({ kind }) => kind === size.baseline);
  const label = benchCase.contestants.find(({ kind }) => kind === size.baseline).label;
  const from =
    benchCase.crossover === undefined || benchCase.crossover === null
      ? 'at no size measured'
      : `${benchCase.crossover.toLocaleString('en-US')} ${benchCase.sizeLabel}`;
  const cells = [
    `[${benchCase.id}](#${benchCase.kernel.toLowerCase()})`,
    `${size.size.toLocaleString('en-US')} ${benchCase.sizeLabel}`,
    `${significant(best.figure)} ${benchCase.unit} (${label})`,
    ratioCell(size, 'native-1'),
    ratioCell(size, 'native-all'),
    ...(hasLimits ? [shareCell(size, 'native-all')] : []),
    from,
  ];
  return `| ${cells.join(' | ')} |`;
}

function measuredTable(cases) {
  const hasLimits = cases.some(({ sizes }) => sizes.at(-1).ofLimit !== undefined);
  const limit = hasLimits ? ['of the limit'] : [];
  const head = [
    'kernel',
    'largest size',
    'best JavaScript',
    'native, 1 thread',
    'native, all threads',
    ...limit,
    'all threads win from',
  ];
  const rows = cases.map((one) => measuredRow(one, hasLimits));
  const note = hasLimits
    ? '\n\n*Of the limit*: the share that all threads reach of what this machine allowed at best in the same rounds: reading or copying memory of\nthat size, or multiply-adds in registers. Empty where no one unit bounds the kernel. The limit is the best of many\npasses, the figure of a kernel the median of its rounds: where memory is not steady, the share is low.'
    : '';
  return `| ${head.join(' | ')} |\n|${' --- |'.repeat(head.length)}\n${rows.join('\n')}${note}`;
}

const besideCell = ({ beside }, unit, kind) => {
  const found = beside?.[kind];
  if (found === undefined) return '';
  const native = found.speedup === undefined ? '' : `, native ${times(found.speedup.ratio)}`;
  return `${significant(found.figure)} ${unit}${native}`;
};

/** The libraries of others that stood beside kernels in the run; empty where none did. */
function besideTable(cases) {
  const met = cases.filter(({ peer, sizes }) => peer !== undefined && sizes.at(-1).beside !== undefined);
  if (met.length === 0) return '';
  const rows = met.map(({ id, kernel, unit, sizeLabel, sizes, peer }) => {
    const size = sizes.at(-1);
    const cells = [
      `[${id}](#${kernel.toLowerCase()})`,
      `${size.size.toLocaleString('en-US')} ${sizeLabel}`,
      peer.label,
      besideCell(size, unit, 'native-1'),
      besideCell(size, unit, 'native-all'),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const settings = new Map(met.map(({ peer: { label, setting } }) => [label, setting]));
  const lines = [...settings].map(([label, setting]) => `- ${label}: ${setting}.`);
  return `
## Beside other libraries

Native libraries in the same rounds, on as many threads, each in its best documented setting. "native 2.00x" means that
\`@heddle/core-native\` takes half its time.

| kernel | largest size | beside | 1 thread | all threads |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

${lines.join('\n')}
`;
}

function section({ name, from, arrays }, sources, measured) {
  const { file, paragraphs, cost, signatures } = documented(name, sources);
  const moved = arrays.map((array) => `| \`${array.name}\` | ${array.types} | ${array.moved} |`);
  const table =
    arrays.length === 0 ? 'No arrays.' : ['| array | types | memory |', '| --- | --- | --- |', ...moved].join('\n');
  return [
    `### ${name}`,
    paragraphs.join('\n\n'),
    `\`\`\`ts\nimport { ${name}, ${name}Sync } from '${from}';\n\n${signatures.join(';\n')};\n\`\`\``,
    table,
    `Cost: ${cost}`,
    ...(measured.has(name) ? [] : ['Not in the committed run.']),
    `Source: [${path.posix.basename(file)}](../${file}).`,
  ].join('\n\n');
}

/** Every TypeScript source below a folder of the repository. */
export function sourcesBelow(root, folder) {
  return fs
    .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/')))
    .filter((file) => file.endsWith('.ts') && !file.includes('/generated/'))
    .sort()
    .map((file) => ({ file, text: fs.readFileSync(path.join(root, file), 'utf8') }));
}

/** `definitions`: the text of kernels.def; `sources`: of the package. */
export function kernels(run, definitions, sources) {
  const measured = new Set(run.cases.map(({ kernel }) => kernel));
  const sections = kernelTable(definitions).map((kernel) => section(kernel, sources, measured));
  return `# Kernels

<!-- Written by tools/generate-docs.mjs from docs/results/kernels.json, core/kernels/kernels.def and the comments in src of
     packages/core-native: edit those, or tools/docs/kernels.mjs. -->

Kernels of \`@heddle/core-native\` against the fastest JavaScript there is for the size: the twin in \`@heddle/core-js\` or a
plain loop, whichever wins. ${machineLine({ card: run.card, workers: run.native.threads })}; noise of the machine
${(run.noise * 100).toFixed(1)} %.

${measuredTable(run.cases)}${remarkOf(run)}

Speed-ups with their 95 % interval. Every size, with spread: [results/kernels.json](results/kernels.json).
${besideTable(run.cases)}
## Method

- Each contestant lives in a process of its own; rounds alternate between them in changing order, medians of at least five
  rounds after two to warm up.
- Kernels that work in place get fresh copies, made outside of the time. Results are compared by digest, those that may
  round differently within their stated error.
- The machine is shared: the ratio of one run is firm, an absolute figure is not. To compare two runs, compare their
  ratios, and take no difference below the noise for one.

\`npm run bench\` measures it here; \`--only sort\` one kernel, \`--quick\` a short look; \`bench-report/report.html\` shows
the speed-up by size.

## Each kernel

The first form gives a promise and works off the event loop, the \`Sync\` form works on the calling thread and the pool and returns. Arrays are
named as in the table of kernels. Results don't depend on the number of threads, nor on the instruction set but where that is said.

${sections.join('\n\n')}
`;
}
