import { describe, expect, it } from 'vitest';
import { cacheFolder } from '../../src/entry/cache-folder.ts';

describe('the folder in the cache of the user', () => {
  const home = () => '/home/me';
  it.each([
    ['linux', {}, '/home/me/.cache/heddle'],
    ['linux', { XDG_CACHE_HOME: '/var/me' }, '/var/me/heddle'],
    ['linux', { XDG_CACHE_HOME: 'relative' }, '/home/me/.cache/heddle'],
    ['linux', { XDG_CACHE_HOME: '' }, '/home/me/.cache/heddle'],
    ['darwin', {}, '/home/me/Library/Caches/heddle'],
    ['freebsd', {}, '/home/me/.cache/heddle'],
  ] as const)('%s %j', (platform, env, folder) => {
    expect(cacheFolder({ env, platform, home })).toEqual({ folder });
  });

  it('is LOCALAPPDATA on Windows', () => {
    const windows = { platform: 'win32', home: () => 'C:\\Users\\me' } as const;
    const folder = 'C:\\Users\\me\\AppData\\Local\\heddle';
    expect(cacheFolder({ ...windows, env: {} })).toEqual({ folder });
    expect(cacheFolder({ ...windows, env: { LOCALAPPDATA: 'D:\\x' } })).toEqual({ folder: 'D:\\x\\heddle' });
  });

  it('may be none', () => {
    const none = () => {
      throw new Error('uv_os_homedir');
    };
    expect(cacheFolder({ env: {}, platform: 'linux', home: none })).toEqual({ problem: 'there is no home folder' });
    expect(cacheFolder({ env: {}, platform: 'linux', home: () => '' })).toEqual({ problem: 'there is no home folder' });
  });
});
