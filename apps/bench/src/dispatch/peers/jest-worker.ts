import { fileURLToPath } from 'node:url';
import { Worker } from 'jest-worker';
import * as tasks from '../tasks.ts';
import { WORKERS, type OpenPool, type TaskName } from './pool-under-test.ts';

export const open: OpenPool = async ({ backend, values }) => {
  const farm = new Worker(fileURLToPath(new URL('../tasks.js', import.meta.url)), {
    numWorkers: WORKERS,
    enableWorkerThreads: backend === 'threads',
    exposedMethods: Object.keys(tasks),
    forkOptions: { serialization: values === 'small' ? 'json' : 'advanced' },
  }) as unknown as Worker & Record<TaskName, (argument: unknown) => Promise<unknown>>;
  return { run: (name, argument) => farm[name](argument), close: () => farm.end() };
};
