import { availableParallelism } from 'node:os';
import { describe, expect, it, onTestFinished } from 'vitest';
import { coresAllowed, coresOfProcess, readMachine } from '../src/index.ts';
import { PROCESS_SHARE, processShare, tellProcessShare } from '../src/share.ts';
import { BARE, HOST, makeTree, mountV1, mountV2 } from './tree.ts';

const coresOf = (files: Record<string, string>) => readMachine({ root: makeTree(files), host: HOST }).cores;
const status = (list: string) => ({ '/proc/self/status': `Cpus_allowed_list:\t${list}` });

describe('affinity and cpuset', () => {
  it('takes what affinity leaves', () => {
    expect(coresOf({ ...BARE, ...status('0-1,5') })).toEqual({
      allowed: 3,
      affinity: 3,
      quota: undefined,
      quotaSource: undefined,
      logical: 8,
      source: '/proc/self/status',
    });
  });

  it('leaves out CPUs that are allowed but not online', () => {
    const cores = coresOf({ ...BARE, ...status('0-127') });
    expect(cores).toMatchObject({ allowed: 8, affinity: 8, source: '/sys/devices/system/cpu/online' });
  });

  it.each([
    ['version 2', mountV2(), '0::/job', '/sys/fs/cgroup/job/cpuset.cpus.effective'],
    ['version 1', mountV1('cpuset'), '3:cpuset:/job', '/sys/fs/cgroup/cpuset/job/cpuset.effective_cpus'],
  ])('narrows to the cpuset, %s', (_, mount, group, file) => {
    const files = { '/proc/self/mountinfo': mount, '/proc/self/cgroup': group, [file]: '2-3' };
    expect(coresOf({ ...BARE, ...files })).toMatchObject({ allowed: 2, affinity: 2, source: file });
  });

  it('reads cpuset.cpus where an old kernel has no effective list', () => {
    const files = {
      '/proc/self/mountinfo': mountV1('cpuset'),
      '/proc/self/cgroup': '3:cpuset:/job',
      '/sys/fs/cgroup/cpuset/job/cpuset.cpus': '4-6',
    };
    expect(coresOf({ ...BARE, ...files }).affinity).toBe(3);
  });

  it('keeps affinity when a cpuset excludes all of it', () => {
    const files = {
      '/proc/self/mountinfo': mountV2(),
      '/proc/self/cgroup': '0::/',
      '/sys/fs/cgroup/cpuset.cpus.effective': '6-7',
    };
    expect(coresOf({ ...BARE, ...status('0-1'), ...files })).toMatchObject({ allowed: 2, source: '/proc/self/status' });
  });
});

