// What the build makes of the sources: one file for each that a worker starts with, and a few for a program.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { isBuiltin, SourceMap, type SourceMapping } from 'node:module';
import { describe, expect, it } from 'vitest';
import { parseAst } from 'vitest/node';
import * as source from '../src/index.ts';
import * as taskSource from '../src/task-module.ts';
import { decodeThrow, encodeThrow } from '../src/task/error-codec.ts';
import { fixture } from './helpers.ts';

const folder = new URL('../dist/bundle/', import.meta.url);
const files = fs.readdirSync(folder).filter((name) => /\.c?js$/.test(name));
const load = (name: string) => import(new URL(name, folder).href) as Promise<Record<string, never>>;

/** What a program loads: with its first line, and when a pool asks for it. */
const AT_ONCE = ['index.js', 'start.js'];
const LATER = ['open-auto', 'open-inline', 'open-processes', 'plan-processes', 'pool'].map((name) => `${name}.cjs`);
const PROGRAM = [...AT_ONCE, ...LATER];
const isOfProgram = (name: string): boolean => PROGRAM.includes(name);

interface Loads {
  /** Modules that are loaded with the file. */
  readonly atOnce: string[];
  /** Modules it names to load later. */
  readonly later: string[];
  /** What it asks Node for by `process.getBuiltinModule`. */
  readonly builtIn: string[];
}

/** What is looked at of a syntax tree. */
interface SyntaxNode {
  readonly type?: string;
  readonly value?: string;
  readonly source?: SyntaxNode | null;
  readonly callee?: { readonly name?: string; readonly property?: { readonly name?: string } };
  readonly arguments?: readonly SyntaxNode[];
}

function loadsOf(code: string): Loads {
  const loads: Loads = { atOnce: [], later: [], builtIn: [] };
  const called: Record<string, string[]> = {
    __part: loads.atOnce,
    __later: loads.later,
    getBuiltinModule: loads.builtIn,
  };
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (typeof value !== 'object' || value === null) return;
    const { type = '', source: from, callee, arguments: args } = value as SyntaxNode;
    if (/^(Import|ExportAll|ExportNamed)Declaration$/.test(type) && from) loads.atOnce.push(from.value!);
    if (type === 'ImportExpression' && from!.type === 'Literal') loads.later.push(from!.value!);
    const name = callee?.name ?? callee?.property?.name ?? '';
    if (Object.hasOwn(called, name) && typeof args![0]?.value === 'string') called[name]!.push(args![0].value);
    Object.values(value).forEach(visit);
  };
  visit(parseAst(code));
  return loads;
}

