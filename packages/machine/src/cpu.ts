// What kind of processor this is: model, widest vector instructions, caches.
import fs from 'node:fs';
import os from 'node:os';
import { parseCount, parseCpuList, type Files } from './files.ts';
import type { Host } from './host.ts';

/** `sse2` and `neon` are what every x64 and arm64 processor has. */
export type SimdLevel = 'avx512' | 'avx2' | 'sse2' | 'neon' | 'unknown';

export interface Cache {
  /** 1 is nearest to the core. */
  readonly level: number;
  readonly type: 'data' | 'instruction' | 'unified';
  readonly sizeBytes: number;
  /** Bytes that move together; undefined where the kernel doesn't say. */
  readonly lineBytes: number | undefined;
  /** Logical CPUs that share this cache. */
  readonly sharedBy: number;
}

export interface Cpu {
  readonly model: string;
  /** The widest instructions that the kernel lets programs use. Where it doesn't say: the least that the architecture has. */
  readonly simd: SimdLevel;
  /** Caches of the first CPU, nearest first; absent where the kernel doesn't show them. */
  readonly caches?: readonly Cache[];
  /** Where `simd` came from: a file, or `process.arch`. */
  readonly source: string;
}

/** More cache folders than any processor has levels; a bound on the number of reads. */
const CACHES_MAX = 16;

function simdOfFlags(flags: ReadonlySet<string>): SimdLevel | undefined {
  // The foundation instructions alone are those of the first many-core cards; code in use needs all four groups.
  if (['avx512f', 'avx512bw', 'avx512dq', 'avx512vl'].every((flag) => flags.has(flag))) return 'avx512';
  if (flags.has('avx2') && flags.has('fma')) return 'avx2';
  if (flags.has('sse2')) return 'sse2';
  return flags.has('asimd') || flags.has('neon') ? 'neon' : undefined;
}

function simdOfArch(arch: string): SimdLevel {
  if (arch === 'x64') return 'sse2';
  return arch === 'arm64' ? 'neon' : 'unknown';
}

function readCaches(files: Files): Cache[] {
  const caches: Cache[] = [];
  for (let index = 0; index < CACHES_MAX; index++) {
    const dir = `/sys/devices/system/cpu/cpu0/cache/index${index}`;
    const level = parseCount(files.read(`${dir}/level`));
    if (level === undefined) break;
    const type = files.read(`${dir}/type`)?.toLowerCase();
    const size = /^(\d{1,9})([KM]?)$/.exec(files.read(`${dir}/size`) ?? '');
    const sizeBytes = size ? Number(size[1]) * { '': 1, K: 1024, M: 1024 * 1024 }[size[2] as '' | 'K' | 'M'] : 0;
    if (sizeBytes === 0 || (type !== 'data' && type !== 'instruction' && type !== 'unified')) continue;
    caches.push({
      level,
      type,
      sizeBytes,
      lineBytes: parseCount(files.read(`${dir}/coherency_line_size`)) || undefined,
      sharedBy: parseCpuList(files.read(`${dir}/shared_cpu_list`))?.size ?? 1,
    });
  }
  return caches.sort((a, b) => a.level - b.level);
}

const modelOf = (cpuinfo: string): string | undefined => /^model name\s*:\s*(.+)$/m.exec(cpuinfo)?.[1]?.trim();

/** The first CPU is described in less; the kernel makes no more of the file than is read. */
const FIRST_CPU_BYTES = 4_096;

/** The model alone. Never throws. Cost: three system calls, however many CPUs there are; where the kernel has no such line, `os.cpus()`. */
export function cpuModel(): string {
  let fd: number | undefined;
  try {
    fd = fs.openSync('/proc/cpuinfo', 'r');
    const start = Buffer.alloc(FIRST_CPU_BYTES);
    const model = modelOf(start.toString('utf8', 0, fs.readSync(fd, start)));
    if (model !== undefined) return model;
  } catch {
    // Not Linux, or a sandbox without /proc.
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
  return os.cpus()[0]?.model.trim() || 'unknown';
}

/** Processor from the files of the kernel, from Node where these don't say. */
export function readCpu(files: Files, host: Host): Cpu {
  const cpuinfo = files.read('/proc/cpuinfo') ?? '';
  const flags = /^(?:flags|Features)\s*:\s*(.+)$/m.exec(cpuinfo)?.[1];
  const simd = flags === undefined ? undefined : simdOfFlags(new Set(flags.split(/\s+/)));
  const caches = readCaches(files);
  return {
    model: modelOf(cpuinfo) ?? host.cpuModel ?? 'unknown',
    simd: simd ?? simdOfArch(host.arch),
    ...(caches.length > 0 ? { caches } : {}),
    source: simd === undefined ? 'process.arch' : '/proc/cpuinfo',
  };
}
