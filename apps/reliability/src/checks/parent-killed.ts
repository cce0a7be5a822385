/** Worker processes of a program that is killed outright. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ParentOrder, ParentReady } from '../programs/busy-parent.ts';
import { isAliveIn } from '../programs/death-watch.ts';
import { nowMs, runProgram } from '../programs/run-program.ts';
import { spread, type Check, type Row } from '../result.ts';

const GONE_MS_MAX = 100;
const RUNS = 20;
const RUNS_QUICK = 2;
/** Looked at no longer than this: whoever lives then, lives on. */
const WATCH_MS = 5_000;

const TASKS: ReadonlyArray<{ readonly task: ParentOrder['task']; readonly words: string }> = [
  { task: 'loops', words: 'loop' },
  { task: 'waitsOnAWord', words: 'wait in Atomics.wait' },
  { task: 'blocksInNativeCode', words: 'block in native code' },
  { task: 'waitsForever', words: 'wait' },
];

/** Milliseconds from the kill to the end of the last child; undefined when one lives on. */
async function killParent(order: ParentOrder, way: string): Promise<number | undefined> {
  let gone: Promise<number | undefined> | undefined;
  await runProgram('busy-parent', order, {
    env: { HEDDLE_PARENT_DEATH: way },
    onLine: (line, parent) => {
      const { pids } = line as ParentReady;
      const startMs = nowMs();
      parent.kill('SIGKILL');
      gone = waitUntilGone(pids, startMs);
    },
  });
  return gone;
}

async function waitUntilGone(pids: readonly number[], startMs: number): Promise<number | undefined> {
  while (pids.some((pid) => isAliveIn(`/proc/${pid}/stat`))) {
    if (nowMs() - startMs > WATCH_MS) {
      for (const pid of pids) process.kill(pid, 'SIGKILL');
      return undefined;
    }
    await sleep(1);
  }
  return nowMs() - startMs;
}

export const parentKilled: Check = {
  id: 'parent-killed',
  title: 'The parent is killed while its children are busy',
  target: `none alive after ${GONE_MS_MAX} ms`,
  method:
    'A program with two busy worker processes is sent SIGKILL. Time runs from the kill until the state of both in /proc is dead or a ' +
    'zombie, looked at once in a millisecond.',
  async run({ isQuick, addon, say }) {
    const rows: Row[] = [];
    for (const way of ['setpriv', 'addon']) {
      for (const { task, words } of TASKS) {
        if (task === 'blocksInNativeCode' && addon === undefined) continue;
        say(`${way}, children that ${words}`);
        const runs = isQuick ? RUNS_QUICK : RUNS;
        const times: number[] = [];
        for (let run = 0; run < runs; run++) {
          const elapsedMs = await killParent({ task, addon, release: '/nowhere/at/all' }, way);
          if (elapsedMs !== undefined) times.push(elapsedMs);
        }
        const livedOn = runs - times.length;
        rows.push({
          figures: {
            'signal set by': way,
            children: words,
            runs,
            'lived on': livedOn,
            ...spread('kill to gone (ms)', times),
          },
          isMet: livedOn === 0 && times.every((time) => time <= GONE_MS_MAX),
        });
      }
    }
    return rows;
  },
};
