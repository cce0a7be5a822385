/**
 * A node: the supervisor process of one machine. It looks which modules are wanted, serves those that it has with the same content, and
 * says with each beat who it is, what it serves and what it refuses.
 *
 *   ready → draining → ended
 *
 * `drain` leases nothing more and waits for what runs; `end` ends that too, and other nodes take it over.
 */
import os from 'node:os';
import { randomUUID } from 'node:crypto';
import { readMachine } from '@heddle/machine';
import type { Redis } from 'ioredis';
import { BEAT_FORGET_MS, BEAT_MS, END_MS, LOAD_AGAIN_MS, within } from '../deadlines.ts';
import { findModule, idOf, parseWanted, type WantedModule } from '../modules/reference.ts';
import { parseAddress } from '../redis/address.ts';
import { asClusterError, connect, type Connection } from '../redis/connect.ts';
import { keysOf, type Keys } from '../redis/keys.ts';
import { BEAT, WANTED } from '../redis/scripts.ts';
import { VERSION } from '../version.ts';
import { textOf } from '../values/thrown.ts';
import type { NodeCard, NodeCounters, Refusal } from './card.ts';
import { parseNodeOptions, type NodeOptions, type ParsedNodeOptions } from './node-options.ts';
import { Service } from './service.ts';

/** Serves chunks until it is told to end. */
export interface ClusterNode {
  readonly name: string;
  /** Chunks and items that it was first with, and chunks that another node was first with. */
  readonly counters: Readonly<NodeCounters>;
  /** Takes no further chunks, waits for those it has, and ends. */
  drain(): Promise<void>;
  /** Ends at once: what it has is run by other nodes. */
  end(): Promise<void>;
}

/**
 * Starts a node in this process. Resolves when clients see it. It tries for ever to come back to a Redis that is lost later.
 * @throws {ClusterError} CLUSTER_OPTION, CLUSTER_REDIS_URL, CLUSTER_REDIS_UNREACHABLE, CLUSTER_REDIS_AUTH, CLUSTER_REDIS_VERSION,
 *   CLUSTER_REDIS_POLICY, CLUSTER_REDIS_MEMORY.
 */
export async function startNode(options: NodeOptions): Promise<ClusterNode> {
  const parsed = parseNodeOptions(options);
  const address = parseAddress(parsed.redis);
  const node = new Node(parsed, await connect(address, Number.POSITIVE_INFINITY));
  try {
    await node.start();
  } catch (error) {
    await node.end();
    throw asClusterError(error, address);
  }
  return node;
}

class Node implements ClusterNode {
  readonly name = `${os.hostname()}:${process.pid}`;
  readonly counters = { chunks: 0, items: 0, late: 0 };
  readonly #id = randomUUID();
  readonly #options: ParsedNodeOptions;
  readonly #connection: Connection;
  readonly #keys: Keys;
  readonly #root: string;
  readonly #services = new Map<string, Service>();
  readonly #served = new Set<string>();
  /** It may have taken chunks before it counts as started. */
  #starting: Service | undefined;
  /** Of modules that nobody wants any more, until they have finished what they had. */
  readonly #leaving = new Map<Service, Promise<void>>();
  readonly #refused = new Map<string, Refusal>();
  /** When a module is tried again that failed to load: never, where that lies in its content. */
  readonly #loadAgainAt = new Map<string, number>();
  readonly #machine: NodeCard['machine'];
  #state: 'ready' | 'draining' | 'ended' = 'ready';
  #looks: NodeJS.Timeout | undefined;
  #beats: NodeJS.Timeout | undefined;
  #subscriber: Redis | undefined;
  #looking: Promise<void> | undefined;
  /** Something came up while it looked. */
  #isLookWanted = false;
  #isBeating = false;
  /** What of its card clients were last told the news of. */
  #told: string | undefined;
  #ending: Promise<void> | undefined;

