// How much memory there is, how much this process may take, and how much of that is free now.
import { memoryGroups, smaller, type Limit } from './cgroup.ts';
import { parseCount, type Files } from './files.ts';
import type { Host } from './host.ts';

export interface Memory {
  /** Memory of the machine in bytes. */
  readonly totalBytes: number;
  /** The most that this process and those in its group may take: the total, or the lowest limit on the path. */
  readonly limitBytes: number;
  /** What can still be taken without swapping or hitting a limit. */
  readonly availableBytes: number;
  /** What decided `limitBytes`: a file, or the Node function that was asked instead. */
  readonly source: string;
}

/** Bytes of one line of /proc/meminfo, undefined when it is missing, malformed or zero. */
function meminfoBytes(meminfo: string, field: string): number | undefined {
  const kib = parseCount(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(meminfo)?.[1]);
  return kib ? kib * 1024 : undefined;
}

/** Memory from the files of the kernel, from Node where these don't say. */
export function readMemory(files: Files, host: Host): Memory {
  const meminfo = files.read('/proc/meminfo') ?? '';
  const kernelTotal = meminfoBytes(meminfo, 'MemTotal');
  const totalBytes = kernelTotal ?? host.totalBytes;
  // Without a total from the kernel its other lines are not believed either.
  const free = kernelTotal === undefined ? undefined : meminfoBytes(meminfo, 'MemAvailable');
  let availableBytes = free !== undefined && free <= totalBytes ? free : Math.min(host.availableBytes, totalBytes);

  let limit: Limit | undefined =
    kernelTotal === undefined ? undefined : { value: kernelTotal, source: '/proc/meminfo' };
  for (const group of memoryGroups(files)) {
    if (group.limit.value >= totalBytes) continue;
    limit = smaller(limit, group.limit);
    if (group.availableBytes !== undefined) availableBytes = Math.min(availableBytes, group.availableBytes);
  }
  limit ??=
    host.constrainedBytes === undefined
      ? { value: totalBytes, source: 'os.totalmem()' }
      : { value: host.constrainedBytes, source: 'process.constrainedMemory()' };
  return {
    totalBytes,
    limitBytes: limit.value,
    availableBytes: Math.min(availableBytes, limit.value),
    source: limit.source,
  };
}
