// Container layouts as data: the files as a process inside sees them, and what must come out. The host has 8 CPUs,
// 16 GiB and 4 GiB of swap, so whatever is expected below that comes from the layout.
import { BARE, GIB, MIB, mountV1, mountV2 } from './tree.ts';

export interface Layout {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly cores: { readonly allowed: number; readonly quota: number | undefined; readonly source: string };
  readonly memory: { readonly limitBytes: number; readonly source: string };
  /** Bytes of swap; default: all 4 GiB of the host. */
  readonly swapBytes?: number;
}

interface Limits {
  /** Quota in microseconds per period of 100 ms, or the text of the file. */
  readonly cpu?: number | string;
  /** Bytes, or the text of the file. */
  readonly memory?: number | string;
  readonly high?: number;
  /** Version 1: memory and swap together. */
  readonly swap?: number | string;
  readonly cpuset?: string;
}

const HOST_FILES = { ...BARE, '/proc/meminfo': `${BARE['/proc/meminfo']}\nSwapTotal:       4194304 kB` };
const ALL = { cores: { allowed: 8, quota: undefined, source: '/proc/self/status' } } as const;
const NO_LIMIT = { limitBytes: 16 * GIB, source: '/proc/meminfo' } as const;

const ID = '3b1f0c5a'.repeat(8);
const POD = 'pod4f0c1e7a-2d55-4be2-9a57-0c1f6b1d2e3f';
const POD_SLICE = POD.replaceAll('-', '_');

/** The files of version 2 groups below `mount`: path below the mount -> limits. */
function groupsV2(groups: Record<string, Limits>, mount = '/sys/fs/cgroup'): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [group, { cpu, memory, high, swap, cpuset }] of Object.entries(groups)) {
    const dir = `${mount}${group === '/' ? '' : group}`;
    if (cpu !== undefined) files[`${dir}/cpu.max`] = typeof cpu === 'number' ? `${cpu} 100000` : cpu;
    if (memory !== undefined) files[`${dir}/memory.max`] = String(memory);
    if (high !== undefined) files[`${dir}/memory.high`] = String(high);
    if (swap !== undefined) files[`${dir}/memory.swap.max`] = String(swap);
    if (cpuset !== undefined) files[`${dir}/cpuset.cpus.effective`] = cpuset;
  }
  return files;
}

/** A process in a version 2 group; `mounted` is the group that shows at the mount point. */
function v2(group: string, groups: Record<string, Limits>, mounted = '/'): Record<string, string> {
  return {
    ...HOST_FILES,
    '/proc/self/mountinfo': mountV2(mounted),
    '/proc/self/cgroup': `0::${group}`,
    ...groupsV2(groups),
  };
}

const V1 = ['cpu,cpuacct', 'cpuset', 'memory'] as const;

/** The same in version 1: every controller has a tree of its own, the group has the same name in all. */
function v1(group: string, groups: Record<string, Limits>, mounted = '/'): Record<string, string> {
  const files: Record<string, string> = {
    ...HOST_FILES,
    '/proc/self/mountinfo': V1.map((controllers) => mountV1(controllers, mounted)).join('\n'),
    '/proc/self/cgroup': V1.map((controllers, index) => `${index + 2}:${controllers}:${group}`).join('\n'),
  };
  for (const [path, { cpu, memory, swap, cpuset }] of Object.entries(groups)) {
    const at = path === '/' ? '' : path;
    if (cpu !== undefined) {
      files[`/sys/fs/cgroup/cpu,cpuacct${at}/cpu.cfs_quota_us`] = String(cpu);
      files[`/sys/fs/cgroup/cpu,cpuacct${at}/cpu.cfs_period_us`] = '100000';
    }
    if (memory !== undefined) files[`/sys/fs/cgroup/memory${at}/memory.limit_in_bytes`] = String(memory);
    if (swap !== undefined) files[`/sys/fs/cgroup/memory${at}/memory.memsw.limit_in_bytes`] = String(swap);
    if (cpuset !== undefined) files[`/sys/fs/cgroup/cpuset${at}/cpuset.effective_cpus`] = cpuset;
  }
  return files;
}

