// Rounds that each take a fresh program: its start, its memory, and what it costs while nothing is to be done.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { descendantsCpuMs, readTreeProcesses } from '@heddle/measure';
import { freshEnvironment } from '../../fresh-environment.ts';
import { WORKERS } from '../peers/pool-under-test.ts';
import type { Figures, Place, Scenario, WorkOf } from './scenario.ts';

const PROBE = fileURLToPath(new URL('../probe.js', import.meta.url));
const BYTES_PER_MIB = 1024 * 1024;

/** How long a pool may take to come to rest after its last task: timers, late messages, a collection. A guess. */
const REST_MS = 300;

interface Said {
  firstResultMs: number;
  value: unknown;
}

/** Starts the program, measures it once its workers have worked, and ends it. */
async function withProgram(place: Place, measure: (program: ChildProcess, said: Said) => Promise<Figures>) {
  const program = spawn(process.execPath, [PROBE, place.adapter, place.backend], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: freshEnvironment(),
  });
  const exit = once(program, 'exit');
  const lines = createInterface(program.stdout);
  const ended = exit.then(([code, signal]) => {
    throw new Error(`the program ended before it had a result (${signal ?? code})`);
  });
  const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string];
  ended.catch(() => undefined);
  const said = JSON.parse(line) as Said;
  place.expect.that(said.value === 3, () => `add({ a: 1, b: 2 }) gave ${String(said.value)}`);
  const figures = await measure(program, said);
  program.stdin.end();
  await exit;
  return figures;
}

const scenario = (place: Place, measure: Parameters<typeof withProgram>[1]): Scenario => ({
  round: () => withProgram(place, measure),
  close: async () => undefined,
});

export const start = async (place: Place): Promise<Scenario> =>
  scenario(place, async (_, { firstResultMs }) => ({ firstResultMs }));

export const memory = async (place: Place): Promise<Scenario> =>
  scenario(place, async ({ pid }) => {
    await sleep(REST_MS);
    const [program, ...children] = readTreeProcesses(pid!);
    if (program === undefined) throw new Error('this system does not tell the memory of a process');
    if (place.backend === 'processes') {
      const privateBytes = children.reduce((sum, child) => sum + child.privateBytes, 0);
      return { childMiB: privateBytes / WORKERS / BYTES_PER_MIB };
    }
    return { rssMiB: program.rssBytes / BYTES_PER_MIB, privateMiB: program.privateBytes / BYTES_PER_MIB };
  });

export const idle = async (place: Place, { windowMs }: WorkOf<'idle'>): Promise<Scenario> =>
  scenario(place, async () => {
    await sleep(REST_MS);
    const startMs = performance.now();
    const before = descendantsCpuMs(process.pid);
    await sleep(windowMs);
    const after = descendantsCpuMs(process.pid);
    if (before === undefined || after === undefined) throw new Error('this system does not tell processor times');
    return { cpuPercent: ((after - before) / (performance.now() - startMs)) * 100 };
  });
