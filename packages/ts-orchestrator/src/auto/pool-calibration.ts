/**
 * What one pool takes from the calibration of this machine, and what it adds. Read once, when workers would make sense for the first time,
 * beside their start: a pool with little to do never looks for it, and no call waits for it. Written once, when the pool has ended, where it has measured something.
 */
import type { CloneCounters } from '../pool/clone-costs.ts';
import type { CalibrationState } from '../pool/explanation.ts';
import type { LiveCosts } from './backend-costs.ts';
import type { CalibrationStore } from './calibration-file.ts';

/** Of copies that came to so much, what a MiB took is believed. */
const CLONED_BYTES_LEAST = 2 ** 20;

export class PoolCalibration {
  readonly #costs: LiveCosts;
  readonly #open: () => CalibrationStore;
  readonly #onUsed: () => void;
  #store: CalibrationStore | undefined;
  #state: CalibrationState = { state: 'unread', file: undefined, reason: undefined, madeAt: undefined };
  #isWanted = false;
  #isKept = false;

  /** `onUsed`: decisions that were made before are old. */
  constructor(costs: LiveCosts, open: () => CalibrationStore, onUsed: () => void) {
    this.#costs = costs;
    this.#open = open;
    this.#onUsed = onUsed;
  }

  get state(): CalibrationState {
    return this.#state;
  }

  /** The first time; in a later turn, so that the workers that are wanted are on their way before. */
  read(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    setImmediate(() => this.#read()).unref();
  }

  #read(): void {
    this.#store = this.#open();
    this.#store.read(({ file, calibration, problem }) => {
      if (calibration === undefined) {
        this.#state = { state: problem === undefined ? 'none' : 'ignored', file, reason: problem, madeAt: undefined };
        return;
      }
      this.#state = { state: 'used', file, reason: undefined, madeAt: calibration.madeAt };
      this.#costs.calibrate(calibration);
      this.#onUsed();
    });
  }

  /** Once. Before it was read, nothing is known of what there is, and nothing is written over it. */
  keep(cloning: () => CloneCounters): void {
    if (this.#isKept || this.#store === undefined || this.#state.state === 'unread') return;
    this.#isKept = true;
    const { bytesOut, packMs } = cloning();
    const cloneMsPerMiB = bytesOut >= CLONED_BYTES_LEAST ? packMs / (bytesOut / 2 ** 20) : undefined;
    const learnt = this.#costs.learnt(this.#store.key, Date.now(), cloneMsPerMiB);
    if (learnt === undefined) return;
    const reason = this.#store.write(learnt);
    if (reason !== undefined) this.#state = { ...this.#state, reason };
  }
}
