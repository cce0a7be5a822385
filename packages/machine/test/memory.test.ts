import { describe, expect, it } from 'vitest';
import { readMachine } from '../src/index.ts';
import { BARE, GIB, HOST, makeTree, mountV1, mountV2 } from './tree.ts';

const memoryOf = (files: Record<string, string>, host = HOST) => readMachine({ root: makeTree(files), host }).memory;
const v2 = (group: string, files: Record<string, string>) =>
  memoryOf({ ...BARE, '/proc/self/mountinfo': mountV2(), '/proc/self/cgroup': `0::${group}`, ...files });

const bare = { totalBytes: 16 * GIB, limitBytes: 16 * GIB, availableBytes: 12 * GIB, source: '/proc/meminfo' };

it('is the machine where no group limits it', () => {
  expect(memoryOf(BARE)).toEqual(bare);
});

describe('version 2', () => {
  it.each([['max'], [String(64 * GIB)]])('ignores a limit of %s', (limit) => {
    expect(v2('/job', { '/sys/fs/cgroup/job/memory.max': limit })).toEqual(bare);
  });

  it('counts the file cache that the kernel drops first as free', () => {
    const memory = v2('/job', {
      '/sys/fs/cgroup/job/memory.max': String(4 * GIB),
      '/sys/fs/cgroup/job/memory.high': 'max',
      '/sys/fs/cgroup/job/memory.current': String(3 * GIB),
      '/sys/fs/cgroup/job/memory.stat': `anon 1\nactive_file 7\ninactive_file ${2 * GIB}\nslab 3`,
    });
    expect(memory).toEqual({
      totalBytes: 16 * GIB,
      limitBytes: 4 * GIB,
      availableBytes: 3 * GIB,
      source: '/sys/fs/cgroup/job/memory.max',
    });
  });

  it('stops at memory.high, beyond which the kernel throttles', () => {
    const memory = v2('/job', {
      '/sys/fs/cgroup/job/memory.max': String(4 * GIB),
      '/sys/fs/cgroup/job/memory.high': String(3 * GIB),
      '/sys/fs/cgroup/job/memory.current': String(1 * GIB),
    });
    expect(memory).toMatchObject({ limitBytes: 3 * GIB, availableBytes: 2 * GIB });
    expect(memory.source).toBe('/sys/fs/cgroup/job/memory.high');
  });

  it('takes limit and room from different levels: a neighbour may have filled the slice', () => {
    const memory = v2('/app.slice/job', {
      '/sys/fs/cgroup/app.slice/memory.max': String(8 * GIB),
      '/sys/fs/cgroup/app.slice/memory.current': String(7 * GIB),
      '/sys/fs/cgroup/app.slice/job/memory.max': String(4 * GIB),
      '/sys/fs/cgroup/app.slice/job/memory.current': String(1 * GIB),
    });
    expect(memory).toMatchObject({ limitBytes: 4 * GIB, availableBytes: 1 * GIB });
    expect(memory.source).toBe('/sys/fs/cgroup/app.slice/job/memory.max');
  });

  it('has nothing available when the group is over its limit', () => {
    const memory = v2('/job', {
      '/sys/fs/cgroup/job/memory.max': String(2 * GIB),
      '/sys/fs/cgroup/job/memory.current': String(3 * GIB),
    });
    expect(memory).toMatchObject({ limitBytes: 2 * GIB, availableBytes: 0 });
  });

  it('is never more than the machine has free', () => {
    const memory = v2('/job', {
      '/sys/fs/cgroup/job/memory.max': String(14 * GIB),
      '/sys/fs/cgroup/job/memory.current': '0',
    });
    expect(memory).toMatchObject({ limitBytes: 14 * GIB, availableBytes: 12 * GIB });
  });
});

describe('version 1', () => {
  const dir = '/sys/fs/cgroup/memory';
  const v1 = (group: string, files: Record<string, string>) =>
    memoryOf({
      ...BARE,
      '/proc/self/mountinfo': mountV1('memory'),
      '/proc/self/cgroup': `4:memory:${group}`,
      ...files,
    });

  it('knows the number that means unlimited', () => {
    expect(v1('/job', { [`${dir}/job/memory.limit_in_bytes`]: '9223372036854771712' })).toEqual(bare);
  });

  it('takes the smallest on the path and the cache of the whole subtree', () => {
    const memory = v1('/docker/0123abcd', {
      [`${dir}/memory.limit_in_bytes`]: '9223372036854771712',
      [`${dir}/docker/memory.limit_in_bytes`]: String(6 * GIB),
      [`${dir}/docker/memory.usage_in_bytes`]: String(1 * GIB),
      [`${dir}/docker/0123abcd/memory.limit_in_bytes`]: String(2 * GIB),
      [`${dir}/docker/0123abcd/memory.usage_in_bytes`]: String(1.5 * GIB),
      [`${dir}/docker/0123abcd/memory.stat`]: `inactive_file 5\ntotal_inactive_file ${0.5 * GIB}`,
    });
    expect(memory).toMatchObject({ limitBytes: 2 * GIB, availableBytes: 1 * GIB });
    expect(memory.source).toBe(`${dir}/docker/0123abcd/memory.limit_in_bytes`);
  });
});

