/**
 * The wire of the simulation: messages keep their order per worker and take their time; a death may swallow the last of them; the
 * exit comes after all that still comes. In the manner of threads, processes or inline, as the pool's backend says.
 */
import type { HostMessage, StartOrder, WorkerMessage } from '../../src/transport/protocol.ts';
import type { Link, LinkEvents, LinkExit, Transport } from '../../src/transport/transport.ts';
import type { History } from './history.ts';
import { decodeThrow } from '../../src/task/error-codec.ts';
import type { Outcome } from '../../src/task/task.ts';
import { LATE_MS, type Plan, type WorkerPlan } from './plan.ts';
import { Chance, STREAMS } from './chance.ts';
import { SimParcels, type SimParcelsParts } from './sim-parcels.ts';
import { SimBatches, SimWords } from './sim-words.ts';
import { itemId, keyOf, keysOf, SimWorker } from './sim-worker.ts';
import type { World } from './world.ts';

export interface SimTransportParts extends SimParcelsParts {
  readonly world: World;
  readonly history: History;
  readonly plan: Plan;
  readonly countRun: (key: number) => number;
}

export function createSimTransport(parts: SimTransportParts): Transport {
  const { backend } = parts;
  const parcels = new SimParcels(parts);
  let started = 0;
  return {
    backend,
    canKill: backend !== 'inline',
    parentDeath: 'same-process',
    pack: (args, _transfer, { name }, when) => parcels.pack(args, name, when),
    repack: (args) => parcels.repack(args),
    canSend: () => true,
    packSetup: (data) => data,
    start: (order, events) => new SimLink(++started, order, events, parts, parcels),
  };
}

interface InTransit {
  isLost: boolean;
  hasArrived: boolean;
}

export class SimLink implements Link {
  readonly number: number;
  readonly pid: number;
  readonly threadId = undefined;
  readonly words: SimWords | undefined;
  readonly batches?: SimBatches;
  readonly #parts: SimTransportParts;
  readonly #events: LinkEvents;
  readonly #random: Chance;
  readonly #worker: SimWorker | undefined;
  readonly #parcels: SimParcels;
  /** Of a batch, of its items in order. */
  readonly #keys = new Map<number, readonly number[]>();
  /** Items of batches that were answered. */
  readonly #answered = new Map<number, number>();
  /** Keys of calls by tasks, by run and number. */
  readonly #calls = new Map<string, number>();
  /** On the way to the host, in order. */
  #inTransit: InTransit[] = [];
  /** On the way to an inline worker, which has not begun them: cancelled there and then. */
  readonly #waiting = new Set<number>();
  #toWorkerAt = 0;
  #toHostAt = 0;
  #isAbandoned = false;
  #isKilled = false;

