// How much memory there is, how much this process may take, and how much of that is free now.
import { memoryGroups, smaller, swapLimit, type Limit } from './cgroup.ts';
import { parseCount, type Files } from './files.ts';
import type { HostMemory } from './host.ts';

export interface Memory {
  /** Memory of the machine in bytes. */
  readonly totalBytes: number;
  /** The most that this process and those in its group may take: the total, or the lowest limit on the path. */
  readonly limitBytes: number;
  /** What can still be taken without swapping or hitting a limit. */
  readonly availableBytes: number;
  /** What decided `limitBytes`: a file, or the Node function that was asked instead. */
  readonly source: string;
  /** Swap that this process may use, beside its memory; absent where the kernel doesn't say. */
  readonly swap?: {
    /** Of the machine, or the lowest limit on the path; 0: off, so who exceeds `limitBytes` is killed at once. */
    readonly limitBytes: number;
    /** The file that decided it. */
    readonly source: string;
  };
}

/** Bytes of one line of /proc/meminfo, undefined when it is missing or malformed. */
function meminfoBytes(meminfo: string, field: string): number | undefined {
  const kib = parseCount(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(meminfo)?.[1]);
  return kib === undefined ? undefined : kib * 1024;
}

function readSwap(files: Files, meminfo: string, totalBytes: number): Limit | undefined {
  const bytes = meminfoBytes(meminfo, 'SwapTotal');
  const ofMachine = bytes === undefined ? undefined : { value: bytes, source: '/proc/meminfo' };
  return smaller(ofMachine, swapLimit(files, totalBytes));
}

/** Memory from the files of the kernel, from Node where these don't say. */
export function readMemory(files: Files, host: HostMemory): Memory {
  const meminfo = files.read('/proc/meminfo') ?? '';
  const kernelTotal = meminfoBytes(meminfo, 'MemTotal') || undefined;
  const totalBytes = kernelTotal ?? host.totalBytes;
  // Without a total from the kernel its other lines are not believed either.
  const free = kernelTotal === undefined ? undefined : meminfoBytes(meminfo, 'MemAvailable') || undefined;
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
  const swap = readSwap(files, kernelTotal === undefined ? '' : meminfo, totalBytes);
  return {
    totalBytes,
    limitBytes: limit.value,
    availableBytes: Math.min(availableBytes, limit.value),
    source: limit.source,
    ...(swap === undefined ? {} : { swap: { limitBytes: swap.value, source: swap.source } }),
  };
}
