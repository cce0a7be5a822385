/** How soon a script ends that forgets to close its pool. */
import { BACKENDS } from '../faults/table.ts';
import type { ForgetOrder, ForgetReport } from '../programs/forgets-close.ts';
import { runProgram } from '../programs/run-program.ts';
import { spread, type Check, type Row } from '../result.ts';

const EXIT_MS_MAX = 150;
const RUNS = 20;
const RUNS_QUICK = 3;

export const forgetsClose: Check = {
  id: 'forgets-close',
  title: 'A script that forgets close()',
  target: `exits at most ${EXIT_MS_MAX} ms after its last result`,
  method:
    'A script awaits eight tasks of a pool of 2 and ends there. Time runs from its last result until its parent sees it exit.',
  async run({ isQuick, say }) {
    const rows: Row[] = [];
    for (const backend of BACKENDS) {
      say(backend);
      const times: number[] = [];
      const runs = isQuick ? RUNS_QUICK : RUNS;
      let failed = 0;
      for (let run = 0; run < runs; run++) {
        const { lines, code, endedMs } = await runProgram('forgets-close', { backend } satisfies ForgetOrder);
        const report = lines[0] as ForgetReport | undefined;
        if (code !== 0 || report === undefined) failed++;
        else times.push(endedMs - report.doneMs);
      }
      rows.push({
        figures: { backend, runs, 'failed to exit with 0': failed, ...spread('last result to exit (ms)', times) },
        isMet: failed === 0 && times.every((time) => time <= EXIT_MS_MAX),
      });
    }
    return rows;
  },
};
