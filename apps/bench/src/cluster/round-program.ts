// What every round has around it: a Redis and nodes of its own, which end with it; its order as JSON in, its report as a line of JSON out.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Nodes } from './nodes.ts';
import type { RoundOrder } from './orders.ts';
import { startRedis, type RedisServer } from './redis.ts';
import type { RoundReport } from './report.ts';

export interface RoundPlace {
  readonly order: RoundOrder;
  readonly redis: RedisServer;
  readonly nodes: Nodes;
}

/** `node`: the program of the nodes, and what it is told. */
export async function runAsProgram(
  node: { readonly program: string; readonly order: (redis: RedisServer) => object },
  round: (place: RoundPlace) => Promise<RoundReport>,
): Promise<void> {
  const order = JSON.parse(process.argv[2]!) as RoundOrder;
  const { kill } = order;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heddle-bench-cluster-'));
  const redis = await startRedis(folder, kill !== undefined && 'what' in kill && kill.what === 'redis');
  const nodes = new Nodes(node.program, node.order(redis));
  try {
    await nodes.start(order.nodes);
    process.stdout.write(`${JSON.stringify(await round({ order, redis, nodes }))}\n`);
  } finally {
    await nodes.end();
    await redis.end();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
