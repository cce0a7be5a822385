// How many workers memory has room for, in containers as in layouts.ts.
import { describe, expect, it } from 'vitest';
import { memoryBase, readMachine, readMemoryNow, workersThatFit, type Memory } from '../src/index.ts';
import { LAYOUTS } from './layouts.ts';
import { BARE, GIB, HOST, makeTree, MIB, mountV1, mountV2 } from './tree.ts';

const read = (files: Record<string, string>): Memory =>
  readMachine({ root: makeTree({ ...BARE, ...files }), host: HOST }).memory;

const v2 = (group: string, files: Record<string, number | string>) => ({
  '/proc/self/mountinfo': mountV2(),
  '/proc/self/cgroup': `0::${group}`,
  ...Object.fromEntries(Object.entries(files).map(([file, text]) => [`/sys/fs/cgroup${file}`, String(text)])),
});
const v1 = (group: string, files: Record<string, number | string>) => ({
  '/proc/self/mountinfo': mountV1('memory'),
  '/proc/self/cgroup': `4:memory:${group}`,
  ...Object.fromEntries(Object.entries(files).map(([file, text]) => [`/sys/fs/cgroup/memory${file}`, String(text)])),
});

interface Case {
  readonly name: string;
  readonly files: Record<string, string>;
  /** What the workers that are there hold, and what one takes at most. */
  readonly heldMiB: number;
  readonly workerMiB: number;
  readonly baseMiB: number;
  readonly fit: number;
  readonly source: string;
}

const POD = '/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice';

const CASES: readonly Case[] = [
  {
    name: 'no container: 16 GiB, 4 of them taken',
    files: {},
    heldMiB: 1024,
    workerMiB: 1024,
    baseMiB: 3 * 1024,
    fit: 13,
    source: '/proc/meminfo',
  },
  {
    name: 'Docker, v2: 256 MiB, half of it by one worker',
    files: v2('/', { '/memory.max': 256 * MIB, '/memory.current': 192 * MIB }),
    heldMiB: 128,
    workerMiB: 60,
    baseMiB: 64,
    fit: 3,
    source: '/sys/fs/cgroup/memory.max',
  },
  {
    name: 'v2, memory.high below memory.max',
    files: v2('/api', { '/api/memory.max': GIB, '/api/memory.high': 512 * MIB, '/api/memory.current': 112 * MIB }),
    heldMiB: 0,
    workerMiB: 100,
    baseMiB: 112,
    fit: 4,
    source: '/sys/fs/cgroup/api/memory.high',
  },
  {
    name: 'v2, file cache that the kernel drops first is nobody’s',
    files: v2('/job', {
      '/job/memory.max': GIB,
      '/job/memory.current': 1000 * MIB,
      '/job/memory.stat': `inactive_file ${900 * MIB}`,
    }),
    heldMiB: 50,
    workerMiB: 300,
    baseMiB: 50,
    fit: 3,
    source: '/sys/fs/cgroup/job/memory.max',
  },
  {
    name: 'Kubernetes, v2: a neighbour in the pod has taken most of it',
    files: v2(`${POD}/a.scope`, {
      [`${POD}/memory.max`]: 4 * GIB,
      [`${POD}/memory.current`]: 3 * GIB,
      [`${POD}/a.scope/memory.max`]: 2 * GIB,
      [`${POD}/a.scope/memory.current`]: 512 * MIB,
    }),
    heldMiB: 256,
    workerMiB: 256,
    baseMiB: 768,
    fit: 5,
    source: `/sys/fs/cgroup${POD}/a.scope/memory.max`,
  },
  {
    name: 'Docker, v1: 512 MiB',
    files: v1('/docker/1', {
      '/docker/1/memory.limit_in_bytes': 512 * MIB,
      '/docker/1/memory.usage_in_bytes': 300 * MIB,
      '/docker/1/memory.stat': `inactive_file 1\ntotal_inactive_file ${100 * MIB}`,
    }),
    heldMiB: 90,
    workerMiB: 45,
    baseMiB: 110,
    fit: 8,
    source: '/sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes',
  },
  {
    name: 'v1, the parent smaller',
    files: v1('/a/b', {
      '/a/memory.limit_in_bytes': 256 * MIB,
      '/a/memory.usage_in_bytes': 200 * MIB,
      '/a/b/memory.limit_in_bytes': 4 * GIB,
      '/a/b/memory.usage_in_bytes': 100 * MIB,
    }),
    heldMiB: 0,
    workerMiB: 45,
    baseMiB: 200,
    fit: 1,
    source: '/sys/fs/cgroup/memory/a/memory.limit_in_bytes',
  },
  {
    name: 'over its limit: none',
    files: v2('/job', { '/job/memory.max': 256 * MIB, '/job/memory.current': 300 * MIB }),
    heldMiB: 0,
    workerMiB: 45,
    baseMiB: 256,
    fit: 0,
    source: '/sys/fs/cgroup/job/memory.max',
  },
];

describe('what is left for workers', () => {
  it.each(CASES)('$name', ({ files, heldMiB, workerMiB, baseMiB, fit, source }) => {
    const base = memoryBase(read(files), heldMiB * MIB);
    expect({ baseMiB: base.baseBytes / MIB, source: base.source }).toEqual({ baseMiB, source });
    expect(workersThatFit(base, workerMiB * MIB)).toBe(fit);
  });

  it.each(LAYOUTS)('is at most what the layout allows: $name', ({ files, memory }) => {
    const found = readMachine({ root: makeTree(files), host: HOST }).memory;
    const base = memoryBase(found, 0);
    expect(base).toMatchObject(memory);
    const each = 45 * MIB;
    const fit = workersThatFit(base, each);
    expect(base.baseBytes + fit * each).toBeLessThanOrEqual(memory.limitBytes);
    expect(base.baseBytes + (fit + 1) * each).toBeGreaterThan(memory.limitBytes);
  });

  it('is no less than nothing, whatever workers say that they hold', () => {
    const memory = { totalBytes: GIB, limitBytes: GIB, availableBytes: GIB / 2, source: 'x' };
    expect(memoryBase(memory, 8 * GIB).baseBytes).toBe(0);
    expect(memoryBase(memory, -GIB).baseBytes).toBe(GIB / 2);
    expect(workersThatFit({ limitBytes: 1, baseBytes: 2, source: 'x' }, 1)).toBe(0);
    expect(workersThatFit(memoryBase(memory, 0), 0)).toBe(Infinity);
  });
});

it('is read of this machine as all of it is', () => {
  const { limitBytes, source, totalBytes } = readMachine().memory;
  expect(readMemoryNow()).toMatchObject({ limitBytes, source, totalBytes });
});
