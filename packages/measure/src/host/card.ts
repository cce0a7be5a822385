/** The machine card: what stands beside every number, or the number means nothing. */
import { readMachine, type Machine } from '@heddle/machine';

/** Plain JSON without names of hosts or users and without paths of files: fit to be published. */
export interface MachineCard {
  cpu: { model: string; simd: Machine['cpu']['simd'] };
  /** Cores: online, usable by this process, and its quota in cores (absent without one). */
  cores: { logical: number; allowed: number; quota?: number };
  memory: { totalBytes: number; limitBytes: number; availableBytes: number };
  node: { version: string; platform: string; arch: string };
  /** When the card was made, ISO 8601, UTC. */
  date: string;
  /** Load averages before anything was measured, and the share of the last 10 s in which a task waited for a core. */
  loadBefore: { one: number; five: number; fifteen: number; pressureCpu10?: number };
}

/** Reads the machine now; call it before the first measurement. Never throws; a few milliseconds. */
export function machineCard(): MachineCard {
  const { cpu, cores, memory, node, load } = readMachine();
  return {
    cpu: { model: cpu.model, simd: cpu.simd },
    cores: {
      logical: cores.logical,
      allowed: cores.allowed,
      ...(cores.quota === undefined ? {} : { quota: cores.quota }),
    },
    memory: {
      totalBytes: memory.totalBytes,
      limitBytes: memory.limitBytes,
      availableBytes: memory.availableBytes,
    },
    node: { version: node.version, platform: node.platform, arch: node.arch },
    date: new Date().toISOString(),
    loadBefore: {
      one: load.one,
      five: load.five,
      fifteen: load.fifteen,
      ...(load.pressureCpu10 === undefined ? {} : { pressureCpu10: load.pressureCpu10 }),
    },
  };
}
