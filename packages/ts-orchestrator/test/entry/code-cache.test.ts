import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CACHED_FILES_MAX, CodeCache } from '../../src/entry/code-cache.ts';
import { temporaryFolder } from '../helpers.ts';

const code = Buffer.from('what V8 made of it');

function cacheIn(folder = path.join(temporaryFolder(), 'not', 'there')) {
  const cache = new CodeCache(folder);
  const fileOf = (name: string) => path.join(folder, `${name}-${process.versions.v8}-${process.arch}.code`);
  return { cache, folder, fileOf };
}

describe('a cache of compiled code', () => {
  it('gives what was kept, which a mark is before it', () => {
    const { cache, folder } = cacheIn();
    expect(cache.read('a-1')).toBe('new');
    cache.mark('a-1');
    expect(cache.read('a-1')).toBe('marked');
    cache.keep('a-1', () => code);
    expect(cache.read('a-1')).toEqual(code);
    expect(cache.read('a-2')).toBe('new');
    expect(fs.readdirSync(folder)).toHaveLength(1);
    cache.forget('a-1');
    expect(cache.read('a-1')).toBe('new');
  });

  it.each([
    ['a byte that has changed', (file: Buffer) => file.fill(file[3]! ^ 1, 3, 4)],
    ['an end that is missing', (file: Buffer) => file.subarray(0, -2)],
    ['an odd length', (file: Buffer) => file.subarray(0, -1)],
  ])('does not give a file with %s', (_what, change) => {
    const { cache, fileOf } = cacheIn();
    cache.keep('a', () => code);
    fs.writeFileSync(fileOf('a'), change(fs.readFileSync(fileOf('a'))));
    expect(cache.read('a')).toBe('new');
  });

  it.runIf(process.getuid?.() === 0)('does not give a file of another user', () => {
    const { cache, fileOf } = cacheIn();
    cache.keep('a', () => code);
    fs.chownSync(fileOf('a'), 12_345, 12_345);
    expect(cache.read('a')).toBe('new');
  });

  it('is for its user alone', () => {
    const { cache, folder, fileOf } = cacheIn();
    cache.keep('a', () => code);
    expect(fs.statSync(folder).mode & 0o777).toBe(0o700);
    expect(fs.statSync(fileOf('a')).mode & 0o777).toBe(0o600);
  });

  it('compiles nothing where there is no place for it, and does not fail', () => {
    const file = path.join(temporaryFolder(), 'file');
    fs.writeFileSync(file, '');
    const { cache } = cacheIn(path.join(file, 'below'));
    cache.keep('a', () => expect.fail('compiled'));
    cache.mark('a');
    cache.forget('a');
    expect(cache.read('a')).toBe('new');
  });

  it('leaves nothing behind where compiling fails', () => {
    const { cache, folder } = cacheIn();
    cache.keep('a', () => {
      throw new Error('no');
    });
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it('keeps a bounded number of files, the last ones', () => {
    const { cache, folder, fileOf } = cacheIn();
    for (let n = 0; n < CACHED_FILES_MAX + 3; n++) {
      cache.keep(`a-${n}`, () => code);
      fs.utimesSync(fileOf(`a-${n}`), n + 1, n + 1);
    }
    cache.keep('last', () => code);
    expect(fs.readdirSync(folder)).toHaveLength(CACHED_FILES_MAX);
    expect(cache.read('a-3')).toBe('new');
    expect(cache.read('last')).toEqual(code);
  });

  it('is switched off by its variable, by that of Node, and where coverage is measured', () => {
    const open = (env: Record<string, string>) =>
      CodeCache.open({ env: { XDG_CACHE_HOME: temporaryFolder(), ...env }, platform: 'linux', home: () => '/nobody' });
    expect(open({})).toBeInstanceOf(CodeCache);
    expect(open({ HEDDLE_CODE_CACHE: 'off' })).toBeUndefined();
    expect(open({ NODE_DISABLE_COMPILE_CACHE: '1' })).toBeUndefined();
    expect(open({ NODE_V8_COVERAGE: '/x' })).toBeUndefined();
    const nowhere = { env: {}, platform: 'linux', home: () => '' } as const;
    expect(CodeCache.open(nowhere)).toBeUndefined();
  });
});
