import { describe, expect, it } from 'vitest';
import { checkLock, type Lock } from './lock.ts';
import { readJson } from './repository.ts';

describe('package-lock.json', () => {
  it('installs from any registry and on any platform', () => {
    expect(checkLock(readJson('package-lock.json') as Lock)).toEqual([]);
  });

  it('of the Node versions does so too', () => {
    expect(checkLock(readJson('tools/node-versions/package-lock.json') as Lock)).toEqual([]);
  });
});

describe('a planted violation is found', () => {
  const lock = (entries: Lock['packages']): Lock => ({ packages: { '': {}, ...entries } });

  it('registry address', () => {
    const resolved = 'https://registry.example/a.tgz';
    expect(checkLock(lock({ 'node_modules/a': { version: '1.0.0', resolved, integrity: 'sha512-x' } }))).toEqual([
      `node_modules/a: names the registry ${resolved}`,
    ]);
    expect(checkLock(lock({ 'node_modules/a': { resolved: 'packages/a', link: true } }))).toEqual([]);
  });

  it('package without a hash', () => {
    expect(checkLock(lock({ 'node_modules/a': { version: '1.0.0' } }))).toEqual([
      'node_modules/a: has no integrity hash',
    ]);
  });

  it('platform package left out', () => {
    const parent = {
      version: '1.0.0',
      integrity: 'sha512-x',
      optionalDependencies: { '@a/linux': '1', '@a/mac': '1' },
    };
    const linux = { version: '1.0.0', integrity: 'sha512-x', optional: true };
    const without = lock({ 'node_modules/a': parent, 'node_modules/@a/linux': linux });
    expect(checkLock(without)).toEqual(['node_modules/a: its optional dependency @a/mac is missing']);
    expect(checkLock(lock({ ...without.packages, 'node_modules/@a/mac': linux }))).toEqual([]);
    // A nested copy counts for its parent.
    expect(checkLock(lock({ ...without.packages, 'node_modules/a/node_modules/@a/mac': linux }))).toEqual([]);
  });
});
