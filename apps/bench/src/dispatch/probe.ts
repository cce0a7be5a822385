// A program that makes a pool and calls it: what a user's program does, without anything of the bench. It says on stdout
// when it had its first result, then lets both workers work, waits, and ends when its stdin does.
//   node probe.js <URL of the adapter> <backend>
import type { OpenPool, Backend } from './peers/pool-under-test.ts';

const startMs = performance.now();
const [adapter, backend] = process.argv.slice(2) as [string, Backend];
const { open } = (await import(adapter)) as { open: OpenPool };
const pool = await open({ backend, values: 'small' });
const value = await pool.run('add', { a: 1, b: 2 });
const firstResultMs = performance.now() - startMs;

/** Each of both workers gets some of these. */
const TASKS = 16;
const TASK_MS = 2;
await Promise.all(Array.from({ length: TASKS }, () => pool.run('spin', TASK_MS)));
process.stdout.write(`${JSON.stringify({ firstResultMs, value })}\n`);

/** A pool that doesn't close is left behind; the runner ends its processes. */
const CLOSE_LIMIT_MS = 3_000;
process.stdin.resume().on('end', () => {
  setTimeout(() => process.exit(), CLOSE_LIMIT_MS);
  void pool.close().then(() => process.exit());
});
