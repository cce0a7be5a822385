// Control groups, both versions: which folders govern this process for one controller, and the limits found there.
// A limit anywhere between the process's own group and the top of what is mounted applies to the process, so every
// caller looks at all folders on the path and takes the smallest.
// Hosts mix versions (version 1 controllers beside an empty version 2 tree): both are followed, files decide.
import path from 'node:path';
import { parseCount, type Files } from './files.ts';

export type Controller = 'cpu' | 'cpuset' | 'memory';

export interface CgroupFolder {
  readonly version: 1 | 2;
  /** Absolute path below the root, such as `/sys/fs/cgroup/system.slice/api.service`. */
  readonly dir: string;
}

export interface Limit {
  readonly value: number;
  /** The file that holds it. */
  readonly source: string;
}

interface Mount {
  readonly version: 1 | 2;
  readonly controllers: readonly string[];
  /** The group that is visible at the mount point: a container often sees its own group only. */
  readonly group: string;
  readonly dir: string;
}

/** Deeper nesting than any manager makes; a bound on the number of reads. */
const DEPTH_MAX = 64;

/** Version 1 writes "no limit" as the largest number of pages; an exbibyte is less than that and more than any machine has. */
const UNLIMITED_BYTES = 2 ** 60;

/** Where groups are mounted on a host whose mount table can't be read: the places that systemd and Docker use. */
const USUAL_MOUNTS: readonly Mount[] = [
  { version: 2, controllers: [], group: '/', dir: '/sys/fs/cgroup' },
  { version: 2, controllers: [], group: '/', dir: '/sys/fs/cgroup/unified' },
  { version: 1, controllers: ['cpu'], group: '/', dir: '/sys/fs/cgroup/cpu' },
  { version: 1, controllers: ['cpu'], group: '/', dir: '/sys/fs/cgroup/cpu,cpuacct' },
  { version: 1, controllers: ['cpuset'], group: '/', dir: '/sys/fs/cgroup/cpuset' },
  { version: 1, controllers: ['memory'], group: '/', dir: '/sys/fs/cgroup/memory' },
];

/** The mount table writes blanks, tabs, line ends and backslashes of a path as octal numbers. */
function unescapeMount(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function readMounts(files: Files): readonly Mount[] {
  const mounts: Mount[] = [];
  for (const line of (files.read('/proc/self/mountinfo') ?? '').split('\n')) {
    // id parent major:minor root mount-point options [tags] - type source super-options
    const [left = '', right = ''] = line.split(' - ');
    const [, , , group, dir] = left.split(' ');
    const [type, , options = ''] = right.split(' ');
    if (group === undefined || dir === undefined || (type !== 'cgroup' && type !== 'cgroup2')) continue;
    mounts.push({
      version: type === 'cgroup2' ? 2 : 1,
      controllers: type === 'cgroup2' ? [] : options.split(','),
      group: unescapeMount(group),
      dir: unescapeMount(dir),
    });
  }
  return mounts.length > 0 ? mounts : USUAL_MOUNTS;
}

/** The group of this process as /proc/self/cgroup names it; '/' when the file doesn't say. */
function ownGroup(files: Files, version: 1 | 2, controller: Controller): string {
  for (const line of (files.read('/proc/self/cgroup') ?? '').split('\n')) {
    const [, hierarchy, controllers, group] = /^(\d+):([^:]*):(\/.*)$/.exec(line) ?? [];
    if (hierarchy === undefined || controllers === undefined || group === undefined) continue;
    const isIt = version === 2 ? hierarchy === '0' && controllers === '' : controllers.split(',').includes(controller);
    if (isIt) return group;
  }
  return '/';
}

/** The path from the mounted group down to `group`, undefined when it lies outside of what is mounted. */
function below(mounted: string, group: string): string | undefined {
  // A group outside of the process's cgroup namespace is written with `..`: nothing of it can be seen.
  if (group.split('/').includes('..')) return undefined;
  const relative = path.posix.relative(mounted, group);
  return relative === '..' || relative.startsWith('../') ? undefined : relative;
}

/** The folders that govern this process for one controller, innermost first, both versions. Some may not exist. */
export function cgroupFolders(files: Files, controller: Controller): CgroupFolder[] {
  const folders: CgroupFolder[] = [];
  for (const mount of readMounts(files)) {
    if (mount.version === 1 && !mount.controllers.includes(controller)) continue;
    let relative = below(mount.group, ownGroup(files, mount.version, controller)) ?? '';
    for (let depth = 0; depth < DEPTH_MAX; depth++) {
      folders.push({ version: mount.version, dir: path.posix.join(mount.dir, relative) });
      if (relative === '') break;
      const parent = path.posix.dirname(relative);
      relative = parent === '.' ? '' : parent;
    }
  }
  return folders;
}

/**
 * The process's own version 2 folders: one, unless the mount table had to be guessed; none when the group lies outside
 * of what is mounted.
 */
export function ownUnifiedFolders(files: Files): string[] {
  const dirs: string[] = [];
  for (const mount of readMounts(files)) {
    const relative = mount.version === 2 ? below(mount.group, ownGroup(files, 2, 'cpu')) : undefined;
    if (relative !== undefined) dirs.push(path.posix.join(mount.dir, relative));
  }
  return dirs;
}

/** The smaller of two limits; of equal ones the first. */
export function smaller(a: Limit | undefined, b: Limit | undefined): Limit | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return b.value < a.value ? b : a;
}

