// Processor time of a round by who used it.
import { treeCpuMs } from '@heddle/measure';
import type { Nodes } from './nodes.ts';
import type { RedisServer } from './redis.ts';

export interface CpuTimes {
  readonly client: number;
  readonly redis: number;
  /** With their workers. */
  readonly nodes: number;
}

function now(redis: RedisServer, nodes: Nodes): CpuTimes {
  const { user, system } = process.cpuUsage();
  const of = (pid: number): number => treeCpuMs(pid) ?? 0;
  return {
    client: (user + system) / 1_000,
    redis: of(redis.pid),
    nodes: nodes.pids.reduce((sum, pid) => sum + of(pid), 0),
  };
}

/** Gives the milliseconds since now. */
export function startCpuClock(redis: RedisServer, nodes: Nodes): () => CpuTimes {
  const before = now(redis, nodes);
  return () => {
    const after = now(redis, nodes);
    return {
      client: after.client - before.client,
      redis: after.redis - before.redis,
      nodes: after.nodes - before.nodes,
    };
  };
}