describe('files that do not help', () => {
  const node = { totalBytes: 77 * GIB, limitBytes: 77 * GIB, availableBytes: 33 * GIB, source: 'os.totalmem()' };

  it('asks Node when there are none', () => {
    expect(memoryOf({})).toEqual(node);
  });

  it('takes the limit that Node found', () => {
    expect(memoryOf({}, { ...HOST, constrainedBytes: 5 * GIB })).toEqual({
      ...node,
      limitBytes: 5 * GIB,
      availableBytes: 5 * GIB,
      source: 'process.constrainedMemory()',
    });
  });

  it.each(['', 'MemTotal: lots', 'MemTotal:       0 kB\nMemAvailable: 5 kB', 'MemTotal:   -5 kB', '\0'])(
    'asks Node when meminfo says %j',
    (meminfo) => {
      expect(memoryOf({ '/proc/meminfo': meminfo })).toEqual(node);
    },
  );

  it('does not believe more available memory than there is', () => {
    const meminfo = 'MemTotal:       16777216 kB\nMemAvailable:   99999999 kB';
    expect(memoryOf({ '/proc/meminfo': meminfo }).availableBytes).toBe(16 * GIB);
  });

  it.each(['', 'garbage', '0', '-1', '1e9', '12 34'])('ignores a limit that says %j', (limit) => {
    expect(v2('/job', { '/sys/fs/cgroup/job/memory.max': limit, '/sys/fs/cgroup/job/memory.high': limit })).toEqual(
      bare,
    );
  });

  it('does not believe more cache than use', () => {
    const memory = v2('/job', {
      '/sys/fs/cgroup/job/memory.max': String(2 * GIB),
      '/sys/fs/cgroup/job/memory.current': String(1 * GIB),
      '/sys/fs/cgroup/job/memory.stat': `inactive_file ${9 * GIB}`,
    });
    expect(memory.availableBytes).toBe(2 * GIB);
  });
});

describe('swap', () => {
  const meminfo = (swap: string) => ({ '/proc/meminfo': `${BARE['/proc/meminfo']}\nSwapTotal:      ${swap} kB` });
  const twoGib = meminfo('2097152');

  it('is off where the machine has none', () => {
    expect(memoryOf({ ...BARE, ...meminfo('0') }).swap).toEqual({ limitBytes: 0, source: '/proc/meminfo' });
  });

  it.each([
    ['max', 2 * GIB, '/proc/meminfo'],
    [String(5 * GIB), 2 * GIB, '/proc/meminfo'],
    [String(1 * GIB), 1 * GIB, '/sys/fs/cgroup/job/memory.swap.max'],
    ['0', 0, '/sys/fs/cgroup/job/memory.swap.max'],
    ['lots', 2 * GIB, '/proc/meminfo'],
    ['-1', 2 * GIB, '/proc/meminfo'],
  ])('of 2 GiB is limited by memory.swap.max %s', (limit, limitBytes, source) => {
    const swap = v2('/job', { ...twoGib, '/sys/fs/cgroup/job/memory.swap.max': limit }).swap;
    expect(swap).toEqual({ limitBytes, source });
  });

  it('is the least on the path', () => {
    const files = { '/sys/fs/cgroup/a/memory.swap.max': '0', '/sys/fs/cgroup/a/b/memory.swap.max': String(GIB) };
    expect(v2('/a/b', { ...twoGib, ...files }).swap).toEqual({
      limitBytes: 0,
      source: '/sys/fs/cgroup/a/memory.swap.max',
    });
  });

  const together = '/sys/fs/cgroup/memory/job/memory.memsw.limit_in_bytes';
  it.each([
    ['as much as memory alone: none is left', 1 * GIB, 1 * GIB, 0, together],
    ['half a GiB more', 1 * GIB, 1.5 * GIB, 0.5 * GIB, together],
    ['less than memory alone, which no kernel accepts', 2 * GIB, 1 * GIB, 0, together],
    ['no limit, as version 1 writes it', 1 * GIB, '9223372036854771712', 2 * GIB, '/proc/meminfo'],
    ['no limit on either', '9223372036854771712', '9223372036854771712', 2 * GIB, '/proc/meminfo'],
    ['a limit beyond the memory of the machine', 64 * GIB, 17 * GIB, 1 * GIB, together],
    ['nonsense', 1 * GIB, 'many', 2 * GIB, '/proc/meminfo'],
    ['zero', 1 * GIB, 0, 2 * GIB, '/proc/meminfo'],
  ])('shares a limit with memory in version 1: %s', (_, memory, both, limitBytes, source) => {
    const swap = memoryOf({
      ...BARE,
      ...twoGib,
      '/proc/self/mountinfo': mountV1('memory'),
      '/proc/self/cgroup': '4:memory:/job',
      '/sys/fs/cgroup/memory/job/memory.limit_in_bytes': String(memory),
      [together]: String(both),
    }).swap;
    expect(swap).toEqual({ limitBytes, source });
  });

  it('is not known where the kernel does not say', () => {
    expect(memoryOf(BARE)).not.toHaveProperty('swap');
    expect(memoryOf({ '/proc/meminfo': 'SwapTotal:       2097152 kB' })).not.toHaveProperty('swap');
    const unlimited = { '/proc/self/cgroup': '4:memory:/job', [together]: '9223372036854771712' };
    expect(memoryOf({ ...BARE, '/proc/self/mountinfo': mountV1('memory'), ...unlimited })).not.toHaveProperty('swap');
    expect(v2('/job', { '/sys/fs/cgroup/job/memory.swap.max': '0' }).swap?.limitBytes).toBe(0);
  });
});
