// Everything together. Reads are synchronous (some fifty small files) and never throw: what can't be read or believed is
// what Node gives, and `source` says so.
// The only state is that of a reader, the readings it compares with, and the second for which `coresAllowed` holds.
import { coresCeiling, readCores, type Cores } from './cores.ts';
import { readCpu, type Cpu } from './cpu.ts';
import { BUSY_SOURCE, BusyMeter, coresOf, type EffectiveCores } from './effective-cores.ts';
import { filesBelow, readOnce, type Files } from './files.ts';
import { processorMs, readHost, readHostCores, readHostMemory, type Host } from './host.ts';
import { readCpuPressure, readLoad, type Load } from './load.ts';
import { readMemory, type Memory } from './memory.ts';
import { CORES_VARIABLE, processShare } from './share.ts';
import { readThrottling, type Throttling } from './throttling.ts';

/** What the machine gives this process, at the moment of the reading; plain data, fit for JSON. */
export interface Machine {
  readonly cores: Cores;
  /** How often the quota stopped this process; absent without a quota and where the kernel doesn't say. */
  readonly throttling?: Throttling;
  readonly memory: Memory;
  readonly load: Load;
  readonly cpu: Cpu;
  readonly node: {
    /** With the leading `v`. */
    readonly version: string;
    readonly platform: string;
    readonly arch: string;
    /** Threads of libuv's pool, 1..1024. They count against the same cores. */
    readonly uvThreadpoolSize: number;
    /** What Node itself says, for comparison: `os.availableParallelism()`. */
    readonly parallelism: number;
    /** `os.totalmem()`. */
    readonly totalBytes: number;
    /** `process.constrainedMemory()`; undefined where Node sees no limit. */
    readonly constrainedBytes: number | undefined;
    /** `process.availableMemory()`. */
    readonly availableBytes: number;
  };
}

export interface ReadMachineOptions {
  /** Folder that holds `proc` and `sys`; default `/`, this machine. A copy of these files describes another one. */
  readonly root?: string;
  /** Numbers that stand for Node's own where the files say nothing; default: what this Node reports. */
  readonly host?: Partial<Host>;
}

/** How long an answer about cores holds: quotas change while a program runs, but not from call to call. */
const CORES_HOLD_MS = 1000;

/** libuv: 4 unless the environment names a number; 0 and nonsense count as 1, the most is 1,024. */
function uvThreadpoolSize(setting: string | undefined): number {
  if (setting === undefined) return 4;
  return Math.min(1024, Math.max(1, Number.parseInt(setting, 10) || 1));
}

/**
 * Reads the machine again and again, and keeps the last reading to compare with. Never throws. One thread; each reader
 * compares with its own readings, so who wants an interval of its own makes a reader of its own.
 */
export class MachineReader {
  readonly #options: ReadMachineOptions;
  readonly #files: Files;
  readonly #meter = new BusyMeter();
  #throttling: Throttling | undefined;
  #ceiling: { readonly value: number; readonly source: string; readonly untilMs: number } | undefined;

  constructor(options: ReadMachineOptions = {}) {
    this.#options = options;
    this.#files = filesBelow(options.root ?? '/');
  }

  /** The machine now; `throttling.share` is since the last `read`. About 2 ms, for some fifty small files. */
  read(): Machine {
    const files = readOnce(this.#files);
    const host: Host = { ...readHost(), ...this.#options.host };
    const cores = readCores(files, host);
    this.#holdCeiling(cores);
    const throttling = readThrottling(files, cores.quotaSource, this.#throttling);
    this.#throttling = throttling;
    return {
      cores,
      ...(throttling === undefined ? {} : { throttling }),
      memory: readMemory(files, host),
      load: readLoad(files, host),
      cpu: readCpu(files, host),
      node: {
        version: host.nodeVersion,
        platform: host.platform,
        arch: host.arch,
        uvThreadpoolSize: uvThreadpoolSize(host.uvThreadpoolSize),
        parallelism: host.parallelism,
        totalBytes: host.totalBytes,
        constrainedBytes: host.constrainedBytes,
        availableBytes: host.availableBytes,
      },
    };
  }

  /**
   * Cores that this process really got in its last busy time: since the last call, at the first since the process began;
   * while less than 100 ms of a new one have come together, what the call before said. Fractions, above 0, at most what
   * affinity and quota leave, which is also the answer where nothing was measured (no /proc, no busy time).
   * effective-cores.ts has the formula and its limits. Cost: one small file per thread of the process, about
   * 12 us each, and once a second those that the ceiling rests on.
   */
  effectiveCores(): EffectiveCores {
    const busy = this.#meter.read(this.#files, this.#options.host?.processorMs ?? processorMs());
    const nowMs = monotonicMs();
    if (this.#ceiling === undefined || nowMs >= this.#ceiling.untilMs) {
      this.#holdCeiling(readCores(readOnce(this.#files), { ...readHost(), ...this.#options.host }));
    }
    const { value, source } = this.#ceiling!;
    return busy === undefined ? { cores: value, source } : { cores: coresOf(busy, value), busy, source: BUSY_SOURCE };
  }

  #holdCeiling(cores: Cores): void {
    this.#ceiling = { ...coresCeiling(cores), untilMs: monotonicMs() + CORES_HOLD_MS };
  }
}

/** Reads the machine once, now. Never throws. Any thread; a Worker sees the same numbers. */
export function readMachine(options: ReadMachineOptions = {}): Machine {
  return new MachineReader(options).read();
}

/** Taken now: tests replace the clock that they see. Not `performance`, which takes a start more than a millisecond to load. */
const { hrtime } = process;

function monotonicMs(): number {
  const [seconds, nanoseconds] = hrtime();
  return seconds * 1_000 + nanoseconds / 1e6;
}

let lastCores: { readonly allowed: number; readonly untilMs: number } | undefined;

/**
 * Whole cores that this process may use, at least 1: the size of a pool. Never throws. The answer is kept for one
 * second per thread, so it may be asked before every batch.
 */
export function coresAllowed(): number {
  const nowMs = monotonicMs();
  if (lastCores === undefined || nowMs >= lastCores.untilMs) {
    const host = readHostCores(process.env[CORES_VARIABLE]);
    lastCores = { allowed: readCores(readOnce(filesBelow('/')), host).allowed, untilMs: nowMs + CORES_HOLD_MS };
  }
  return lastCores.allowed;
}

let lastPressure: { readonly share: number | undefined; readonly untilMs: number } | undefined;

/**
 * Part of the last 10 s in which some task of the machine waited for a core, 0 to 1; undefined where the kernel doesn't say. Never throws.
 * The answer is kept for one second per thread, so it may be asked before every batch.
 */
export function cpuPressure(): number | undefined {
  const nowMs = monotonicMs();
  if (lastPressure === undefined || nowMs >= lastPressure.untilMs)
    lastPressure = { share: readCpuPressure(filesBelow('/')), untilMs: nowMs + CORES_HOLD_MS };
  return lastPressure.share;
}

/**
 * The same for settings of the whole process, which threads have in common: of a worker thread that was given a part, what its process
 * has. Never throws. On such a thread it reads the machine each time.
 */
export function coresOfProcess(): number {
  const coresShare = processShare();
  if (coresShare === process.env[CORES_VARIABLE]) return coresAllowed();
  return readCores(readOnce(filesBelow('/')), readHostCores(coresShare)).allowed;
}

/** Memory alone, now. Never throws. Cost: some fifteen small files, each time. */
export function readMemoryNow(): Memory {
  return readMemory(readOnce(filesBelow('/')), readHostMemory());
}