describe('the bundles', () => {
  it('are those that are named in the code', () => {
    const workers = ['process-entry', 'stack-probe', 'task-module', 'thread-entry', 'typescript-hook'];
    const names = [...workers, 'calibration', 'calibration-tasks'].map((name) => `${name}.js`);
    expect(files.toSorted()).toEqual([...PROGRAM, ...names, 'judge-entry.cjs'].toSorted());
  });

  it.each(files.filter((name) => !isOfProgram(name)))('%s is one file: it loads nothing but parts of Node', (name) => {
    const { atOnce, later, builtIn } = loadsOf(fs.readFileSync(new URL(name, folder), 'utf8'));
    expect(atOnce).toEqual([]);
    expect(builtIn).not.toEqual([]);
    expect([...later, ...builtIn].filter((id) => !(id.startsWith('node:') && isBuiltin(id)))).toEqual([]);
  });

  it('start a program with two files, and load the others when a pool asks for them', () => {
    const loads = new Map(PROGRAM.map((name) => [name, loadsOf(fs.readFileSync(new URL(name, folder), 'utf8'))]));
    expect(loads.get('index.js')!.atOnce).toEqual(['./start.js']);
    // Itself: what it exports is what the others import.
    expect(loads.get('start.js')!.atOnce).toEqual(['./start.js']);
    for (const name of ['plan-processes.cjs', 'pool.cjs']) expect(loads.get(name)!.atOnce).toEqual(['start']);
    for (const [name, { atOnce, later, builtIn }] of loads) {
      const parts = LATER.includes(name) ? [...atOnce, ...later] : later;
      const isPart = (id: string) => id === 'start' || LATER.includes(`${id}.cjs`);
      const others = [...parts.filter((id) => !isPart(id)), ...builtIn];
      expect(others.filter((id) => !(id.startsWith('node:') && isBuiltin(id)))).toEqual([]);
    }
  });

  it('know the digest of what is loaded later: compiled code is kept under it', () => {
    const start = fs.readFileSync(new URL('start.js', folder), 'utf8');
    const digests = JSON.parse(/digests: (\{.+?\})/.exec(start)![1]!) as Record<string, string>;
    const digestOf = (name: string) =>
      createHash('sha256')
        .update(fs.readFileSync(new URL(name, folder)))
        .digest('hex')
        .slice(0, 16);
    expect(digests).toEqual(Object.fromEntries(LATER.map((name) => [name.slice(0, -4), digestOf(name)])));
  });

  it('read nothing of the machine before the first worker is on its way', () => {
    const reads = (name: string) => /mountinfo|availableMemory/.test(fs.readFileSync(new URL(name, folder), 'utf8'));
    const looked = ['start.js', 'plan-processes.cjs', 'pool.cjs', 'thread-entry.js', 'process-entry.js'];
    expect(looked.filter(reads)).toEqual(['pool.cjs']);
  });

  it.each(files)('%s has characters of one byte only', (name) => {
    expect(fs.readFileSync(new URL(name, folder), 'utf8')).toMatch(/^[\0-\x7f]*$/);
  });

  it('leave to the judge what only a judge needs', () => {
    const sourcesOf = (name: string) =>
      (JSON.parse(fs.readFileSync(new URL(`${name}.map`, folder), 'utf8')) as { sources: string[] }).sources;
    const ofJudge =
      /advisor\/src\/(?!computes-share)|auto\/(advice|backend-costs|calibration-file|pool-calibration)\.ts$/;
    expect(sourcesOf('judge-entry.cjs').filter((source) => ofJudge.test(source)).length).toBeGreaterThan(8);
    // `index.js` only names what is elsewhere.
    const ofProgram = PROGRAM.filter((name) => name !== 'index.js').flatMap(sourcesOf);
    expect(ofProgram.filter((source) => ofJudge.test(source))).toEqual([]);
  });

  it('load parts of Node that take milliseconds where they are needed', () => {
    const atOnce = (name: string) => fs.readFileSync(new URL(name, folder), 'utf8').match(/^const .*getBuiltin.*$/gm);
    const all = PROGRAM.flatMap((name) => atOnce(name) ?? []);
    expect(all).not.toEqual([]);
    expect(all.filter((line) => /worker_threads|perf_hooks/.test(line))).toEqual([]);
  });

  it('have the most of what a program needs in what it loads later', () => {
    const bytesOf = (name: string) => fs.statSync(new URL(name, folder)).size;
    expect(bytesOf('start.js') * 4).toBeLessThan(bytesOf('pool.cjs'));
  });

  it.each(files.filter((name) => name !== 'index.js'))('%s has a source map that leads to its sources', (name) => {
    const map = new SourceMap(JSON.parse(fs.readFileSync(new URL(`${name}.map`, folder), 'utf8')) as never);
    let found = 0;
    for (const [line, text] of fs.readFileSync(new URL(name, folder), 'utf8').split('\n').entries()) {
      const head = /^(?:async )?function \w+\(/.exec(text)?.[0];
      if (head === undefined) continue;
      const { originalSource, originalLine } = map.findEntry(line, text.indexOf('function')) as SourceMapping;
      const original = fs.readFileSync(new URL(originalSource, folder), 'utf8').split('\n')[originalLine]!;
      expect(original.replace(/<[^(]+>\(/, '(')).toContain(head);
      found++;
    }
    expect(found).toBeGreaterThan(0);
  });

  it('export what the sources export', async () => {
    expect(Object.keys(await load('index.js')).toSorted()).toEqual(Object.keys(source).toSorted());
    expect(Object.keys(await load('task-module.js')).toSorted()).toEqual(Object.keys(taskSource).toSorted());
  });

  it.each(['inline', 'auto'] as const)('hide what is private from who holds a pool (%s)', async (backend) => {
    const { createPool } = (await load('index.js')) as unknown as typeof source;
    const pool = await createPool(fixture('tasks.mjs'), { backend });
    expect(Object.keys(pool)).toEqual([]);
    expect(Object.keys(pool.map('add', []))).toEqual([]);
    expect(Object.keys(pool.stream('counts', [1]))).toEqual([]);
    await pool.close();
  });

  it.each(['pool.cjs', 'thread-entry.js', 'process-entry.js'])(
    '%s has plain names for what else is private',
    (name) => {
      const code = fs.readFileSync(new URL(name, folder), 'utf8');
      expect(code.match(/\bthis\._\w+/g)!.length).toBeGreaterThan(4 * code.match(/\bthis\.#\w+/g)!.length);
    },
  );

  it('would be seen to load more', () => {
    const code = `import a from './a.js'; export * from 'b'; export { c } from 'c'; import('d'); import(e); __later('f');`;
    expect(loadsOf(code)).toEqual({ atOnce: ['./a.js', 'b', 'c'], later: ['d', 'f'], builtIn: [] });
    expect(loadsOf(`(function (__part) { const { a } = __part('b'); })`).atOnce).toEqual(['b']);
  });
});

describe('an error of another copy of this package', () => {
  const thrownByCopy = async (): Promise<unknown> => {
    const { currentTask } = (await load('task-module.js')) as unknown as typeof taskSource;
    try {
      return currentTask();
    } catch (error) {
      return error;
    }
  };

  it('is a HeddleError, and none of the classes below it', async () => {
    const error = await thrownByCopy();
    expect(Object.getPrototypeOf(error)).not.toBe(source.HeddleError.prototype);
    expect(error).toBeInstanceOf(source.HeddleError);
    expect(error).not.toBeInstanceOf(source.WorkerDiedError);
    const { HeddleError } = await load('index.js');
    expect(error).toBeInstanceOf(HeddleError);
  });

  it('keeps its class on the wire', async () => {
    const decoded = decodeThrow(encodeThrow(await thrownByCopy(), () => true));
    expect(Object.getPrototypeOf(decoded)).toBe(source.HeddleError.prototype);
    expect(decoded).toMatchObject({ code: 'HEDDLE_NO_TASK', retryable: false });
  });

  it('is nothing else', () => {
    const hostile = new Proxy({}, { get: () => expect.fail('never shown') as never });
    for (const value of [undefined, null, 1, 'HEDDLE_NO_TASK', {}, new Error('plain'), hostile])
      expect(value instanceof source.HeddleError).toBe(false);
  });
});
