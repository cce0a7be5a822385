/**
 * What a pool that chooses asks where its plain rules don't tell: who weighs, seen from the pool. Its code is most of what such a pool has
 * more than others, and a pool with little to do never needs it: so nothing that a start loads imports it (judge-entry.ts), and
 * it imports nothing that has a state of its own. What it needs of this thread, it is given.
 */
import type { Decision } from '@heddle/advisor';
import type * as machine from '@heddle/machine';
import type { CloneCounters } from '../pool/clone-costs.ts';
import type { Explanation } from '../pool/explanation.ts';
import type { Backend } from '../transport/transport.ts';
import type { Part } from './part.ts';
import type { AutoPlan } from './plan.ts';
import type { RunMeasures } from './run-measures.ts';

/** What is asked about calls of one function. */
export interface Matter {
  readonly calls: number;
  readonly current: Backend | undefined;
  /** Must each of them be stoppable from outside? */
  readonly isDemanded: boolean;
  /** Do they travel together? */
  readonly isBatched: boolean;
  readonly observedMs?: Readonly<Partial<Record<Backend, number>>> | undefined;
}

/** Readings of the machine, made when they are asked for. */
export type MachineView = Pick<
  typeof machine,
  'coresAllowed' | 'coresOfProcess' | 'cpuModel' | 'cpuPressure' | 'readMachine'
>;

export interface JudgeParts {
  /** As it is now. */
  readonly plan: () => AutoPlan;
  readonly measures: RunMeasures;
  readonly partOf: (backend: Backend) => Part | undefined;
  /** Is it not known yet whether this backend can be had? */
  readonly isPending: (backend: Backend) => boolean;
  /** Such a backend would be the right one: now it is to be found out. */
  readonly onWanted: () => void;
  /** What the pool has copied so far. */
  readonly cloning: () => CloneCounters;
  /** Costs are known now that were not: decisions that were made before are old. */
  readonly onCosts: () => void;
  readonly machine: MachineView;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

export interface Judge {
  ask(name: string, matter: Matter): Decision;
  /** Where workers are to be when nothing is known of any function: for a pool that has to have them. */
  askFirst(): Decision;
  explain(): Explanation;
  /** A worker was asked for, and took calls after so long. */
  started(backend: Backend, ms: number): void;
  /** Workers are on their way: what was kept of this machine is read beside that, once. */
  readCalibration(): void;
  /** What the pool has measured is kept for the next program, once. */
  keepCalibration(): void;
}

export function isRuledOut({ ruledOut }: Decision, backend: Backend): boolean {
  return ruledOut.some((out) => out.backend === backend);
}
