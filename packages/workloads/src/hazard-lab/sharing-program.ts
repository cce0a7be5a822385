/**
 * The throw-away program of the other half: `sharing-program.js <backend>`. Tasks of a pool change what they share, in one way after the
 * other. It writes what comes of each as a line of JSON, at once and synchronously.
 */
import { Mutex } from '@heddle/sync';
import { createPool, sharedArray } from '@heddle/ts-orchestrator';
import { builtFile } from '../support/built-file.ts';
import { nameOf, writeLine } from './lines.ts';
import { LOCK_WAIT_MS, SHARINGS, UPDATES, WORKERS } from './input.ts';
import type { SharingName } from './input.ts';
import { COUNT } from './sharing-tasks.ts';
import type * as tasks from './sharing-tasks.ts';

/** What came of one way to share: `refused` is the code of the error that says that it can't be. */
export type Sharing =
  | { refused: string }
  | { expected: number; counted: number; elapsedMs: number }
  | { outcomes: string[]; waitedMs: number }
  | { told: string; wasNextTold: boolean; elapsedMs: number };

export interface SharingLine {
  name: SharingName;
  sharing: Sharing;
}

/** No task takes nearly as long; this only bounds one that never ends, which is an outcome too. */
const LONGEST_MS = 20_000;

const say = (line: SharingLine): void => writeLine(line);

const backend = process.argv[2] as 'inline' | 'threads' | 'processes';
// Made before the workers start: from then on their lives are watched.
const mutex = Mutex.create();
const other = Mutex.create();
const pool = await createPool<typeof tasks>(builtFile('./sharing-tasks.js', import.meta.url), {
  backend,
  workers: WORKERS,
  taskTimeoutMs: LONGEST_MS,
  ...(backend === 'inline' ? {} : { execArgv: [] }),
});
/** Tasks that may wait for each other: inline none may, that would be the only thread. */
const atOnce = backend === 'inline' ? 1 : WORKERS;
const makeWords = (): Int32Array =>
  sharedArray(Int32Array, 2, { across: backend === 'processes' ? 'processes' : 'threads' });
const each = <T>(run: (place: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: WORKERS }, (_, place) => run(place)));

function counter(name: 'plainly' | 'atomically' | 'underMutex'): () => Promise<Sharing> {
  return async () => {
    const words = makeWords();
    const updates = UPDATES[name];
    const startMs = performance.now();
    const times = await each(async () =>
      name === 'underMutex'
        ? pool.run(name, [words, atOnce, updates, mutex.handle])
        : pool.run(name, [words, atOnce, updates]),
    );
    // Of tasks that begin together the last tells, and the way to the workers is no part of it.
    const elapsedMs = atOnce === 1 ? performance.now() - startMs : Math.max(...times);
    return { expected: WORKERS * updates, counted: words[COUNT]!, elapsedMs };
  };
}

const ways: Record<SharingName, () => Promise<Sharing>> = {
  plainly: counter('plainly'),
  atomically: counter('atomically'),
  underMutex: counter('underMutex'),
  async byMessage() {
    let counted = 0;
    const startMs = performance.now();
    await each(() =>
      pool.run('byMessage', [UPDATES.byMessage], { onProgress: (amount) => void (counted += amount as number) }),
    );
    return { expected: WORKERS * UPDATES.byMessage, counted, elapsedMs: performance.now() - startMs };
  },
  async twoLocks() {
    const words = makeWords();
    const lockings = await each((place) =>
      pool.run('twoLocks', [
        words,
        atOnce,
        place === 0 ? [mutex.handle, other.handle] : [other.handle, mutex.handle],
        LOCK_WAIT_MS,
      ]),
    );
    return {
      outcomes: lockings.map(({ outcome }) => outcome),
      waitedMs: Math.max(...lockings.map(({ waitedMs }) => waitedMs)),
    };
  },
  async deadOwner() {
    const startMs = performance.now();
    const died = await pool.run('deadOwner', [mutex.handle]).catch((error: unknown) => error);
    const wasNextTold = await pool.run('nextOwner', [mutex.handle]);
    return { told: nameOf(died), wasNextTold, elapsedMs: performance.now() - startMs };
  },
};

// Every worker has started before tasks wait for each other.
await each(() => pool.run('byMessage', [0]));
for (const name of Object.keys(SHARINGS) as SharingName[]) {
  const sharing = await ways[name]().catch((error: unknown) => ({ refused: nameOf(error) }));
  say({ name, sharing });
}
await pool.close();
