/**
 * Starts workers one by one with what they need, and numbers them.
 */
import type { PoolWorker, WorkerListener, WorkerSource } from '../pool/worker-source.ts';
import type { StartOrder } from '../transport/protocol.ts';
import { OutputLines } from './output-lines.ts';
import { SupervisedWorker, type WorkerParts } from './supervised-worker.ts';

export interface SupervisorParts extends Omit<WorkerParts, 'output' | 'onTypeScriptWanted'> {
  readonly order: Omit<StartOrder, 'workerId' | 'isTypeScriptWanted'>;
  /** Takes whole lines that workers print. */
  readonly writeLine: (line: string) => void;
  /** Numbers workers, from 1. */
  readonly nextWorkerId: () => number;
}

export class Supervisor implements WorkerSource {
  readonly #parts: SupervisorParts;
  #isTypeScriptWanted = false;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
  }

  start(listener: WorkerListener): PoolWorker {
    const { order, writeLine, nextWorkerId, ...parts } = this.#parts;
    const workerId = nextWorkerId();
    const output = new OutputLines(`${order.poolName} worker-${workerId}`, writeLine);
    const onTypeScriptWanted = () => {
      this.#isTypeScriptWanted = true;
    };
    return new SupervisedWorker(
      { ...order, workerId, isTypeScriptWanted: this.#isTypeScriptWanted },
      { ...parts, output, onTypeScriptWanted },
      listener,
    );
  }
}
