/**
 * The throw-away program: `program.js <backend> <hazard> <innocents>`. A pool of two workers, one guilty task and innocent
 * ones beside it; afterwards as many tasks as workers show whether the pool is back. It writes what happens as lines of
 * JSON, at once and synchronously, so that a death loses none; while its main loop turns, it writes beats.
 */
import { createPool } from '@heddle/ts-orchestrator';
import { builtFile } from '../support/built-file.ts';
import { HEAP_MIB, TIME_LIMIT_MS, WORKERS } from './input.ts';
import type { Hazard } from './input.ts';
import { nameOf, writeLine } from './lines.ts';
import type * as tasks from './tasks.ts';

/** One line of the program. */
export type Line =
  | { event: 'beat' }
  /** The guilty task was submitted. */
  | { event: 'begun' }
  /** What its caller got; `code` or the class of the error. */
  | { event: 'told'; error: string }
  | { event: 'innocent'; seed: number; value: string }
  | { event: 'innocent failed'; seed: number; error: string }
  /** The pool works at full strength again. */
  | { event: 'back'; recoveryMs: number; workersLost: number };

const BEAT_MS = 25;

const say = (line: Line): void => writeLine(line);

const [backend, hazard, innocents] = process.argv.slice(2) as ['inline' | 'threads' | 'processes', Hazard, string];
const isInline = backend === 'inline';
const pool = await createPool<typeof tasks>(builtFile('./tasks.js', import.meta.url), {
  backend,
  workers: WORKERS,
  cancelGraceMs: 25,
  // Inline shares the heap of this program, whose limit its parent has set.
  ...(isInline ? {} : { execArgv: [], limits: { heapMiB: HEAP_MIB } }),
});
const atFullStrength = (): Promise<unknown> =>
  Promise.all(Array.from({ length: WORKERS }, (_, seed) => pool.run('innocent', [seed], { priority: 1 })));
await atFullStrength();

setInterval(() => say({ event: 'beat' }), BEAT_MS).unref();
say({ event: 'begun' });
const begunMs = performance.now();
const guilty = pool.run(hazard, [], hazard === 'loops' ? { timeoutMs: TIME_LIMIT_MS } : {}).then(
  () => say({ event: 'told', error: 'a result' }),
  (error: unknown) => say({ event: 'told', error: nameOf(error) }),
);
const others = Array.from({ length: Number(innocents) }, (_, seed) =>
  pool.run('innocent', [seed]).then(
    (value) => say({ event: 'innocent', seed, value }),
    (error: unknown) => say({ event: 'innocent failed', seed, error: nameOf(error) }),
  ),
);
await guilty;
await atFullStrength();
const recoveryMs = performance.now() - begunMs;
await Promise.all(others);
const { died, killed } = pool.stats().workers;
say({ event: 'back', recoveryMs, workersLost: died + killed });
await pool.close();
