/**
 * Arguments on their way: who copies them when, what may be sent twice, and what the caller's own getters do meanwhile.
 */
import { heddleError } from '../../src/errors/errors.ts';
import type { Backend, PackFor, Packed } from '../../src/transport/transport.ts';
import type { Work } from './plan.ts';
import { keyOf, keysOf } from './sim-worker.ts';

export interface SimParcelsParts {
  readonly backend: Backend;
  readonly workOf: (key: number) => Work;
  /** Runs what a getter in the arguments does. */
  readonly onPack: (key: number) => void;
}

export class SimParcels {
  readonly #parts: SimParcelsParts;
  /** Tasks whose arguments are looked at only when they are sent. */
  readonly #unseen = new Set<number>();
  readonly #movable = new Set<number>();

  constructor(parts: SimParcelsParts) {
    this.#parts = parts;
  }

  pack(args: readonly unknown[], name: string, when: PackFor): Packed {
    const { backend, workOf } = this.#parts;
    const key = keyOf(args);
    if (args.length > 1) {
      for (const each of keysOf(args)) this.#movable.add(each);
      return { value: args, transfer: [], canResend: true, canGoAhead: true };
    }
    const kind = workOf(key).args;
    if (backend === 'threads' && when === 'now' && kind !== 'plain') this.#unseen.add(key);
    else this.#lookAt(key, name);
    const isCopied = when === 'keep' || (when === 'later' && kind !== 'moved');
    const canResend = backend !== 'threads' || kind === 'plain' || isCopied;
    if (canResend) this.#movable.add(key);
    else this.#movable.delete(key);
    return { value: args, transfer: [], canResend, canGoAhead: backend !== 'inline' && kind === 'plain' };
  }

  /** What a task passes to a task it calls. */
  repack(args: unknown): Packed {
    this.#movable.add(keyOf(args));
    return { value: args, transfer: [], canResend: true, canGoAhead: this.#parts.backend !== 'inline' };
  }

  /** May it wait behind another task in a worker? */
  canGoAhead(key: number): boolean {
    return this.#parts.workOf(key).args === 'plain';
  }

  onSend(key: number, name: string): void {
    if (this.#unseen.delete(key)) this.#lookAt(key, name);
  }

  /** May it go to a second worker, when the first did not begin it? */
  isMovable(key: number): boolean {
    return this.#movable.has(key);
  }

  #lookAt(key: number, name: string): void {
    this.#parts.onPack(key);
    if (this.#parts.workOf(key).args === 'uncloneable')
      throw heddleError('HEDDLE_ARGUMENT_UNCLONEABLE', { name, path: 'arguments[0]', found: 'a function' });
  }
}
