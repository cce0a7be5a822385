/**
 * The wire of the simulation: messages keep their order per worker and take their time; a death may swallow the last of them; the
 * exit comes after all that still comes. In the manner of threads, processes or inline, as the pool's backend says.
 */
import { heddleError } from '../../src/errors/errors.ts';
import type { HostMessage, StartOrder, WorkerMessage } from '../../src/transport/protocol.ts';
import type { Backend, Link, LinkEvents, LinkExit, Packed, Transport } from '../../src/transport/transport.ts';
import type { History } from './history.ts';
import type { Plan, Work } from './plan.ts';
import { Chance, STREAMS } from './chance.ts';
import { keyOf, SimWorker } from './sim-worker.ts';
import type { World } from './world.ts';

export interface SimTransportParts {
  readonly world: World;
  readonly history: History;
  readonly plan: Plan;
  readonly backend: Backend;
  readonly workOf: (key: number) => Work;
  readonly countRun: (key: number) => number;
  /** Runs what a getter in the arguments does. */
  readonly onPack: (key: number) => void;
}

export function createSimTransport(parts: SimTransportParts): Transport & { readonly links: readonly SimLink[] } {
  const { backend, workOf, onPack } = parts;
  const links: SimLink[] = [];
  /** Tasks whose arguments are looked at when they are sent. */
  const unseen = new Set<number>();
  return {
    links,
    backend,
    canKill: backend !== 'inline',
    parentDeath: 'same-process',
    pack(args, _transfer, { name }, when): Packed {
      const key = keyOf(args);
      const work = workOf(key);
      // A thread's arguments are looked at only when they are sent.
      const isLookedAtLater = backend === 'threads' && when === 'now' && work.args !== 'plain';
      if (isLookedAtLater) unseen.add(key);
      else lookAt(key, name);
      const isCopied = when === 'keep' || (when === 'later' && work.args !== 'moved');
      const canResend = backend !== 'threads' || work.args === 'plain' || isCopied;
      return { value: args, transfer: [], canResend };
    },
    repack: (args) => ({ value: args, transfer: [], canResend: true }),
    canSend: () => true,
    packSetup: (data) => data,
    start(order, events) {
      const link = new SimLink(links.length + 1, order, events, parts, (key, name) => {
        if (unseen.delete(key)) lookAt(key, name);
      });
      links.push(link);
      return link;
    },
  };

  function lookAt(key: number, name: string): void {
    onPack(key);
    if (workOf(key).args === 'uncloneable')
      throw heddleError('HEDDLE_ARGUMENT_UNCLONEABLE', { name, path: 'arguments[0]', found: 'a function' });
  }
}

interface InTransit {
  isLost: boolean;
  hasArrived: boolean;
}

export class SimLink implements Link {
  readonly number: number;
  readonly pid: number;
  readonly threadId = undefined;
  /** Told to the host, or given up by it. */
  isOver = false;
  readonly #parts: SimTransportParts;
  readonly #events: LinkEvents;
  readonly #random: Chance;
  readonly #worker: SimWorker | undefined;
  /** What sending does with arguments that were not copied before. */
  readonly #lookAt: (key: number, name: string) => void;
  readonly #keys = new Map<number, number>();
  /** On the way to the host, in order. */
  #inTransit: InTransit[] = [];
  /** On the way to an inline worker, which has not begun them: cancelled there and then. */
  readonly #waiting = new Set<number>();
  #toWorkerAt = 0;
  #toHostAt = 0;
  #isAbandoned = false;
  #isKilled = false;

