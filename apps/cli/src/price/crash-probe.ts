// A throw-away program: a pool of two workers, eight innocent tasks and one that crashes. It prints how each task ended,
// as one line of JSON; when the crash takes the program itself, it prints nothing and its signal tells the rest.
import { createPool } from '@heddle/ts-orchestrator';
import type * as tasks from './price-tasks.js';

const backend = process.argv[2] === 'processes' ? 'processes' : 'threads';
const pool = await createPool<typeof tasks>(new URL('./price-tasks.js', import.meta.url), { backend, workers: 2 });
const innocent = Array.from({ length: 8 }, () => pool.run('spin', [30_000_000]));
const guilty = pool.run('crash', []);
const outcomes = await Promise.allSettled([guilty, ...innocent]);
const [crash, ...others] = outcomes.map((outcome) =>
  outcome.status === 'fulfilled' ? 'fulfilled' : String((outcome.reason as { code?: string }).code),
);
console.log(
  JSON.stringify({ crash, completed: others.filter((state) => state === 'fulfilled').length, of: others.length }),
);
await pool.close();
