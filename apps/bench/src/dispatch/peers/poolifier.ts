import { fileURLToPath } from 'node:url';
import { FixedClusterPool, FixedThreadPool } from 'poolifier';
import { WORKERS, type OpenPool } from './pool-under-test.ts';

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export const open: OpenPool = async ({ backend, values }) => {
  const pool =
    backend === 'threads'
      ? new FixedThreadPool(WORKERS, file('../workers/poolifier-thread.js'), { enableEvents: false })
      : new FixedClusterPool(WORKERS, file('../workers/poolifier-cluster.cjs'), {
          enableEvents: false,
          settings: { serialization: values === 'small' ? 'json' : 'advanced' },
        });
  return {
    run: (name, argument) => pool.execute(argument, name),
    map: (name, items) => pool.mapExecute(items, name),
    close: () => pool.destroy(),
  };
};