  constructor(number: number, order: StartOrder, events: LinkEvents, parts: SimTransportParts, parcels: SimParcels) {
    const { world, history, plan } = parts;
    this.number = number;
    this.pid = 1_000 + number;
    this.#parts = parts;
    this.#events = events;
    this.#parcels = parcels;
    this.#random = new Chance(plan.seed, STREAMS.wire + number);
    const onRevoke = (seq: number, begun: number) => {
      // Those before the last that may have begun are answered, or will be.
      for (const [item, key] of this.#keys.get(seq)!.entries())
        if (item >= begun - 1)
          history.add({ e: 'revoke', link: number, key, id: itemId(seq, item), isSure: item >= begun });
    };
    if (parts.backend === 'inline') this.batches = new SimBatches(onRevoke);
    else if (plan.wire.hasWords)
      this.words = new SimWords(() => world.now(), new Chance(plan.seed, STREAMS.words + number), onRevoke);
    const start = plan.sabotage?.('start') as WorkerPlan['start'] | undefined;
    const worker = start === undefined ? plan.worker(number) : { ...plan.worker(number), start };
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
      tasksAtOnce: order.tasksAtOnce,
      words: this.words,
      batches: this.batches,
      wire: {
        tell: (message) => this.#tell(message),
        die: (exitCode, signal) =>
          this.#die({ exitCode, signal, cause: undefined, isSpawnFailure: false }, worker.exitMs),
      },
    });
  }

  send(message: HostMessage): void {
    const { history, backend, plan } = this.#parts;
    const link = this.number;
    switch (message.t) {
      case 'run': {
        const keys = keysOf(message.value);
        if (!message.isBatch) this.#parcels.onSend(keys[0]!, message.name);
        this.#keys.set(message.id, keys);
        for (const [item, key] of keys.entries())
          history.add({
            e: 'send',
            link,
            key,
            id: itemId(message.id, item),
            attempt: message.attempt,
            isMovable: this.#parcels.isMovable(key),
            canGoAhead: this.#parcels.canGoAhead(key),
          });
        if (message.isBatch) this.batches?.add(message.id);
        if (backend === 'inline') this.#waiting.add(message.id);
        break;
      }
      case 'cancel':
        history.add({ e: 'send-cancel', link, key: this.#keyNow(message.id) });
        if (backend === 'inline' && this.#waiting.delete(message.id))
          return this.#deliver({ t: 'error', id: message.id, error: message.reason });
        break;
      case 'credit':
        history.add({ e: 'send-credit', link, key: this.#keyNow(message.id), items: message.items });
        break;
      case 'called': {
        const { error, value } = message;
        const outcome: Outcome =
          error === undefined ? { ok: true, value: (value as [unknown])[0] } : { ok: false, error: decodeThrow(error) };
        history.add({ e: 'called', link, key: this.#calls.get(`${message.id} ${message.call}`)!, outcome });
        break;
      }
      case 'stop':
        history.add({ e: 'send-stop', link });
        break;
    }
    this.#toWorkerAt = this.#arrival(this.#toWorkerAt);
    this.#parts.world.outside(this.#toWorkerAt - this.#parts.world.now(), () => {
      if (this.#worker?.isDead !== false) return;
      if (plan.sabotage?.('receive') === 'dies') return this.#worker.die(null, 'SIGKILL');
      if (message.t === 'run' && backend === 'inline' && !this.#waiting.delete(message.id)) return;
      this.#worker.receive(message);
    });
  }

  kill(): void {
    const { world, history, plan, backend } = this.#parts;
    history.add({ e: 'kill', link: this.number });
    if (this.#isKilled || this.#worker === undefined) return;
    this.#isKilled = true;
    if (backend === 'inline') return this.#worker.die(0, null);
    const kill = plan.sabotage?.('kill') ?? plan.worker(this.number).kill;
    if (kill === 'never') return;
    // Later than any limit the pool could set on it.
    world.outside(kill === 'late' ? 100_000 : this.#random.int(0, 3), () => this.#worker!.die(null, 'SIGKILL'));
  }

  abandon(): void {
    this.#parts.history.add({ e: 'abandon', link: this.number });
    this.#isAbandoned = true;
  }

  /** In order, and late by chance. */
  #arrival(lastAt: number): number {
    const { world, plan } = this.#parts;
    return Math.max(lastAt, world.now() + this.#random.int(0, plan.wire.latencyMsMax));
  }

  #tell(message: WorkerMessage): void {
    const { world, plan } = this.#parts;
    const fault = plan.sabotage?.('tell');
    if (fault === 'dies before') return this.#worker?.die(null, 'SIGKILL');
    const letter: InTransit = { isLost: false, hasArrived: false };
    this.#inTransit.push(letter);
    this.#toHostAt = this.#arrival(this.#toHostAt);
    world.outside(this.#toHostAt - world.now(), () => {
      letter.hasArrived = true;
      if (!letter.isLost) world.arrive(() => this.#deliver(message));
    });
    if (fault === 'dies after') this.#worker?.die(null, 'SIGKILL');
  }

  /** Of the task, or of the first item that was not answered. */
  #keyNow(id: number): number {
    return this.#keys.get(id)![this.#answered.get(id) ?? 0]!;
  }

  #deliver(message: WorkerMessage): void {
    if (this.#isAbandoned) return;
    if (message.t === 'value' || message.t === 'end' || message.t === 'error') {
      this.#parts.history.add({ e: 'reply-told', link: this.number, key: this.#keyNow(message.id) });
      this.#answered.set(message.id, (this.#answered.get(message.id) ?? 0) + 1);
    } else if (message.t === 'skipped') {
      const answered = this.#answered.get(message.id) ?? 0;
      // What an inline worker gives back, the host takes back when it hears of it.
      const isGivenBack = this.batches !== undefined;
      for (const [item, key] of this.#keys.get(message.id)!.entries())
        if (item >= answered && !isGivenBack)
          this.#parts.history.add({ e: 'skip-told', link: this.number, key, id: itemId(message.id, item) });
    } else if (message.t === 'call') {
      const key = keyOf(message.args);
      this.#calls.set(`${message.id} ${message.call}`, key);
      this.#parts.history.add({ e: 'call-told', link: this.number, key, parent: this.#keyNow(message.id) });
    } else if (message.t === 'run-time')
      this.#parts.history.add({ e: 'run-time-told', link: this.number, ms: message.ms });
    else if (message.t === 'ready') this.#parts.history.add({ e: 'ready-told', link: this.number });
    this.#events.onMessage(message);
  }

  #die(exit: LinkExit, exitMs: number): void {
    const { world, plan, backend } = this.#parts;
    const fault = plan.sabotage?.('exit');
    const left = this.#inTransit.filter(({ hasArrived }) => !hasArrived);
    this.#inTransit = [];
    if (plan.wire.losesMessages && backend !== 'inline')
      for (const letter of left.slice(this.#random.int(0, left.length))) letter.isLost = true;
    world.outside(Math.max(this.#toHostAt - world.now(), fault === 'late' ? LATE_MS : exitMs), () => {
      world.arrive(() => this.#exit(exit));
      if (plan.wire.repeatsExit || fault === 'twice') world.arrive(() => this.#exit(exit));
    });
  }

  #exit(exit: LinkExit): void {
    if (this.#isAbandoned) return;
    this.#parts.history.add({ e: 'exit-told', link: this.number });
    this.#events.onExit(exit);
  }
}
