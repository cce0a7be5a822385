import { describe, expect, it } from 'vitest';
import { firstExample, outsideEnv } from './packing.ts';

describe('the example of a README', () => {
  it('is its first block of JavaScript', () => {
    const readme = '# a\n\n```sh\nnpm i\n```\n\n```js\nconsole.log(1);\n```\n\n```js\nconsole.log(2);\n```\n';
    expect(firstExample(readme)).toBe('console.log(1);\n');
    expect(() => firstExample('# a\n\n```ts\nlet a: 1;\n```\n')).toThrow('no block of JavaScript');
  });
});

describe('the environment outside', () => {
  it('keeps where packages come from and drops what the calling npm says about this repository', () => {
    const kept = { PATH: '/bin', npm_config_registry: 'http://r', npm_config_cache: '/c' };
    const dropped = {
      npm_config_local_prefix: '/repo',
      npm_package_name: 'x',
      npm_config_ignore_scripts: 'x',
      INIT_CWD: '/',
    };
    expect(outsideEnv({ ...kept, ...dropped, NODE_OPTIONS: '--x', VITEST: 'true' })).toEqual(kept);
  });
});
