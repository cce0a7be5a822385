// `heddle worker`: this machine runs inputs of other machines, until it is told to end.
import { EXIT } from '../exit-codes.ts';
import { asClusterCommandError, loadCluster, redisUrl } from '../inputs/open-cluster.ts';
import { onInterrupt } from '../interrupt.ts';

export interface WorkerCommandOptions {
  readonly redis?: string | undefined;
  readonly root: string;
  readonly project?: string | undefined;
  readonly backend: 'processes' | 'threads';
  readonly workers?: number | undefined;
  readonly resultBytes?: number | undefined;
}

export async function worker(options: WorkerCommandOptions): Promise<number> {
  const { root, project, backend, workers, resultBytes } = options;
  const redis = redisUrl(options.redis);
  const { startNode } = await loadCluster();
  let lastTrouble = '';
  const node = await startNode({
    redis,
    root,
    project,
    backend,
    workers,
    resultBytesMax: resultBytes,
    onTrouble({ message }) {
      // The same again each second says nothing new.
      if (message !== lastTrouble) process.stderr.write(`heddle: ${message}\n`);
      lastTrouble = message;
    },
  }).catch((error: unknown) => {
    throw asClusterCommandError(error);
  });
  process.stderr.write(`heddle: worker ${node.name} is ready\n`);
  const interrupt = onInterrupt('heddle: finishing the chunks that run; again ends them', () => void node.end());
  await new Promise((resolve) => interrupt.signal.addEventListener('abort', resolve, { once: true }));
  await node.drain();
  interrupt.release();
  const { chunks, items } = node.counters;
  process.stderr.write(`heddle: worker ended after ${items} inputs in ${chunks} chunks\n`);
  return EXIT.ok.code;
}
