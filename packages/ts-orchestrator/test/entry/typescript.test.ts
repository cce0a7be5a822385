/**
 * TypeScript task modules, on this Node as it is, from what is built.
 */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isTypeScriptUrl, loadStripped } from '../../src/entry/strip-types.ts';
import { refusedTypeScript } from '../../src/entry/typescript.ts';
import { fixture, temporaryFolder } from '../helpers.ts';
import { startProgram } from '../programs.ts';

async function tell(backend: string, files: readonly string[]): Promise<Record<string, unknown>> {
  const { stdout, stderr } = await startProgram('runs-typescript.mjs', [backend, ...files]).ended;
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe.each(['inline', 'threads', 'processes'])('%s', (backend) => {
  it('run TypeScript as it is, with exact positions', async () => {
    const files = ['typescript/tiles.js', 'typescript/plain.mjs'].map(fixture);
    expect(await tell(backend, files)).toEqual({
      'tiles.js': { result: 24, rows: [0, 1, 2], place: 'tiles.ts:11:9' },
      'plain.mjs': { result: 12 },
    });
  });

  it('refuse what is more than types with the code of Node itself', async () => {
    const broken = path.join(temporaryFolder(), 'broken.mts');
    fs.writeFileSync(broken, 'export const a: number = 1;\nexport const b: = 2;\n');
    expect(await tell(backend, [fixture('broken/has-enum.ts'), broken])).toMatchObject({
      'has-enum.ts': {
        code: 'HEDDLE_MODULE_LOAD',
        message: expect.stringContaining('enum'),
        cause: { name: 'SyntaxError', code: 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX' },
      },
      'broken.mts': {
        code: 'HEDDLE_MODULE_LOAD',
        cause: { name: 'SyntaxError', code: 'ERR_INVALID_TYPESCRIPT_SYNTAX' },
      },
    });
  });
});

it.each(['threads', 'processes'])('%s find TypeScript however deep it lies', async (backend) => {
  expect(await tell(backend, [fixture('typescript/imports-plain.mjs')])).toEqual({
    'imports-plain.mjs': { result: 12 },
  });
});

describe('stripping', () => {
  const stripper = { transformSync: (source: string) => ({ code: source }) };
  const load = (file: string, content = '') => {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
    return loadStripped(new URL(`file://${file}`).href, stripper);
  };

  it('takes the kind of a module from its extension, its package, or its looks', () => {
    const folder = temporaryFolder();
    const at = (...parts: string[]) => path.join(folder, ...parts);
    expect(load(at('a.mts')).format).toBe('module');
    expect(load(at('a.cts')).format).toBe('commonjs');
    fs.writeFileSync(at('package.json'), '{}');
    expect(load(at('b.ts'), 'export const b = 1;').format).toBe('module');
    expect(load(at('c.ts'), 'module.exports = 1;').format).toBe('commonjs');
    fs.writeFileSync(at('package.json'), '{"type":"commonjs"}');
    expect(load(at('deep', 'd.ts'), 'export const d = 1;').format).toBe('commonjs');
    fs.writeFileSync(at('package.json'), '{"type":"module"}');
    expect(load(at('deep', 'e.ts'), '').format).toBe('module');
  });

  it('leaves installed packages alone, as Node does', () => {
    expect(() => load(path.join(temporaryFolder(), 'node_modules', 'x', 'a.ts'))).toThrow(
      expect.objectContaining({ code: 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING' }),
    );
  });

  it('knows TypeScript by its URL, and its refusal by the error', () => {
    expect(['file:///a.ts', 'file:///a.mts?x', 'file:///a.cts#y'].every(isTypeScriptUrl)).toBe(true);
    expect(['file:///a.js', 'file:///a.ts/b.js', 'data:x.ts', 'file:///a.tsx'].some(isTypeScriptUrl)).toBe(false);
    const refusal = Object.assign(new TypeError('Unknown file extension ".ts" for /a b/c.ts'), {
      code: 'ERR_UNKNOWN_FILE_EXTENSION',
    });
    expect(refusedTypeScript(refusal)).toBe('/a b/c.ts');
    expect(refusedTypeScript(Object.assign(new Error('for /a.css'), { code: refusal.code }))).toBeUndefined();
    expect(refusedTypeScript(new Error('c.ts'))).toBeUndefined();
  });
});
