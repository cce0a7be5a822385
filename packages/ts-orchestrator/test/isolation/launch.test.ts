import { describe, expect, it } from 'vitest';
import { cleanEnvironment } from '../../src/isolation/environment.ts';
import { planLaunch, type LaunchFacts, type LaunchRequest } from '../../src/isolation/launch.ts';
import { exitOfNested } from '../../src/isolation/sandbox.ts';

const facts: LaunchFacts = {
  nodePath: '/bin/node',
  nodeFlags: new Set(['--permission', '--disable-sigusr1']),
  hostEnv: { PATH: '/bin', SECRET: 's' },
  hostExecArgv: ['--inspect', '--conditions', 'x'],
  setprivPath: undefined,
  prlimitPath: undefined,
  bwrapPath: undefined,
  shPath: undefined,
  folders: [],
};
const request: LaunchRequest = {
  isolation: 'none',
  env: undefined,
  execArgv: undefined,
  inspectableArgv: [],
  heapMiB: undefined,
  cpuSeconds: undefined,
  coresMost: undefined,
};

describe('a launch', () => {
  it('is plain Node where nothing is asked for', () => {
    const launch = planLaunch(request, { ...facts, shPath: '/bin/sh' });
    expect(launch.wordsFor('mark')).toEqual(['/bin/node', '--conditions', 'x']);
    expect(launch).toMatchObject({
      env: undefined,
      isGuarded: false,
      isIsolated: false,
      isNested: false,
    });
  });

  it('goes through the programs that limit, Node last', () => {
    const asked = { ...request, execArgv: [], heapMiB: 64, cpuSeconds: 10, env: { A: '1' } };
    const { wordsFor, env } = planLaunch(asked, { ...facts, setprivPath: '/setpriv', prlimitPath: '/prlimit' });
    expect(wordsFor('mark').join(' ')).toBe(
      '/setpriv --pdeathsig KILL -- /prlimit --cpu=11: /bin/node --max-old-space-size=64',
    );
    expect(env).toEqual({ A: '1' });
  });

  it('lets a guard come before an isolated process', () => {
    const { wordsFor, isGuarded } = planLaunch({ ...request, isolation: 'process' }, { ...facts, shPath: '/bin/sh' });
    const words = wordsFor('abc');
    expect(isGuarded).toBe(true);
    expect(words.slice(0, 2)).toEqual(['/bin/sh', '-c']);
    expect(words.slice(3)).toEqual(['sh', 'abc', '/bin/node', '--conditions', 'x']);
  });

  it.each([
    [[], 'process', true],
    [['--inspect=9229'], 'process', false],
    [[], 'sandbox', false],
  ] as const)('with %j on level %s can tell its stack: %s', (execArgv, isolation, expected) => {
    const asked = { ...request, execArgv, isolation, inspectableArgv: ['--inspect-port=0'] };
    const { isInspectable, wordsFor } = planLaunch(asked, { ...facts, bwrapPath: '/bwrap' });
    expect({ isInspectable, hasPort: wordsFor('').includes('--inspect-port=0') }).toEqual({
      isInspectable: expected,
      hasPort: expected,
    });
  });

  it('cleans the environment of an isolated process, and adds what is given', () => {
    const { env, isIsolated } = planLaunch({ ...request, isolation: 'process', env: { A: '1' } }, facts);
    expect({ env, isIsolated }).toEqual({ env: { PATH: '/bin', A: '1' }, isIsolated: true });
  });

  it('puts a sandbox around it, with the module back in place over the empty folders', () => {
    const asked = { ...request, isolation: 'sandbox' as const, execArgv: ['--allow-fs-read=/data/*'] };
    const { wordsFor, env, isNested, isGuarded } = planLaunch(asked, {
      ...facts,
      bwrapPath: '/bwrap',
      folders: ['/tmp/app', '/srv/lib'],
    });
    const words = wordsFor('mark').join(' ');
    expect(words).toMatch(
      /^\/bwrap --unshare-all .*--ro-bind \/ \/ .*--tmpfs \/tmp .*--ro-bind \/tmp\/app \/tmp\/app .*-- \/bin\/node /,
    );
    expect(words).toMatch(
      /--allow-fs-read=\/data\/\* --permission --allow-fs-read=\/srv\/lib\/\* --allow-fs-read=\/tmp\/\* --allow-fs-write=\/tmp\/\* /,
    );
    expect(words).toMatch(/--disable-sigusr1$/);
    expect(env).toEqual({ PATH: '/bin', TMPDIR: '/tmp' });
    expect({ isNested, isGuarded }).toEqual({ isNested: true, isGuarded: false });
  });

  it('spells the permission model as an older Node does', () => {
    const asked = { ...request, isolation: 'sandbox' as const };
    const { wordsFor } = planLaunch(asked, { ...facts, nodeFlags: new Set(), bwrapPath: '/bwrap' });
    expect(wordsFor('mark')).toContain('--experimental-permission');
    expect(wordsFor('mark')).not.toContain('--permission');
    expect(wordsFor('mark')).not.toContain('--disable-sigusr1');
  });
});

it('a clean environment has what programs need, and no secret', () => {
  expect(
    cleanEnvironment(
      {
        PATH: '/bin',
        LC_ALL: 'C.UTF-8',
        TZ: 'UTC',
        AWS_SECRET_ACCESS_KEY: 'x',
        HTTPS_PROXY: 'http://user:password@proxy',
        NODE_OPTIONS: '--inspect=0',
      },
      { TZ: 'Europe/Berlin' },
    ),
  ).toEqual({ PATH: '/bin', LC_ALL: 'C.UTF-8', TZ: 'Europe/Berlin' });
});

it.each([
  [0, null, { exitCode: 0, signal: null }],
  [7, null, { exitCode: 7, signal: null }],
  [134, null, { exitCode: null, signal: 'SIGABRT' }],
  [null, 'SIGKILL', { exitCode: null, signal: 'SIGKILL' }],
] as const)('bubblewrap exits with %s %s: %j', (exitCode, signal, expected) => {
  expect(exitOfNested(exitCode, signal)).toEqual(expected);
});
