/** Public names of @heddle/measure. */
export type { CheckReport, Contestant, ContestantSpec, CreateContestant } from './contestant.ts';
export type { ErrorReport } from './errors.ts';
export type { LoopDelay } from './runner/protocol.ts';
export { compareContestants } from './compare/compare.ts';
export { compareFunctions, isRunner } from './compare/functions.ts';
export type { CompareOptions, Progress } from './compare/options.ts';
export { isChecked } from './compare/comparison.ts';
export type {
  Comparison,
  ContestantError,
  ContestantResult,
  CpuReport,
  MemoryReport,
  Phase,
} from './compare/comparison.ts';
export {
  descendantsCpuMs,
  readTreeMemory,
  readTreeProcesses,
  treeCpuMs,
  treePssBytes,
  type ProcessMemory,
  type TreeMemory,
} from './host/process-tree.ts';
export { quantile, summarize, type Summary } from './statistics/summary.ts';
export {
  isDifferent,
  speedup,
  type DifferenceOptions,
  type Speedup,
  type SpeedupOptions,
} from './statistics/speedup.ts';
export { measureNoise } from './host/noise.ts';
export { machineCard, type MachineCard } from './host/card.ts';
export { renderPage } from './report/page.ts';
export type * from './report/sections.ts';
