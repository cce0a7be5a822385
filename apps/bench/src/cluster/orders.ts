// The variants of each case: what a round is told to do.

export interface RoundOrder {
  readonly nodes: number;
  readonly items: number;
  /** Before the time begins, so that code is compiled and chunks have their size. */
  readonly warmItems: number;
  /** Undefined: sized by time. */
  readonly chunkItems?: number;
  readonly task: 'identity' | 'spin20';
  /** Of a round in which nothing is mapped. */
  readonly idleMs?: number;
  /** What is killed: once after some results, or anything of the nodes again and again. */
  readonly kill?:
    | {
        readonly what: 'worker' | 'node' | 'redis';
        readonly afterItems: number;
        /** How long Redis is gone; it is started again at once otherwise. */
        readonly goneMs?: number;
      }
    | { readonly everyMs: number };
}

export interface Variant {
  readonly id: string;
  /** What runs it. `idle`: nodes without work; `bullmq`: a queue of BullMQ with a job for each input, without heddle. */
  readonly runner: 'heddle' | 'idle' | 'bullmq';
  readonly order: RoundOrder;
}

export type CaseId = 'throughput' | 'recovery' | 'kills' | 'idle';

export interface ClusterCase {
  readonly id: CaseId;
  readonly about: string;
  readonly rounds: { readonly full: number; readonly quick: number };
  readonly variants: readonly Variant[];
}

const map = (nodes: number, chunkItems: number | undefined, items: number): Variant => ({
  id: `${nodes === 1 ? '1 node' : `${nodes} nodes`}, ${chunkItems === undefined ? 'chunks by time' : `chunks of ${chunkItems}`}`,
  runner: 'heddle',
  order: {
    nodes,
    items,
    warmItems: Math.min(20_000, items / 2),
    task: 'identity',
    ...(chunkItems === undefined ? {} : { chunkItems }),
  },
});

const death = (what: 'worker' | 'node' | 'redis', label: string, goneMs = 0): Variant => ({
  id: label,
  runner: 'heddle',
  order: { nodes: 2, items: 700, warmItems: 0, chunkItems: 1, task: 'spin20', kill: { what, afterItems: 100, goneMs } },
});

const IDLE_MS = 10_000;

const idle = (nodes: number): Variant => ({
  id: nodes === 1 ? '1 node' : `${nodes} nodes`,
  runner: 'idle',
  order: { nodes, items: (nodes * IDLE_MS) / 1_000, warmItems: 0, task: 'identity', idleMs: IDLE_MS },
});

export const CLUSTER_CASES: readonly ClusterCase[] = [
  {
    id: 'throughput',
    about: 'a map of a trivial function over numbers, results in order; one worker process per node',
    rounds: { full: 5, quick: 1 },
    variants: [
      ...[1, 2].flatMap((nodes) => [
        map(nodes, 1, 2_000),
        map(nodes, 10, 20_000),
        map(nodes, 100, 200_000),
        map(nodes, 1_000, 500_000),
        map(nodes, undefined, 500_000),
      ]),
      {
        id: 'BullMQ alone, a job per input',
        runner: 'bullmq',
        order: { nodes: 2, items: 20_000, warmItems: 4_000, task: 'identity' },
      },
    ],
  },
  {
    id: 'recovery',
    about:
      'two nodes with tasks of 20 ms, one input per chunk: the longest time without a result after something is killed',
    rounds: { full: 5, quick: 1 },
    variants: [
      death('worker', 'a worker process is killed'),
      death('node', 'a node is killed, and started again'),
      death('redis', 'Redis is killed, and started again from its append-only file'),
      death('redis', 'Redis is gone for ten seconds', 10_000),
    ],
  },
  {
    id: 'kills',
    about:
      'a million trivial inputs through two nodes; each second one of their processes is killed, a worker or a node',
    rounds: { full: 5, quick: 1 },
    variants: [
      {
        id: 'a kill each second',
        runner: 'heddle',
        order: { nodes: 2, items: 1_000_000, warmItems: 20_000, task: 'identity', kill: { everyMs: 1_000 } },
      },
    ],
  },
  {
    id: 'idle',
    about: 'nodes that serve a module while nobody maps: an input stands for a second of one node',
    rounds: { full: 5, quick: 1 },
    variants: [idle(1), idle(4)],
  },
];

const QUICK_PART = 10;

/** A short look: fewer inputs, but enough for what is killed after some of them. */
export function quickOrder(order: RoundOrder): RoundOrder {
  const isWhole = (order.kill !== undefined && 'what' in order.kill) || order.idleMs !== undefined;
  return isWhole ? order : { ...order, items: order.items / QUICK_PART, warmItems: order.warmItems / QUICK_PART };
}
