export type { Cores } from './cores.ts';
export { cpuModel, type Cache, type Cpu, type SimdLevel } from './cpu.ts';
export type { BusyTime, EffectiveCores } from './effective-cores.ts';
export type { Host } from './host.ts';
export type { Load, Pressure } from './load.ts';
export {
  coresAllowed,
  coresOfProcess,
  cpuPressure,
  MachineReader,
  readMachine,
  readMemoryNow,
  type Machine,
  type ReadMachineOptions,
} from './machine.ts';
export type { Memory } from './memory.ts';
export { memoryBase, workersThatFit, type MemoryBase } from './memory-fit.ts';
export type { Throttling } from './throttling.ts';
export { CORES_VARIABLE, parseShare, shareOf } from './share.ts';
