import { fileURLToPath } from 'node:url';
import { Tinypool } from 'tinypool';
import { WORKERS, type OpenPool } from './pool-under-test.ts';

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export const open: OpenPool = async ({ backend, values }) => {
  const pool = new Tinypool({
    filename: file('../tasks.js'),
    runtime: backend === 'threads' ? 'worker_threads' : 'child_process',
    minThreads: WORKERS,
    maxThreads: WORKERS,
    serialization: values === 'small' ? 'json' : 'advanced',
  });
  const mover = { filename: file('../workers/tinypool.js'), name: 'bumpMoved' };
  return {
    run: (name, argument) => pool.run(argument, { name }),
    bumpMoved: (array) => pool.run(array, { ...mover, transferList: [array.buffer as ArrayBuffer] }),
    close: () => pool.destroy(),
  };
};