  constructor(options: ParsedNodeOptions, connection: Connection) {
    this.#options = options;
    this.#connection = connection;
    this.#keys = keysOf(options.project);
    this.#root = options.root;
    const { cores, memory } = readMachine();
    this.#machine = {
      cores: cores.logical,
      memoryBytes: memory.limitBytes,
      platform: `${process.platform} ${process.arch}`,
      node: process.versions.node,
    };
  }

  async start(): Promise<void> {
    this.#subscriber = await this.#connection.open();
    this.#subscriber.on('message', (_channel: string, text: string) => {
      const [what, run] = text.split(' ');
      if (what === 'want') this.#look();
      if (what !== 'cancelled' || run === undefined) return;
      for (const service of this.#all()) service.cancel(run);
      this.#starting?.cancel(run);
    });
    await this.#subscriber.subscribe(this.#keys.news);
    await this.#beat();
    this.#beats = setInterval(() => {
      if (this.#isBeating) return;
      this.#isBeating = true;
      void this.#beat()
        .catch((error: unknown) => this.#trouble(error))
        .finally(() => (this.#isBeating = false));
    }, BEAT_MS);
    this.#look();
    await this.#looking;
    this.#looks = setInterval(() => this.#look(), BEAT_MS);
  }

  drain(): Promise<void> {
    if (this.#state === 'ready') this.#state = 'draining';
    return (this.#ending ??= this.#drain());
  }

  async #drain(): Promise<void> {
    clearInterval(this.#looks);
    await this.#looking;
    await Promise.all([...this.#all()].map((service) => service.drain()));
    await this.#leave();
  }

  /** Also while it drains, and while Redis is away: nothing waits for an answer of Redis here for longer than END_MS. */
  async end(): Promise<void> {
    this.#state = 'ended';
    clearInterval(this.#looks);
    await Promise.all([...this.#all()].map((service) => service.end()));
    await this.#leave();
    // Their commands have failed with the connection.
    await Promise.allSettled([this.#looking, this.#ending]);
    // What was being opened meanwhile.
    await Promise.all([...this.#all()].map((service) => service.end()));
    this.#ending ??= Promise.resolve();
  }

  #all(): Iterable<Service> {
    return [...this.#services.values(), ...this.#leaving.keys()];
  }

  /** Takes its card away, where Redis is there to hear it, and ends the connections. */
  async #leave(): Promise<void> {
    clearInterval(this.#beats);
    const { redis } = this.#connection;
    const { beats, nodes } = this.#keys;
    if (redis.status === 'ready')
      await within(END_MS, redis.multi().zrem(beats, this.#id).hdel(nodes, this.#id).exec()).catch(() => undefined);
    this.#connection.close();
  }

  /** One at a time: a module that is wanted twice is opened once, and a Redis that is away finds no crowd when it is back. */
  #look(): void {
    if (this.#looking !== undefined) {
      this.#isLookWanted = true;
      return;
    }
    this.#looking = this.#lookNow().finally(() => {
      this.#looking = undefined;
      if (this.#isLookWanted && this.#state === 'ready') this.#look();
    });
  }

  async #lookNow(): Promise<void> {
    this.#isLookWanted = false;
    if (this.#state !== 'ready') return;
    try {
      await this.#serveWanted();
      await this.#beat();
    } catch (error) {
      this.#trouble(error);
    }
  }

  async #serveWanted(): Promise<void> {
    const { redis } = this.#connection;
    const flat = (await redis.eval(WANTED, 2, this.#keys.wants, this.#keys.modules)) as string[];
    const wanted = new Map<string, WantedModule>();
    for (let at = 0; at < flat.length; at += 2) {
      const module = parseWanted(flat[at + 1]!);
      if (module !== undefined && idOf(module) === flat[at]) wanted.set(flat[at]!, module);
    }
    for (const [id, service] of this.#services) {
      const module = wanted.get(id);
      // A file that changes while it is served would be other code in the next worker process.
      if (module !== undefined && 'url' in findModule(module, this.#root)) continue;
      this.#services.delete(id);
      this.#served.delete(id);
      // In the background: what it has may take long.
      const left = service.drain().catch((error: unknown) => this.#trouble(error));
      this.#leaving.set(
        service,
        left.finally(() => this.#leaving.delete(service)),
      );
    }
    for (const id of this.#refused.keys()) {
      if (wanted.has(id)) continue;
      this.#refused.delete(id);
      this.#loadAgainAt.delete(id);
    }
    for (const [id, module] of wanted) if (!this.#services.has(id)) await this.#serve(id, module);
  }

  /**
   * Looks anew each time: the file may have come or changed meanwhile. A file that throws as it loads is tried again only with other content;
   * what else keeps its worker from starting, as a machine that is too busy, may pass.
   */
  async #serve(id: string, wanted: WantedModule): Promise<void> {
    if (wanted.version !== VERSION) return void this.#refused.set(id, { why: 'version' });
    const found = findModule(wanted, this.#root);
    if ('missing' in found) return void this.#refused.set(id, { why: 'missing' });
    if ('hash' in found) return void this.#refused.set(id, { why: 'hash', hash: found.hash });
    if (this.#refused.get(id)?.why === 'load' && performance.now() < this.#loadAgainAt.get(id)!) return;
    const { backend, workers, chunks, resultBytesMax } = this.#options;
    const service = new Service({
      connection: this.#connection,
      keys: this.#keys,
      moduleId: id,
      url: found.url,
      backend,
      workers,
      chunks,
      resultBytesMax,
      onEnd: ({ what, items }) => {
        if (what === 'run') {
          this.counters.chunks++;
          this.counters.items += items;
        } else if (what === 'late') this.counters.late++;
      },
      onTrouble: (error) => this.#trouble(error),
    });
    this.#starting = service;
    try {
      await service.start();
      this.#services.set(id, service);
      this.#served.add(id);
      this.#refused.delete(id);
    } catch (error) {
      this.#refused.set(id, { why: 'load', reason: textOf(error) });
      const isOfContent = (Object(error) as { code?: unknown }).code === 'HEDDLE_MODULE_LOAD';
      this.#loadAgainAt.set(id, isOfContent ? Number.POSITIVE_INFINITY : performance.now() + LOAD_AGAIN_MS);
      await service.end();
    } finally {
      this.#starting = undefined;
    }
  }

  async #beat(): Promise<void> {
    const card: NodeCard = {
      id: this.#id,
      name: this.name,
      version: VERSION,
      root: this.#root,
      machine: this.#machine,
      state: this.#state === 'ready' ? 'ready' : 'draining',
      chunks: this.#options.chunks,
      serves: this.#state === 'ready' ? [...this.#served] : [],
      refuses: Object.fromEntries(this.#refused),
      counters: this.counters,
    };
    const { redis } = this.#connection;
    const { state, serves, refuses } = card;
    await redis.eval(BEAT, 2, this.#keys.beats, this.#keys.nodes, this.#id, JSON.stringify(card), BEAT_FORGET_MS);
    // Everybody hears it: only what somebody may wait for is told, or a thousand nodes would tell a thousand nodes each second.
    const news = JSON.stringify({ state, serves, refuses });
    if (news === this.#told) return;
    await redis.publish(this.#keys.news, 'beat');
    this.#told = news;
  }

  #trouble(error: unknown): void {
    this.#options.onTrouble?.(asClusterError(error, this.#connection.address) as Error);
  }
}
