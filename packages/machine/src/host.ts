// What Node itself reports. It is the answer where the kernel's files give none: on macOS, on Windows, in a sandbox
// without /proc, and when a file holds nonsense.
import os from 'node:os';
import { CORES_VARIABLE } from './share.ts';

export interface Host {
  readonly platform: string;
  readonly arch: string;
  readonly nodeVersion: string;
  /** `os.availableParallelism()`. */
  readonly parallelism: number;
  /** CPUs that the operating system shows, whoever may use them. */
  readonly logical: number;
  readonly cpuModel: string | undefined;
  readonly totalBytes: number;
  readonly availableBytes: number;
  /** The memory limit that libuv found, undefined when there is none. */
  readonly constrainedBytes: number | undefined;
  /** Processor time that this process has used, user and system, in ms. */
  readonly processorMs: number;
  readonly loadAverage: readonly [one: number, five: number, fifteen: number];
  /** `UV_THREADPOOL_SIZE` as the environment has it. */
  readonly uvThreadpoolSize: string | undefined;
  /** `HEDDLE_CORES` as the environment has it: see share.ts. */
  readonly coresShare: string | undefined;
}

/** All threads, those that have ended included. Cost: one system call. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

export type HostMemory = Pick<Host, 'totalBytes' | 'availableBytes' | 'constrainedBytes'>;
export type HostCores = Pick<Host, 'parallelism' | 'logical' | 'coresShare'>;

export function readHostMemory(): HostMemory {
  const totalBytes = os.totalmem();
  // libuv answers 0 or a number beyond any memory when nothing constrains the process.
  const constrainedBytes = process.constrainedMemory() ?? 0;
  return {
    totalBytes,
    availableBytes: process.availableMemory(),
    constrainedBytes: constrainedBytes > 0 && constrainedBytes < totalBytes ? constrainedBytes : undefined,
  };
}

/** `logical` costs some reads for each CPU of the machine, when it is asked for. */
export function readHostCores(coresShare: string | undefined): HostCores {
  return {
    parallelism: Math.max(1, os.availableParallelism()),
    get logical() {
      return Math.max(1, os.cpus().length);
    },
    coresShare,
  };
}

/** Node's numbers now. Cost: a few system calls; `os.cpus()` reads all of /proc/cpuinfo, and some files for each CPU. */
export function readHost(): Host {
  const cpus = os.cpus();
  const [one = 0, five = 0, fifteen = 0] = os.loadavg();
  return {
    platform: process.platform,
    arch: process.arch,
    nodeVersion: process.version,
    parallelism: Math.max(1, os.availableParallelism()),
    coresShare: process.env[CORES_VARIABLE],
    logical: Math.max(1, cpus.length),
    cpuModel: cpus[0]?.model.trim() || undefined,
    ...readHostMemory(),
    processorMs: processorMs(),
    loadAverage: [one, five, fifteen],
    uvThreadpoolSize: process.env['UV_THREADPOOL_SIZE'],
  };
}