  constructor(
    number: number,
    order: StartOrder,
    events: LinkEvents,
    parts: SimTransportParts,
    lookAt: (key: number, name: string) => void,
  ) {
    const { world, history, plan } = parts;
    this.number = number;
    this.pid = 1_000 + number;
    this.#parts = parts;
    this.#events = events;
    this.#lookAt = lookAt;
    this.#random = new Chance(plan.seed, STREAMS.wire + number);
    const worker = plan.worker(number);
    history.add({ e: 'start', link: number, worker: order.workerId });
    if (worker.start === 'refused') {
      history.add({ e: 'dead', link: number });
      world.microtask(() =>
        this.#exit({ exitCode: null, signal: null, cause: new Error('refused'), isSpawnFailure: true }),
      );
      return;
    }
    this.#worker = new SimWorker({
      world,
      history,
      plan: worker,
      link: number,
      workOf: parts.workOf,
      countRun: parts.countRun,
      isTypeScriptWanted: order.isTypeScriptWanted,
      wire: {
        tell: (message) => this.#tell(message),
        die: (exitCode, signal) =>
          this.#die({ exitCode, signal, cause: undefined, isSpawnFailure: false }, worker.exitMs),
      },
    });
  }

  send(message: HostMessage): void {
    const { history, backend } = this.#parts;
    const link = this.number;
    switch (message.t) {
      case 'run': {
        const key = keyOf(message.value);
        this.#lookAt(key, message.name);
        this.#keys.set(message.id, key);
        history.add({ e: 'send', link, key, id: message.id, attempt: message.attempt });
        if (backend === 'inline') this.#waiting.add(message.id);
        break;
      }
      case 'cancel':
        history.add({ e: 'send-cancel', link, key: this.#keys.get(message.id)! });
        if (backend === 'inline' && this.#waiting.delete(message.id))
          return this.#deliver({ t: 'error', id: message.id, error: message.reason });
        break;
      case 'credit':
        history.add({ e: 'send-credit', link, key: this.#keys.get(message.id)!, items: message.items });
        break;
      case 'stop':
        history.add({ e: 'send-stop', link });
        break;
    }
    this.#toWorkerAt = this.#arrival(this.#toWorkerAt);
    this.#parts.world.outside(this.#toWorkerAt - this.#parts.world.now(), () => {
      if (this.#worker?.isDead !== false) return;
      if (message.t === 'run' && backend === 'inline' && !this.#waiting.delete(message.id)) return;
      this.#worker.receive(message);
    });
  }

  hasBegun(id: number): boolean | undefined {
    if (this.#parts.backend === 'inline') return true;
    if (!this.#parts.plan.wire.hasOwnershipWord) return undefined;
    return this.#worker?.ownershipWord === id;
  }

  kill(): void {
    const { world, history, plan, backend } = this.#parts;
    history.add({ e: 'kill', link: this.number });
    if (this.#isKilled || this.#worker === undefined) return;
    this.#isKilled = true;
    if (backend === 'inline') return this.#worker.die(0, null);
    const { kill } = plan.worker(this.number);
    if (kill === 'never') return;
    // Later than any limit the pool could set on it.
    world.outside(kill === 'late' ? 100_000 : this.#random.int(0, 3), () => this.#worker!.die(null, 'SIGKILL'));
  }

  abandon(): void {
    this.#parts.history.add({ e: 'abandon', link: this.number });
    this.#isAbandoned = true;
    this.isOver = true;
  }

  /** In order, and late by chance. */
  #arrival(lastAt: number): number {
    const { world, plan } = this.#parts;
    return Math.max(lastAt, world.now() + this.#random.int(0, plan.wire.latencyMsMax));
  }

  #tell(message: WorkerMessage): void {
    const { world } = this.#parts;
    const letter: InTransit = { isLost: false, hasArrived: false };
    this.#inTransit.push(letter);
    this.#toHostAt = this.#arrival(this.#toHostAt);
    world.outside(this.#toHostAt - world.now(), () => {
      letter.hasArrived = true;
      if (!letter.isLost) world.arrive(() => this.#deliver(message));
    });
  }

  #deliver(message: WorkerMessage): void {
    if (this.#isAbandoned) return;
    if (message.t === 'value' || message.t === 'end' || message.t === 'error')
      this.#parts.history.add({ e: 'reply-told', link: this.number, key: this.#keys.get(message.id)! });
    else if (message.t === 'ready') this.#parts.history.add({ e: 'ready-told', link: this.number });
    this.#events.onMessage(message);
  }

  #die(exit: LinkExit, exitMs: number): void {
    const { world, plan, backend } = this.#parts;
    const left = this.#inTransit.filter(({ hasArrived }) => !hasArrived);
    this.#inTransit = [];
    if (plan.wire.losesMessages && backend !== 'inline')
      for (const letter of left.slice(this.#random.int(0, left.length))) letter.isLost = true;
    world.outside(Math.max(this.#toHostAt - world.now(), exitMs), () => {
      world.arrive(() => this.#exit(exit));
      if (plan.wire.repeatsExit) world.arrive(() => this.#exit(exit));
    });
  }

  #exit(exit: LinkExit): void {
    if (this.#isAbandoned) return;
    this.#parts.history.add({ e: 'exit-told', link: this.number });
    this.isOver = true;
    this.#events.onExit(exit);
  }
}
