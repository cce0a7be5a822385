/** Tasks lost, doubled and hung while workers die all the time. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { endOf, runProgram } from '../programs/run-program.ts';
import type { StormOrder, StormReport } from '../programs/storm.ts';
import type { StormWay } from '../programs/storm-tasks.ts';
import type { Check, CheckContext, Row } from '../result.ts';

/** Longer means that it hangs. */
const LIMIT_MS = 1_800_000;
const TASKS = 100_000;
const TASKS_QUICK = 2_000;
const KILL_EVERY_MS = 100;

const WAYS: ReadonlyArray<{ readonly backend: 'threads' | 'processes'; readonly ways: readonly StormWay[] }> = [
  { backend: 'processes', ways: ['SIGKILL', 'SIGSEGV', 'abort', 'out of memory', 'exit(0)'] },
  // The others end the host.
  { backend: 'threads', ways: ['out of memory', 'exit(0)'] },
];

async function storm(order: Omit<StormOrder, 'file'>): Promise<Row> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heddle-storm-'));
  const { backend, way, tasks } = order;
  const which = { backend, 'killed by': way };
  try {
    const end = await runProgram('storm', { ...order, file: path.join(folder, 'runs') }, { limitMs: LIMIT_MS });
    const report = end.lines[0] as StormReport | undefined;
    if (report === undefined) return { figures: which, isMet: false, problem: endOf(end) };
    const { kills, fulfilled, rejected, reruns, lost, doubled, hung, elapsedMs, firstLoss } = report;
    // One task at most is under way in a worker, so no more than one may fail with it.
    const isMet = lost === 0 && doubled === 0 && hung === 0 && fulfilled + rejected === tasks && rejected <= kills;
    return {
      figures: {
        ...which,
        tasks,
        deaths: kills,
        lost,
        doubled,
        hung,
        'run again': reruns,
        'rejected with their worker': rejected,
        'tasks per second': Math.round(tasks / (elapsedMs / 1_000)),
      },
      isMet,
      ...(isMet ? {} : { problem: firstLoss ?? 'see the columns' }),
    };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

export const killStorm: Check = {
  id: 'storm',
  title: 'Tasks while workers are killed',
  target: 'lost 0, doubled 0, hung 0',
  method:
    `Four workers, ${TASKS.toLocaleString('en-US')} numbered tasks, 1,000 of them under way at a time; a worker is made to die every ` +
    `${KILL_EVERY_MS} ms, or as soon as the one before has been replaced. The caller keeps its own books, and each run is appended to a file ` +
    'that heddle knows nothing of. Every second task may run again after a crash, the others must not. Lost: no value, or for those that ' +
    'must not run again neither a value nor an error that says the task had begun. Doubled: one attempt that ran twice. Hung: no outcome for 30 s ' +
    'after the last one.',
  async run({ isQuick, addon, say }: CheckContext) {
    const rows: Row[] = [];
    for (const { backend, ways } of WAYS) {
      for (const way of ways) {
        if (way === 'SIGSEGV' && addon === undefined) continue;
        say(`${backend}, ${way}`);
        const tasks = isQuick ? TASKS_QUICK : TASKS;
        rows.push(await storm({ backend, way, tasks, killEveryMs: KILL_EVERY_MS, addon }));
      }
    }
    return rows;
  },
};