/** CPU quota in cores from the two numbers that the scheduler keeps, in microseconds. */
function cores(quota: string | undefined, period: string | undefined): number | undefined {
  const quotaUs = parseCount(quota); // `max` and -1 mean: no limit
  const periodUs = parseCount(period);
  if (!quotaUs || !periodUs) return undefined;
  const value = quotaUs / periodUs;
  // The scheduler takes periods from 1 ms to 1 s and quotas from 1 ms: less than this wasn't written by a kernel.
  return value >= 0.001 && Number.isFinite(value) ? value : undefined;
}

/** The smallest CPU quota on the path, in cores, fractions kept; undefined when nothing limits this process. */
export function cpuQuota(files: Files): Limit | undefined {
  let least: Limit | undefined;
  for (const { version, dir } of cgroupFolders(files, 'cpu')) {
    const file = version === 2 ? `${dir}/cpu.max` : `${dir}/cpu.cfs_quota_us`;
    const words = (files.read(file) ?? '').split(/\s+/);
    const value = version === 2 ? cores(words[0], words[1]) : cores(words[0], files.read(`${dir}/cpu.cfs_period_us`));
    if (value !== undefined) least = smaller(least, { value, source: file });
  }
  return least;
}

export interface MemoryGroup {
  /** The limit of one folder in bytes: for version 2 the lower of memory.max and memory.high. */
  readonly limit: Limit;
  /** What may still be taken below that limit: limit - in use + file cache that the kernel drops first; undefined if unknown. */
  readonly availableBytes: number | undefined;
}

/** The memory limits on the path, innermost first. Version 1 writes "no limit" as a number beyond any memory. */
export function memoryGroups(files: Files): MemoryGroup[] {
  const groups: MemoryGroup[] = [];
  for (const { version, dir } of cgroupFolders(files, 'memory')) {
    const names = version === 2 ? ['memory.max', 'memory.high'] : ['memory.limit_in_bytes'];
    let limit: Limit | undefined;
    for (const name of names) {
      const value = parseCount(files.read(`${dir}/${name}`));
      // A limit of zero belongs to a group that is being emptied or to nonsense: no process runs in it.
      if (value) limit = smaller(limit, { value, source: `${dir}/${name}` });
    }
    if (limit === undefined) continue;
    const usage = parseCount(files.read(`${dir}/${version === 2 ? 'memory.current' : 'memory.usage_in_bytes'}`));
    const field = version === 2 ? 'inactive_file' : 'total_inactive_file';
    const stat = new RegExp(`^${field} (\\d+)$`, 'm').exec(files.read(`${dir}/memory.stat`) ?? '');
    // The cache counts as used; a stat file that claims more cache than use is not believed.
    const cache = Math.min(parseCount(stat?.[1]) ?? 0, usage ?? 0);
    groups.push({
      limit,
      availableBytes: usage === undefined ? undefined : Math.max(0, limit.value - usage + cache),
    });
  }
  return groups;
}

/**
 * The smallest limit of swap on the path in bytes; undefined when no group limits it. Version 1 limits memory and swap
 * together (`totalBytes`, the memory of the machine, stands for a memory limit beyond it): what exceeds memory is swap.
 */
export function swapLimit(files: Files, totalBytes: number): Limit | undefined {
  let least: Limit | undefined;
  for (const { version, dir } of cgroupFolders(files, 'memory')) {
    const file = `${dir}/${version === 2 ? 'memory.swap.max' : 'memory.memsw.limit_in_bytes'}`;
    const limit = parseCount(files.read(file)); // of swap alone, zero turns it off
    if (limit === undefined || limit >= UNLIMITED_BYTES || (version === 1 && limit === 0)) continue;
    const memory =
      version === 2 ? 0 : Math.min(parseCount(files.read(`${dir}/memory.limit_in_bytes`)) ?? 0, totalBytes);
    least = smaller(least, { value: Math.max(0, limit - memory), source: file });
  }
  return least;
}
