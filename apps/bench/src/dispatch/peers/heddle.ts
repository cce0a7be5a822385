import { createPool, sharedArray } from '@heddle/ts-orchestrator';
import { WORKERS, type OpenPool } from './pool-under-test.ts';

export const open: OpenPool = async ({ backend }) => {
  const size = backend === 'inline' ? {} : { workers: WORKERS, idleTimeoutMs: Infinity };
  const pool = await createPool(new URL('../workers/heddle.js', import.meta.url), { backend, ...size });
  return {
    run: (name, argument) => pool.run(name, [argument]),
    bumpMoved: (array) => pool.run('bumpMoved', [array], { transfer: [array.buffer as ArrayBuffer] }),
    async map(name, items) {
      const results: unknown[] = [];
      for await (const { value } of pool.map(name, items)) results.push(value);
      return results;
    },
    sharedArray: (length) => sharedArray(Float64Array, length, backend === 'processes' ? { across: backend } : {}),
    close: () => pool.close(),
  };
};
