/**
 * All requests from one event loop, or shares of them from workers. The number of sockets is the same for every kind and
 * divided among its workers, so that the kinds wait equally and differ only in what they add to the waiting.
 */
import type { Runner, VariantContext, Variants } from '../define-workload.ts';
import { builtFile } from '../support/built-file.ts';
import { endOf, startPool } from '../support/pool.ts';
import { splitRange } from '../support/split.ts';
import { SOCKETS } from './input.ts';
import type { FetchManySize } from './input.ts';
import { startServer } from './server-process.ts';
import type { ServerProcess } from './server-process.ts';
import { fetchShare, teardown } from './tasks.ts';
import type * as tasks from './tasks.ts';

const TASKS = builtFile('./tasks.js', import.meta.url);

export const variants: Variants<FetchManySize, string[]> = {
  async inline({ size }) {
    const server = await startServer();
    const [share] = sharesOf(size, server, 1);
    return {
      run: () => fetchShare(share!),
      async close() {
        teardown();
        await server.close();
      },
    };
  },

  threads: (context) => pooled(context, 'threads'),

  processes: (context) => pooled(context, 'processes'),

  auto: (context) => pooled(context, 'auto'),
};

async function pooled(
  { size, workers }: VariantContext<FetchManySize>,
  backend: 'threads' | 'processes' | 'auto',
): Promise<Runner<string[]>> {
  const server = await startServer();
  try {
    const shares = sharesOf(size, server, workers);
    const pool = await startPool<typeof tasks>(TASKS, backend, shares.length);
    return {
      async run() {
        const bodies = await Promise.all(shares.map((share) => pool.run('fetchShare', [share])));
        return bodies.flat();
      },
      ...endOf(pool),
      async close() {
        await Promise.allSettled([pool.close()]);
        await server.close();
      },
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** No more shares than sockets. */
function sharesOf({ requests }: FetchManySize, { port }: ServerProcess, workers: number): tasks.Share[] {
  const sockets = splitRange(SOCKETS, workers);
  return splitRange(requests, sockets.length).map(({ start, count }, worker) => ({
    port,
    ids: Array.from({ length: count }, (_, i) => start + i),
    sockets: sockets[worker]!.count,
  }));
}
