/**
 * What one pool takes from the calibration of this machine, and what it adds. Read once, when workers are to be started for the first time,
 * beside that: a pool with little to do never looks for it, and no call waits for it. Corrected once, where the pool has measured
 * something: when it has ended, or when the program exits without having closed it.
 */
import type { CloneCounters } from '../pool/clone-costs.ts';
import type { CalibrationState } from '../pool/explanation.ts';
import type { LiveCosts } from './backend-costs.ts';
import type { CalibrationStore } from './calibration-file.ts';

/** Of copies that came to so much, what a MiB took is believed. */
const CLONED_BYTES_LEAST = 2 ** 20;

/** Pools of this thread that may have something to keep. One listener for all of them, and none where there is no such pool. */
const unkept = new Set<PoolCalibration>();

/** The program ends with what it ends with: a failure here is nobody's, and would be its exit code. */
function keepAll(): void {
  for (const each of unkept) {
    try {
      each.keep();
    } catch {
      unkept.delete(each);
    }
  }
}

export interface PoolCalibrationParts {
  readonly costs: LiveCosts;
  readonly open: () => CalibrationStore;
  /** What the pool has copied so far. */
  readonly cloning: () => CloneCounters;
  /** It was read and holds: decisions that were made before are old. */
  readonly onUsed: () => void;
}

export class PoolCalibration {
  readonly #parts: PoolCalibrationParts;
  #store: CalibrationStore | undefined;
  #found: Omit<CalibrationState, 'file' | 'sentence'> = { state: 'unread', reason: undefined, madeAt: undefined };
  /** Why what was measured could not be kept. */
  #problem: string | undefined;
  #isWanted = false;

  constructor(parts: PoolCalibrationParts) {
    this.#parts = parts;
  }

  get state(): CalibrationState {
    const { state, reason, madeAt } = this.#found;
    const file = state === 'unread' ? undefined : this.#store?.file;
    const known = { state, file, reason: this.#problem ?? reason, madeAt };
    return { ...known, sentence: this.#sentence(file) };
  }

  /** The first time; in a later turn, so that the workers that are wanted are on their way before. */
  read(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    setImmediate(() => this.#read()).unref();
  }

  #read(): void {
    this.#store = this.#parts.open();
    this.#store.read(({ calibration, problem }) => {
      if (unkept.size === 0) process.on('exit', keepAll);
      unkept.add(this);
      if (calibration === undefined) {
        const state = problem === undefined ? 'none' : 'ignored';
        this.#found = { state, reason: problem, madeAt: undefined };
        return;
      }
      this.#found = { state: 'used', reason: undefined, madeAt: calibration.madeAt };
      this.#parts.costs.calibrate(calibration);
      this.#parts.onUsed();
    });
  }

  /**
   * Once, and nothing before it was read. What other programs have kept meanwhile is what is corrected, so that no program that lives for long
   * puts old numbers in the place of new ones. Takes some system calls.
   */
  keep(): void {
    if (!unkept.delete(this)) return;
    if (unkept.size === 0) process.off('exit', keepAll);
    const store = this.#store!;
    const { costs, cloning } = this.#parts;
    const { bytesOut, packMs } = cloning();
    const cloneMsPerMiB = bytesOut >= CLONED_BYTES_LEAST ? packMs / (bytesOut / 2 ** 20) : undefined;
    if (!costs.hasLearnt(cloneMsPerMiB)) return;
    const { calibration } = store.readNow();
    this.#problem = store.write(costs.learnt(calibration, store.key, Date.now(), cloneMsPerMiB));
  }

  #sentence(file: string | undefined): string {
    const { state, reason, madeAt } = this.#found;
    const lost = this.#problem === undefined ? '' : ` What this pool has measured was not kept: ${this.#problem}.`;
    switch (state) {
      case 'unread':
        return 'No calibration of this machine was read so far: workers made no sense, or it is on its way.';
      case 'none':
        return `There is no calibration of this machine yet: costs are constants, until they are measured.${lost}`;
      case 'ignored':
        return `The calibration of this machine is ignored${file === undefined ? '' : ` (${file})`}: ${reason}. Costs are constants, until they are measured.${lost}`;
      case 'used':
        return `Costs come from the calibration of this machine (${file}), made on ${new Date(madeAt!).toISOString()}.${lost}`;
    }
  }
}