describe('quota, version 2', () => {
  const tree = (group: string, files: Record<string, string>) =>
    coresOf({ ...BARE, '/proc/self/mountinfo': mountV2(), '/proc/self/cgroup': `0::${group}`, ...files });

  it.each([
    ['max 100000', 8, undefined],
    ['400000 100000', 4, 4],
    ['150000 100000', 1, 1.5],
    ['390000 100000', 3, 3.9],
    ['25000 100000', 1, 0.25],
    ['50000 50000', 1, 1],
    ['3200000 100000', 8, 32],
  ])('cpu.max %s', (text, allowed, quota) => {
    const cores = tree('/job', { '/sys/fs/cgroup/job/cpu.max': text });
    expect(cores).toMatchObject({ allowed, quota });
    expect(cores.source).toBe(allowed < 8 ? '/sys/fs/cgroup/job/cpu.max' : '/proc/self/status');
    expect(cores.quotaSource).toBe(quota === undefined ? undefined : '/sys/fs/cgroup/job/cpu.max');
  });

  it('takes the smallest on the path, wherever it is', () => {
    const service = '/system.slice/api.service';
    const outer = tree(service, {
      '/sys/fs/cgroup/system.slice/cpu.max': '200000 100000',
      [`/sys/fs/cgroup${service}/cpu.max`]: '600000 100000',
    });
    expect(outer).toMatchObject({ allowed: 2, quota: 2, source: '/sys/fs/cgroup/system.slice/cpu.max' });
    const inner = tree(service, {
      '/sys/fs/cgroup/system.slice/cpu.max': '600000 100000',
      [`/sys/fs/cgroup${service}/cpu.max`]: '300000 100000',
    });
    expect(inner).toMatchObject({ allowed: 3, source: `/sys/fs/cgroup${service}/cpu.max` });
  });

  it('reads the top of the mount in a container with its own cgroup namespace', () => {
    expect(tree('/', { '/sys/fs/cgroup/cpu.max': '200000 100000' }).allowed).toBe(2);
  });

  it('reads the mounted group in a container that sees the path of its host', () => {
    const group = '/docker/0123abcd';
    const cores = coresOf({
      ...BARE,
      '/proc/self/mountinfo': mountV2(group),
      '/proc/self/cgroup': `0::${group}/worker`,
      '/sys/fs/cgroup/cpu.max': '500000 100000',
      '/sys/fs/cgroup/worker/cpu.max': '300000 100000',
    });
    expect(cores).toMatchObject({ allowed: 3, source: '/sys/fs/cgroup/worker/cpu.max' });
  });

  it('falls back to the top of the mount for a group outside of the namespace', () => {
    expect(tree('/../other', { '/sys/fs/cgroup/cpu.max': '200000 100000' }).allowed).toBe(2);
  });

  it('works without a mount table', () => {
    const files = { '/proc/self/cgroup': '0::/job', '/sys/fs/cgroup/job/cpu.max': '200000 100000' };
    expect(coresOf({ ...BARE, ...files }).allowed).toBe(2);
  });

  it('reads mount points with blanks in their names', () => {
    const cores = coresOf({
      ...BARE,
      '/proc/self/mountinfo': mountV2('/', '/my\\040groups'),
      '/proc/self/cgroup': '0::/',
      '/my groups/cpu.max': '300000 100000',
    });
    expect(cores.allowed).toBe(3);
  });
});

describe('quota, version 1', () => {
  const dir = '/sys/fs/cgroup/cpu,cpuacct';
  const tree = (group: string, files: Record<string, string>, mount = mountV1('cpu,cpuacct')) =>
    coresOf({ ...BARE, '/proc/self/mountinfo': mount, '/proc/self/cgroup': `4:cpu,cpuacct:${group}`, ...files });
  const quota = (at: string, us: number, periodUs = 100_000) => ({
    [`${at}/cpu.cfs_quota_us`]: String(us),
    [`${at}/cpu.cfs_period_us`]: String(periodUs),
  });

  it.each([
    [-1, 8, undefined],
    [0, 8, undefined],
    [400_000, 4, 4],
    [250_000, 2, 2.5],
    [1_000, 1, 0.01],
  ])('quota %i us', (us, allowed, cores) => {
    expect(tree('/job', quota(`${dir}/job`, us))).toMatchObject({ allowed, quota: cores });
  });

  it('takes the smallest on the path', () => {
    const cores = tree('/kubepods/pod1/box', {
      ...quota(`${dir}/kubepods`, -1),
      ...quota(`${dir}/kubepods/pod1`, 300_000),
      ...quota(`${dir}/kubepods/pod1/box`, -1),
    });
    expect(cores).toMatchObject({ allowed: 3, source: `${dir}/kubepods/pod1/cpu.cfs_quota_us` });
  });

  it('reads the mounted group in a Docker container', () => {
    const mount = mountV1('cpu,cpuacct', '/docker/0123abcd', dir);
    expect(tree('/docker/0123abcd', quota(dir, 250_000), mount)).toMatchObject({ allowed: 2, quota: 2.5 });
  });

  it('reads both versions where a host mixes them', () => {
    const cores = coresOf({
      ...BARE,
      '/proc/self/mountinfo': [mountV1('cpu,cpuacct'), mountV2('/', '/sys/fs/cgroup/unified')].join('\n'),
      '/proc/self/cgroup': '4:cpu,cpuacct:/job\n0::/init.scope',
      ...quota(`${dir}/job`, 500_000),
    });
    expect(cores.allowed).toBe(5);
  });
});

