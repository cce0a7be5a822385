// How many tasks run at a time in pools of pools, counted by the tasks themselves: each reports that it begins, and ends when it is told to.
import net from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { coresAllowed } from '@heddle/machine';
import { createPool, type PoolOptions } from '@heddle/ts-orchestrator';
import { expect, it, onTestFinished } from 'vitest';
import { deferred, fixture, temporaryFolder } from '../helpers.ts';

const LIBRARY = new URL('../../dist/bundle/index.js', import.meta.url).href;
const cores = coresAllowed();
/** For each innermost pool: more than any of them has workers. */
const LEAVES = cores + 2;

/** Hears of every pool and every leaf. Answers leaves that end when they are released, all others at once. */
async function openDesk(branches: number) {
  const address = path.join(temporaryFolder(), 'desk');
  /** Pools that are to report, and have; the innermost of them, and their workers; leaves that run now, and the most that ever did. */
  const seen = { expected: branches, reported: 0, innermost: 0, room: 0, running: 0, most: 0 };
  const full = deferred();
  const released = deferred();
  const letGo = async (socket: net.Socket): Promise<void> => {
    await released.promise;
    seen.running--;
    socket.write('go\n');
  };
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    createInterface({ input: socket }).on('line', (line) => {
      const [word, count] = line.split(' ');
      if (word === 'branches') seen.expected += Number(count);
      if (word === 'leaves') {
        seen.room += Number(count);
        seen.innermost++;
      }
      if (word === 'branches' || word === 'leaves') seen.reported++;
      if (word === 'begins') seen.most = Math.max(seen.most, ++seen.running);
      if (word === 'ends') void letGo(socket);
      else socket.write('go\n');
      if (seen.reported === seen.expected && seen.running === seen.room) full.resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(address, resolve));
  onTestFinished(() => void server.close());
  return { address, seen, full: full.promise, release: () => released.resolve() };
}

const plain = (backend: 'threads' | 'processes') => ({ backend });
const THREADS = plain('threads');
const PROCESSES = plain('processes');

it.each<[string, PoolOptions[]]>([
  ['threads in threads', [THREADS, THREADS]],
  ['processes in threads', [THREADS, PROCESSES]],
  ['threads in processes', [PROCESSES, THREADS]],
  ['processes in processes', [PROCESSES, PROCESSES]],
  ['threads in threads in one process', [{ ...PROCESSES, workers: 1 }, THREADS, THREADS]],
  ['threads in two processes in threads', [THREADS, { ...PROCESSES, workers: 1 }, THREADS]],
])('%s run no more at a time than there are cores, and as many as that', async (_what, levels) => {
  const [outermost, ...rest] = levels;
  const pool = await createPool(fixture('meeting-pools.mjs'), { execArgv: [], ...outermost });
  onTestFinished(() => pool.close({ cancel: true }));
  const branches = pool.stats().workers.max;
  const desk = await openDesk(branches);
  const runs = Array.from({ length: branches }, () => pool.run('branch', [LIBRARY, rest, desk.address, LEAVES]));
  // If a pool fails there is nothing to wait for.
  await Promise.race([desk.full, Promise.all(runs)]);
  // Every innermost pool has as many leaves as workers, and others that wait.
  expect(desk.seen.running).toBe(desk.seen.room);
  expect(desk.seen.running).toBeLessThanOrEqual(1.25 * cores);
  expect(desk.seen.running).toBeGreaterThanOrEqual(cores);
  desk.release();
  const done = (await Promise.all(runs)) as number[];
  expect(done.reduce((sum, each) => sum + each, 0)).toBe(desk.seen.innermost * LEAVES);
  expect(desk.seen.most).toBeLessThanOrEqual(1.25 * cores);
});
