// proper-lockfile: a folder on the disk that one process can make.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { lock } from 'proper-lockfile';
import type { SyncWork } from '../case-table.ts';
import { COUNT } from '../rigs/rig.ts';

/** A party that finds it locked asks again after a millisecond, as often as it takes. */
const OPTIONS = { retries: { forever: true, factor: 1, minTimeout: 1, maxTimeout: 1 } };

export function prepare(): { path: string } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heddle-bench-lock-'));
  process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'file');
  fs.writeFileSync(file, '');
  return { path: file };
}

export function join(shared: { path: string }, { rounds }: SyncWork, words: Int32Array): () => Promise<void> {
  return async () => {
    for (let round = 0; round < rounds; round++) {
      const release = await lock(shared.path, OPTIONS);
      words[COUNT]!++;
      await release();
    }
  };
}
