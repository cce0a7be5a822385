// Web Locks, where Node has them.
import type { SyncWork } from '../case-table.ts';
import { COUNT } from '../rigs/rig.ts';

/** Not in the types of this version of Node. */
interface Locks {
  request<T>(name: string, run: () => T): Promise<T>;
}

export function prepare(): string {
  return 'heddle-bench';
}

export function join(name: string, { rounds }: SyncWork, words: Int32Array): () => Promise<void> {
  const { locks } = (globalThis as unknown as { navigator: { locks: Locks } }).navigator;
  return async () => {
    for (let round = 0; round < rounds; round++) await locks.request(name, () => void words[COUNT]!++);
  };
}
