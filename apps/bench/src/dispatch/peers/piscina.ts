import { fileURLToPath } from 'node:url';
import { FixedQueue, Piscina } from 'piscina';
import { WORKERS, type OpenPool } from './pool-under-test.ts';

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export const open: OpenPool = async () => {
  const pool = new Piscina({
    filename: file('../tasks.js'),
    minThreads: WORKERS,
    maxThreads: WORKERS,
    taskQueue: new FixedQueue(),
    recordTiming: false,
  });
  const mover = { filename: file('../workers/piscina.js'), name: 'bumpMoved' };
  return {
    run: (name, argument) => pool.run(argument, { name }),
    bumpMoved: (array) => pool.run(array, { ...mover, transferList: [array.buffer as ArrayBuffer] }),
    close: () => pool.destroy(),
  };
};
