/** Which nodes there are, as a client sees them: who serves its module, who refuses it and why. */
import { BEAT_LOST_MS, WANT_MS } from '../deadlines.ts';
import { clusterError, type ClusterError } from '../errors.ts';
import type { WantedModule } from '../modules/reference.ts';
import { parseCard, refusalError, type NodeCard } from '../node/card.ts';
import type { Connection } from '../redis/connect.ts';
import type { Keys } from '../redis/keys.ts';
import { NODES, WANT } from '../redis/scripts.ts';

export interface WatchParts {
  readonly connection: Connection;
  readonly keys: Keys;
  readonly project: string;
  readonly moduleId: string;
  readonly wanted: WantedModule;
  readonly noNodeMs: number;
}

export class NodeWatch {
  readonly #parts: WatchParts;
  #cards: readonly NodeCard[] = [];
  /** When a node was last seen to serve the module; the start counts. */
  #servedAt = performance.now();
  #refreshing: Promise<void> | undefined;

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  /** From now on a node is waited for, however long nobody has asked. */
  expect(): void {
    this.#servedAt = performance.now();
  }

  /** Says that the module is wanted, and looks who is there. All who ask while it looks share the answer. */
  refresh(): Promise<void> {
    return (this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = undefined)));
  }

  async #refresh(): Promise<void> {
    const { connection, keys, moduleId, wanted } = this.#parts;
    const { redis } = connection;
    await redis.eval(WANT, 2, keys.wants, keys.modules, moduleId, JSON.stringify(wanted), WANT_MS, keys.news);
    const texts = (await redis.eval(NODES, 2, keys.beats, keys.nodes, BEAT_LOST_MS)) as string[];
    this.#cards = texts.map(parseCard).filter((card) => card !== undefined);
    if (this.isServed) this.#servedAt = performance.now();
  }

  get cards(): readonly NodeCard[] {
    return this.#cards;
  }

  get isServed(): boolean {
    return this.places > 0;
  }

  /** Chunks that nodes run at a time. */
  get places(): number {
    const { moduleId } = this.#parts;
    return this.#cards.reduce((sum, card) => sum + (card.serves.includes(moduleId) ? card.chunks : 0), 0);
  }

  /** Why none of the nodes that are there serves the module; undefined when one does, or may yet. */
  refusal(): ClusterError | undefined {
    const { moduleId, wanted } = this.#parts;
    const ready = this.#cards.filter((card) => card.state === 'ready');
    const refusing = ready.filter((card) => Object.hasOwn(card.refuses, moduleId));
    const [first] = refusing;
    if (this.isServed || first === undefined || refusing.length < ready.length) return undefined;
    return refusalError(first, wanted, first.refuses[moduleId]!);
  }

  /** The error, when nobody has served the module for too long. */
  overdue(): ClusterError | undefined {
    const { connection, project, noNodeMs } = this.#parts;
    if (this.isServed || performance.now() - this.#servedAt < noNodeMs) return undefined;
    return this.refusal() ?? clusterError('CLUSTER_NO_NODE', connection.address.shown, project, noNodeMs / 1_000);
  }
}
