import { fileURLToPath } from 'node:url';
import workerpool from 'workerpool';
import { WORKERS, type OpenPool } from './pool-under-test.ts';

export const open: OpenPool = async ({ backend, values }) => {
  const pool = workerpool.pool(fileURLToPath(new URL('../workers/workerpool.js', import.meta.url)), {
    workerType: backend === 'threads' ? 'thread' : 'process',
    minWorkers: WORKERS,
    maxWorkers: WORKERS,
    forkOpts: { serialization: values === 'small' ? 'json' : 'advanced' },
  });
  return {
    // Its promise is one of its own; the same for everybody who awaits it.
    run: (name, argument) => pool.exec(name, [argument]) as unknown as Promise<unknown>,
    bumpMoved: (array) =>
      pool.exec('bumpMoved', [array], { transfer: [array.buffer as ArrayBuffer] }) as unknown as Promise<unknown>,
    close: () => pool.terminate(true) as unknown as Promise<unknown>,
  };
};
