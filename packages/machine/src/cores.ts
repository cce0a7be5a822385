// How many cores this process may use: the CPUs that are online, allowed by affinity and by cpuset, cut by the quota.
import { cgroupFolders, cpuQuota, type Limit } from './cgroup.ts';
import { parseCpuList, type Files } from './files.ts';
import type { HostCores } from './host.ts';
import { CORES_VARIABLE, parseShare } from './share.ts';

export interface Cores {
  /** Whole cores that a pool should use, at least 1. */
  readonly allowed: number;
  /** CPUs that this process may be scheduled on. */
  readonly affinity: number;
  /** CPU time per time that the smallest quota on the path grants, in cores with fractions; undefined without a quota. */
  readonly quota: number | undefined;
  /** The file that holds the smallest quota; undefined without a quota. */
  readonly quotaSource: string | undefined;
  /** CPUs that are online, whoever may use them. */
  readonly logical: number;
  /** What decided `allowed`: a file, the Node function that was asked instead, or `HEDDLE_CORES`: the part that a worker was given. */
  readonly source: string;
}

/**
 * Whole cores out of a quota, rounded down, at least one. A group that spent its quota stands still with all its
 * threads for the rest of the period (100 ms by default), the event loop included: with ceil a quota of 1.5 would stop
 * two busy threads for a quarter of every period. Rounding down leaves the fraction to Node's own threads (garbage
 * collection, compiler, libuv). Who prefers throughput to steadiness takes Math.ceil of `quota`, which keeps the fraction.
 */
export function wholeCores(quota: number): number {
  return Math.max(1, Math.floor(quota));
}

/** The most processor time per time that this process can get, in cores with fractions: what a pool can't go beyond. */
export function coresCeiling({ affinity, quota, quotaSource, source }: Cores): Limit {
  return quota !== undefined && quota < affinity ? { value: quota, source: quotaSource! } : { value: affinity, source };
}

interface Cpus {
  readonly cpus: ReadonlySet<number>;
  readonly source: string;
}

/** Narrows to what both allow. Sets that exclude each other can't both be true: the first is kept. */
function narrow(known: Cpus | undefined, list: string | undefined, source: string): Cpus | undefined {
  const cpus = parseCpuList(list);
  if (cpus === undefined) return known;
  if (known === undefined) return { cpus, source };
  const both = new Set([...known.cpus].filter((cpu) => cpus.has(cpu)));
  return both.size === 0 || both.size === known.cpus.size ? known : { cpus: both, source };
}

/** Cores from the files of the kernel, from Node where these don't say. */
export function readCores(files: Files, host: HostCores): Cores {
  const onlineFile = '/sys/devices/system/cpu/online';
  const online = narrow(undefined, files.read(onlineFile), onlineFile);
  const logical = online?.cpus.size ?? host.logical;

  // The status file may list CPUs that are not online, hence the order: affinity first, then cpuset, then online.
  const status = files.read('/proc/self/status') ?? '';
  let mine = narrow(undefined, /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1], '/proc/self/status');
  for (const { version, dir } of cgroupFolders(files, 'cpuset')) {
    const name = version === 2 ? 'cpuset.cpus.effective' : 'cpuset.effective_cpus';
    const list = files.read(`${dir}/${name}`) ?? (version === 1 ? files.read(`${dir}/cpuset.cpus`) : undefined);
    mine = narrow(mine, list, `${dir}/${name}`);
  }
  if (mine !== undefined && online !== undefined) mine = narrow(mine, files.read(onlineFile), onlineFile);
  const affinity = mine?.cpus.size ?? host.parallelism;
  const affinitySource = mine?.source ?? 'os.availableParallelism()';

  const quota = cpuQuota(files);
  const byQuota = quota === undefined ? Infinity : wholeCores(quota.value);
  const byShare = parseShare(host.coresShare) ?? Infinity;
  const bySystem = Math.max(1, Math.min(affinity, byQuota));
  return {
    allowed: Math.min(bySystem, byShare),
    affinity,
    quota: quota?.value,
    quotaSource: quota?.source,
    logical,
    source: byShare < bySystem ? CORES_VARIABLE : byQuota < affinity ? quota!.source : affinitySource,
  };
}
