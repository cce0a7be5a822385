/** How what is stuck ends: by which error, and how long after its deadline. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Backend } from '@heddle/ts-orchestrator';
import { endOf, runProgram } from '../programs/run-program.ts';
import type { StuckOrder, StuckReport } from '../programs/stuck.ts';
import { spread, type Check, type Row } from '../result.ts';
import { SITUATIONS, type Situation } from '../stuck/situations.ts';

const LATE_SHARE_MAX = 0.1;
const RUNS = 2;
const LANES = 3;

const forBackend = <T>(value: T | Readonly<Partial<Record<Backend, T>>>, backend: Backend): T =>
  typeof value === 'object' && value !== null ? (value as Record<Backend, T>)[backend] : (value as T);

async function measure(situation: Situation, backend: Backend, runs: number, addon: string | undefined): Promise<Row> {
  const { name, where, deadline } = situation;
  const code = forBackend(situation.code, backend);
  const deadlineMs = forBackend(situation.deadlineMs, backend);
  const late: number[] = [];
  const problems: string[] = [];
  let stacks = 0;
  for (let run = 0; run < runs; run++) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heddle-stuck-'));
    const end = await runProgram('stuck', { name, backend, addon, folder } satisfies StuckOrder);
    fs.rmSync(folder, { recursive: true, force: true });
    const report = end.lines[0] as StuckReport | undefined;
    if (report === undefined) {
      problems.push(endOf(end));
      continue;
    }
    late.push(report.elapsedMs - deadlineMs);
    if (report.workerStack !== undefined) stacks++;
    if (report.code !== code || !where.test(report.message)) problems.push(`${report.code}: ${report.message}`);
  }
  if (late.some((ms) => ms > deadlineMs * LATE_SHARE_MAX)) problems.push('too late');
  return {
    figures: {
      'what is stuck': name,
      backend,
      'ends with': code,
      'with stack': stacks === 0 ? '' : `${stacks} of ${runs}`,
      deadline,
      'deadline (ms)': deadlineMs,
      ...spread('after the deadline (ms)', late),
    },
    isMet: problems.length === 0,
    ...(problems.length === 0 ? {} : { problem: problems.join('; ') }),
  };
}

export const stuck: Check = {
  id: 'stuck',
  title: 'What is stuck ends',
  target: 'an error that says where, within the deadline + 10 %',
  method:
    'Each situation has a host process of its own. Time runs from when the worker says that it begins to the rejection of the promise. The deadline ' +
    'is the sum of the options named; what is after it is what heddle itself takes, the reading of the stuck JavaScript stack included.',
  async run({ isQuick, addon, say }) {
    const cases = SITUATIONS.filter(
      ({ needsAddon, isForQuick }) => (needsAddon !== true || addon !== undefined) && (!isQuick || isForQuick === true),
    ).flatMap((situation) => situation.backends.map((backend) => ({ situation, backend })));
    const rows: Row[] = [];
    let next = 0;
    // They mostly wait, so several do it at once.
    const lane = async (): Promise<void> => {
      while (next < cases.length) {
        const place = next++;
        const { situation, backend } = cases[place]!;
        say(`${situation.name}, ${backend}`);
        rows[place] = await measure(situation, backend, isQuick ? 1 : RUNS, addon);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return rows;
  },
};