describe('files that do not help', () => {
  const fallback = { allowed: 7, affinity: 7, quota: undefined, logical: 9, source: 'os.availableParallelism()' };

  it('asks Node when there are none', () => {
    expect(coresOf({})).toEqual(fallback);
    expect(readMachine({ root: '/does/not/exist', host: HOST }).cores).toEqual(fallback);
  });

  it.each(['', '5-2', '0-99999', '3-', 'all', '0-7 8', '-1', '\0\0'])('asks Node when the list says %j', (list) => {
    expect(coresOf({ ...status(list), '/sys/devices/system/cpu/online': list })).toEqual(fallback);
  });

  it.each([
    '',
    'garbage',
    '100000',
    '-5 100000',
    '1e99 1',
    '0 0',
    '100000 0',
    '1 1000000',
    '9'.repeat(400),
    '100000 nan',
  ])('has no quota when cpu.max says %j', (text) => {
    const files = { '/proc/self/mountinfo': mountV2(), '/proc/self/cgroup': '0::/', '/sys/fs/cgroup/cpu.max': text };
    expect(coresOf({ ...BARE, ...files })).toMatchObject({ allowed: 8, quota: undefined });
  });

  it('survives folders in the place of files and a broken mount table', () => {
    const files = {
      '/proc/self/status/x': '',
      '/proc/self/mountinfo': ' - cgroup2\n1 2 3\n- - -',
      '/proc/self/cgroup': ':::\n0:\nx::/y',
      '/sys/fs/cgroup/cpu.max/x': '',
    };
    expect(coresOf(files)).toEqual(fallback);
  });

  it('is one core on a machine of one', () => {
    const one = { allowed: 1, affinity: 1, quota: undefined, logical: 1 };
    expect(coresOf({ ...status('0'), '/sys/devices/system/cpu/online': '0' })).toMatchObject(one);
    expect(readMachine({ root: makeTree({}), host: { ...HOST, parallelism: 1, logical: 1 } }).cores).toMatchObject(one);
  });

  it('bounds a path of a thousand nested groups', () => {
    const files = { '/proc/self/mountinfo': mountV2(), '/proc/self/cgroup': `0::${'/a'.repeat(1000)}` };
    expect(coresOf({ ...BARE, ...files }).allowed).toBe(8);
  });
});

describe('the part that a worker was given', () => {
  const withShare = (coresShare: string | undefined) =>
    readMachine({ root: makeTree(BARE), host: { ...HOST, coresShare } }).cores;

  it.each([
    ['3', 3, 'HEDDLE_CORES'],
    ['1', 1, 'HEDDLE_CORES'],
    ['8', 8, withShare(undefined).source],
    ['900', 8, withShare(undefined).source],
  ])('HEDDLE_CORES=%s gives %s cores, never more than the system', (share, allowed, source) => {
    expect(withShare(share)).toMatchObject({ allowed, source, affinity: 8 });
  });

  it.each([undefined, '', '0', '-1', '1.5', 'many', '3 ', '1e3'])('%j is none', (share) => {
    expect(withShare(share)).toEqual(withShare(undefined));
  });

  it('is a thread’s own; its process has all', () => {
    const before = process.env.HEDDLE_CORES;
    onTestFinished(() => {
      if (before === undefined) delete process.env.HEDDLE_CORES;
      else process.env.HEDDLE_CORES = before;
      delete (globalThis as { [PROCESS_SHARE]?: unknown })[PROCESS_SHARE];
    });
    expect(coresOfProcess()).toBe(coresAllowed());
    expect(processShare()).toBe(before);
    process.env.HEDDLE_CORES = '1';
    expect(processShare()).toBe('1');
    tellProcessShare(undefined);
    expect(processShare()).toBe(undefined);
    expect(coresOfProcess()).toBe(readMachine({ host: { coresShare: undefined } }).cores.allowed);
    tellProcessShare('1');
    process.env.HEDDLE_CORES = '2';
    expect(coresOfProcess()).toBe(1);
  });
});

describe('this machine', () => {
  it('gives at least one core and never more than the operating system shows', () => {
    const { cores } = readMachine();
    expect(cores.allowed).toBeGreaterThanOrEqual(1);
    expect(cores.allowed).toBeLessThanOrEqual(cores.affinity);
    expect(cores.affinity).toBeLessThanOrEqual(cores.logical);
    expect(coresAllowed()).toBe(cores.allowed);
  });

  it.runIf(process.platform === 'linux')('agrees with the scheduler on affinity where no quota cuts it', () => {
    const { cores } = readMachine();
    if (cores.quota === undefined) expect(cores.affinity).toBe(availableParallelism());
  });
});