/** Version 1 controllers beside a version 2 tree without controllers, as systemd makes it. */
function hybrid(group: string, groups: Record<string, Limits>, mounted = '/'): Record<string, string> {
  const files = v1(group, groups, mounted);
  return {
    ...files,
    '/proc/self/mountinfo': `${files['/proc/self/mountinfo']}\n${mountV2(mounted, '/sys/fs/cgroup/unified')}`,
    '/proc/self/cgroup': `${files['/proc/self/cgroup']}\n1:name=systemd:${group}\n0::${group}`,
  };
}

const CPU_V1 = '/sys/fs/cgroup/cpu,cpuacct';
const MEMORY_V1 = '/sys/fs/cgroup/memory';
const UNLIMITED_V1 = '9223372036854771712';

export const LAYOUTS: readonly Layout[] = [
  {
    name: 'Docker, v2, private namespace: 0.25 CPUs, 256 MiB, no swap',
    files: v2('/', { '/': { cpu: 25_000, memory: 256 * MIB, swap: 0 } }),
    cores: { allowed: 1, quota: 0.25, source: '/sys/fs/cgroup/cpu.max' },
    memory: { limitBytes: 256 * MIB, source: '/sys/fs/cgroup/memory.max' },
    swapBytes: 0,
  },
  {
    name: 'Docker, v2, namespace of the host: 1 CPU, 1 GiB',
    files: v2(`/system.slice/docker-${ID}.scope`, {
      '/system.slice': { cpu: 'max 100000', memory: 'max' },
      [`/system.slice/docker-${ID}.scope`]: { cpu: 100_000, memory: GIB },
    }),
    cores: { allowed: 1, quota: 1, source: `/sys/fs/cgroup/system.slice/docker-${ID}.scope/cpu.max` },
    memory: { limitBytes: GIB, source: `/sys/fs/cgroup/system.slice/docker-${ID}.scope/memory.max` },
  },
  {
    name: 'Docker, v2, path of the host, its own group mounted: 2 CPUs, 512 MiB',
    files: v2(`/docker/${ID}`, { '/': { cpu: 200_000, memory: 512 * MIB, swap: 512 * MIB } }, `/docker/${ID}`),
    cores: { allowed: 2, quota: 2, source: '/sys/fs/cgroup/cpu.max' },
    memory: { limitBytes: 512 * MIB, source: '/sys/fs/cgroup/memory.max' },
    swapBytes: 512 * MIB,
  },
  {
    name: 'Docker, v1, namespace of the host: 1.5 CPUs, 512 MiB and as much swap',
    files: v1(`/docker/${ID}`, { '/': { cpu: 150_000, memory: 512 * MIB, swap: GIB } }, `/docker/${ID}`),
    cores: { allowed: 1, quota: 1.5, source: `${CPU_V1}/cpu.cfs_quota_us` },
    memory: { limitBytes: 512 * MIB, source: `${MEMORY_V1}/memory.limit_in_bytes` },
    swapBytes: 512 * MIB,
  },
  {
    name: 'Docker, v1, private namespace: 2 CPUs, 4 GiB, no swap',
    files: v1('/', { '/': { cpu: 200_000, memory: 4 * GIB, swap: 4 * GIB } }),
    cores: { allowed: 2, quota: 2, source: `${CPU_V1}/cpu.cfs_quota_us` },
    memory: { limitBytes: 4 * GIB, source: `${MEMORY_V1}/memory.limit_in_bytes` },
    swapBytes: 0,
  },
  {
    name: 'Docker, hybrid: 4 CPUs, 1 GiB',
    files: hybrid(`/docker/${ID}`, { '/': { cpu: 400_000, memory: GIB } }, `/docker/${ID}`),
    cores: { allowed: 4, quota: 4, source: `${CPU_V1}/cpu.cfs_quota_us` },
    memory: { limitBytes: GIB, source: `${MEMORY_V1}/memory.limit_in_bytes` },
  },
  {
    name: 'Podman without root, v2: 0.5 CPUs, 256 MiB',
    files: v2(`/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope/container`, {
      [`/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope`]: {
        cpu: 50_000,
        memory: 256 * MIB,
      },
      [`/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope/container`]: { cpu: 'max 100000' },
    }),
    cores: {
      allowed: 1,
      quota: 0.5,
      source: `/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope/cpu.max`,
    },
    memory: {
      limitBytes: 256 * MIB,
      source: `/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope/memory.max`,
    },
  },
  {
    name: 'systemd service, v2: CPUQuota=150%, MemoryHigh below MemoryMax',
    files: v2('/system.slice/api.service', {
      '/system.slice/api.service': { cpu: 150_000, memory: GIB, high: 512 * MIB },
    }),
    cores: { allowed: 1, quota: 1.5, source: '/sys/fs/cgroup/system.slice/api.service/cpu.max' },
    memory: { limitBytes: 512 * MIB, source: '/sys/fs/cgroup/system.slice/api.service/memory.high' },
  },
  {
    name: 'systemd slice with the limits, service with none, v2: 2 CPUs, 4 GiB',
    files: v2('/batch.slice/worker.service', {
      '/batch.slice': { cpu: 200_000, memory: 4 * GIB },
      '/batch.slice/worker.service': { cpu: 'max 100000', memory: 'max' },
    }),
    cores: { allowed: 2, quota: 2, source: '/sys/fs/cgroup/batch.slice/cpu.max' },
    memory: { limitBytes: 4 * GIB, source: '/sys/fs/cgroup/batch.slice/memory.max' },
  },
  {
    name: 'systemd service, hybrid: 0.5 CPUs, 256 MiB',
    files: hybrid('/system.slice/api.service', {
      '/system.slice': { cpu: -1, memory: UNLIMITED_V1 },
      '/system.slice/api.service': { cpu: 50_000, memory: 256 * MIB },
    }),
    cores: { allowed: 1, quota: 0.5, source: `${CPU_V1}/system.slice/api.service/cpu.cfs_quota_us` },
    memory: { limitBytes: 256 * MIB, source: `${MEMORY_V1}/system.slice/api.service/memory.limit_in_bytes` },
  },
  {
    name: 'Kubernetes, burstable, v2, systemd driver, path of the node: 1.5 CPUs, 1 GiB',
    files: v2(
      `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-${POD_SLICE}.slice/cri-containerd-${ID}.scope`,
      {
        '/kubepods.slice': { cpu: 'max 100000', memory: 14 * GIB },
        '/kubepods.slice/kubepods-burstable.slice': { cpu: 'max 100000', memory: 'max' },
        [`/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-${POD_SLICE}.slice`]: {
          cpu: 150_000,
          memory: GIB,
        },
        [`/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-${POD_SLICE}.slice/cri-containerd-${ID}.scope`]: {
          cpu: 'max 100000',
          memory: 'max',
          swap: 0,
        },
      },
    ),
    cores: {
      allowed: 1,
      quota: 1.5,
      source: `/sys/fs/cgroup/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-${POD_SLICE}.slice/cpu.max`,
    },
    memory: {
      limitBytes: GIB,
      source: `/sys/fs/cgroup/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-${POD_SLICE}.slice/memory.max`,
    },
    swapBytes: 0,
  },
  {
    name: 'Kubernetes, burstable, v2, cgroupfs driver, no limit of its own: that of the node',
    files: v2(`/kubepods/burstable/${POD}/${ID}`, {
      '/kubepods': { cpu: 'max 100000', memory: 14 * GIB },
      [`/kubepods/burstable/${POD}/${ID}`]: { cpu: 'max 100000', memory: 'max' },
    }),
    ...ALL,
    memory: { limitBytes: 14 * GIB, source: '/sys/fs/cgroup/kubepods/memory.max' },
  },
  {
    name: 'Kubernetes, burstable, v1, cgroupfs driver, as the container sees it: 0.5 CPUs, 512 MiB',
    files: v1(
      `/kubepods/burstable/${POD}/${ID}`,
      { '/': { cpu: 50_000, memory: 512 * MIB } },
      `/kubepods/burstable/${POD}/${ID}`,
    ),
    cores: { allowed: 1, quota: 0.5, source: `${CPU_V1}/cpu.cfs_quota_us` },
    memory: { limitBytes: 512 * MIB, source: `${MEMORY_V1}/memory.limit_in_bytes` },
  },
  {
    name: 'Kubernetes, guaranteed, v2, private namespace, CPUs of its own: 2 CPUs, 4 GiB',
    files: v2('/', { '/': { cpu: 200_000, memory: 4 * GIB, cpuset: '2-3' } }),
    cores: { allowed: 2, quota: 2, source: '/sys/fs/cgroup/cpuset.cpus.effective' },
    memory: { limitBytes: 4 * GIB, source: '/sys/fs/cgroup/memory.max' },
  },
  {
    name: 'Kubernetes, guaranteed, v1, cgroupfs driver, path of the node: 4 CPUs, 4 GiB',
    files: v1(`/kubepods/${POD}/${ID}`, {
      '/kubepods': { cpu: -1, memory: 14 * GIB },
      [`/kubepods/${POD}`]: { cpu: 400_000, memory: 4 * GIB },
      [`/kubepods/${POD}/${ID}`]: { cpu: 400_000, memory: 4 * GIB },
    }),
    cores: { allowed: 4, quota: 4, source: `${CPU_V1}/kubepods/${POD}/${ID}/cpu.cfs_quota_us` },
    memory: { limitBytes: 4 * GIB, source: `${MEMORY_V1}/kubepods/${POD}/${ID}/memory.limit_in_bytes` },
  },
  {
    name: 'Kubernetes, guaranteed, v1, systemd driver: 1 CPU, 1 GiB',
    files: v1(`/kubepods.slice/kubepods-${POD_SLICE}.slice/cri-containerd-${ID}.scope`, {
      '/kubepods.slice': { cpu: -1, memory: 14 * GIB },
      [`/kubepods.slice/kubepods-${POD_SLICE}.slice`]: { cpu: 100_000, memory: GIB },
      [`/kubepods.slice/kubepods-${POD_SLICE}.slice/cri-containerd-${ID}.scope`]: { cpu: -1, memory: UNLIMITED_V1 },
    }),
    cores: {
      allowed: 1,
      quota: 1,
      source: `${CPU_V1}/kubepods.slice/kubepods-${POD_SLICE}.slice/cpu.cfs_quota_us`,
    },
    memory: {
      limitBytes: GIB,
      source: `${MEMORY_V1}/kubepods.slice/kubepods-${POD_SLICE}.slice/memory.limit_in_bytes`,
    },
  },
  {
    name: 'Kubernetes, burstable, v1, systemd driver, as the container sees it: 0.25 CPUs, 256 MiB',
    files: v1(
      `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-${POD_SLICE}.slice/docker-${ID}.scope`,
      { '/': { cpu: 25_000, memory: 256 * MIB } },
      `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-${POD_SLICE}.slice/docker-${ID}.scope`,
    ),
    cores: { allowed: 1, quota: 0.25, source: `${CPU_V1}/cpu.cfs_quota_us` },
    memory: { limitBytes: 256 * MIB, source: `${MEMORY_V1}/memory.limit_in_bytes` },
  },
  {
    name: 'Kubernetes, guaranteed, v2, systemd driver, path of the node: 4 CPUs, 4 GiB',
    files: v2(`/kubepods.slice/kubepods-${POD_SLICE}.slice/cri-containerd-${ID}.scope`, {
      '/kubepods.slice': { cpu: 'max 100000', memory: 14 * GIB },
      [`/kubepods.slice/kubepods-${POD_SLICE}.slice`]: { cpu: 400_000, memory: 4 * GIB },
      [`/kubepods.slice/kubepods-${POD_SLICE}.slice/cri-containerd-${ID}.scope`]: { cpu: 400_000, memory: 4 * GIB },
    }),
    cores: {
      allowed: 4,
      quota: 4,
      source: `/sys/fs/cgroup/kubepods.slice/kubepods-${POD_SLICE}.slice/cri-containerd-${ID}.scope/cpu.max`,
    },
    memory: {
      limitBytes: 4 * GIB,
      source: `/sys/fs/cgroup/kubepods.slice/kubepods-${POD_SLICE}.slice/cri-containerd-${ID}.scope/memory.max`,
    },
  },
  {
    name: 'Docker in Docker, v2, path of the outer one: 2 CPUs from the outer, 2 GiB from the inner',
    files: v2(
      `/docker/${ID}/docker/inner`,
      {
        '/': { cpu: 200_000, memory: 4 * GIB },
        '/docker/inner': { cpu: 300_000, memory: 2 * GIB },
      },
      `/docker/${ID}`,
    ),
    cores: { allowed: 2, quota: 2, source: '/sys/fs/cgroup/cpu.max' },
    memory: { limitBytes: 2 * GIB, source: '/sys/fs/cgroup/docker/inner/memory.max' },
  },
  {
    name: 'nested, v2, the parent smaller: 1 CPU, 512 MiB, no swap',
    files: v2('/outer/inner', {
      '/outer': { cpu: 100_000, memory: 512 * MIB, swap: 0 },
      '/outer/inner': { cpu: 400_000, memory: 4 * GIB, swap: GIB },
    }),
    cores: { allowed: 1, quota: 1, source: '/sys/fs/cgroup/outer/cpu.max' },
    memory: { limitBytes: 512 * MIB, source: '/sys/fs/cgroup/outer/memory.max' },
    swapBytes: 0,
  },
  {
    name: 'nested, v2, the child smaller: 2 CPUs, 1 GiB, 1 GiB of swap',
    files: v2('/outer/inner', {
      '/outer': { cpu: 400_000, memory: 4 * GIB },
      '/outer/inner': { cpu: 200_000, memory: GIB, swap: GIB },
    }),
    cores: { allowed: 2, quota: 2, source: '/sys/fs/cgroup/outer/inner/cpu.max' },
    memory: { limitBytes: GIB, source: '/sys/fs/cgroup/outer/inner/memory.max' },
    swapBytes: GIB,
  },
  {
    name: 'nested, v1, cores from the parent, memory from the child',
    files: v1('/outer/inner', {
      '/outer': { cpu: 150_000, memory: 4 * GIB },
      '/outer/inner': { cpu: 400_000, memory: 512 * MIB },
    }),
    cores: { allowed: 1, quota: 1.5, source: `${CPU_V1}/outer/cpu.cfs_quota_us` },
    memory: { limitBytes: 512 * MIB, source: `${MEMORY_V1}/outer/inner/memory.limit_in_bytes` },
  },
  {
    name: 'cpuset of one CPU, v2, below a quota of 4',
    files: v2('/job', { '/job': { cpu: 400_000, memory: GIB, cpuset: '5' } }),
    cores: { allowed: 1, quota: 4, source: '/sys/fs/cgroup/job/cpuset.cpus.effective' },
    memory: { limitBytes: GIB, source: '/sys/fs/cgroup/job/memory.max' },
  },
  {
    name: 'cpuset of the odd CPUs, v1, no quota',
    files: v1('/job', { '/job': { cpu: -1, memory: UNLIMITED_V1, cpuset: '1,3,5,7' } }),
    cores: { allowed: 4, quota: undefined, source: '/sys/fs/cgroup/cpuset/job/cpuset.effective_cpus' },
    memory: NO_LIMIT,
  },
  {
    name: 'cpuset of the odd CPUs, v2, cut further by a quota of 1.5',
    files: v2('/job', { '/job': { cpu: 150_000, memory: 256 * MIB, cpuset: '1,3,5,7' } }),
    cores: { allowed: 1, quota: 1.5, source: '/sys/fs/cgroup/job/cpu.max' },
    memory: { limitBytes: 256 * MIB, source: '/sys/fs/cgroup/job/memory.max' },
  },
  {
    name: '`max` everywhere, v2',
    files: v2('/', { '/': { cpu: 'max 100000', memory: 'max' } }),
    ...ALL,
    memory: NO_LIMIT,
  },
  {
    name: 'no limit as version 1 writes it',
    files: v1(`/docker/${ID}`, { '/': { cpu: -1, memory: UNLIMITED_V1, swap: UNLIMITED_V1 } }, `/docker/${ID}`),
    ...ALL,
    memory: NO_LIMIT,
  },
  {
    name: 'nonsense, v2: a quota of words, a negative limit',
    files: v2('/job', { '/job': { cpu: 'a lot', memory: '-5', cpuset: '7-0' } }),
    ...ALL,
    memory: NO_LIMIT,
  },
  {
    name: 'nonsense, v1: a quota and a limit of zero',
    files: v1('/job', { '/job': { cpu: 0, memory: 0, swap: 0, cpuset: '' } }),
    ...ALL,
    memory: NO_LIMIT,
  },
];
