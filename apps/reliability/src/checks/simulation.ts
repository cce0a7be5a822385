/** Random schedules of the orchestrator in virtual time: `npm run simulate`, told beside what real faults showed. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Check } from '../result.ts';

const SCHEDULES = 1_000_000;
const SCHEDULES_QUICK = 2_000;
/** Side by side, in processes of their own: each computes on one core. */
const LANES = 2;

interface Simulated {
  readonly schedules: number;
  readonly firstSeed: number;
  readonly failed: number;
  readonly events: number;
}

/** The command of the clone that this app is part of. */
function commandFile(): string {
  let folder = import.meta.dirname;
  while (!fs.existsSync(path.join(folder, 'nx.json'))) folder = path.dirname(folder);
  return path.join(folder, 'tools', 'simulate.mjs');
}

async function simulate(firstSeed: number, schedules: number): Promise<{ result: Simulated; output: string }> {
  const words = [commandFile(), String(schedules), String(firstSeed), '--json'];
  // A schedule that fails makes it end with 1; what it tells is the same.
  const { stdout } = await promisify(execFile)(process.execPath, words, { maxBuffer: 2 ** 28 }).catch(
    (error: { stdout?: string }) => {
      if (typeof error.stdout === 'string') return { stdout: error.stdout };
      throw error;
    },
  );
  const lines = stdout.trimEnd().split('\n');
  return { result: JSON.parse(lines.pop()!) as Simulated, output: lines.join('\n') };
}

export const simulation: Check = {
  id: 'simulation',
  title: 'The orchestrator in simulation',
  target: `${SCHEDULES.toLocaleString('en-US')} schedules, every promise held; each is replayed by its seed`,
  method:
    'The orchestrator itself, with a clock, a transport and an examiner that exist only in virtual time: messages are delayed, workers die at any step, ' +
    'starts and stops hang. A checker knows the history of every task. `HEDDLE_SEED=n npm run simulate` plays schedule n again.',
  async run({ isQuick, say }) {
    const schedules = (isQuick ? SCHEDULES_QUICK : SCHEDULES) / LANES;
    say(`${schedules * LANES} schedules`);
    const lanes = Array.from({ length: LANES }, (_, lane) => simulate(1 + lane * schedules, schedules));
    const results = await Promise.all(lanes);
    return results.map(({ result: { firstSeed, failed, events, schedules: count }, output }) => ({
      figures: { schedules: count, 'first seed': firstSeed, events, 'promise broken': failed },
      isMet: failed === 0 && count === schedules,
      ...(failed === 0 ? {} : { problem: output }),
    }));
  },
};
