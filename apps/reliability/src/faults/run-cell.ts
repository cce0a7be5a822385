/**
 * Runs one cell of the table in a throw-away host, and puts what became of it in the words of the table.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { isAliveIn } from '../programs/death-watch.ts';
import type { HostBegan, HostOrder, HostReport } from '../programs/fault-host.ts';
import { runProgram } from '../programs/run-program.ts';
import type { Cell } from './table.ts';

/** Everything but the outcome is undefined when the host ended. */
export type CellResult = Partial<HostReport> & Pick<HostReport, 'outcome'>;

export type CellOptions = Omit<HostOrder, 'fault' | 'backend' | 'folder'>;

export async function runCell({ fault, backend }: Cell, options: CellOptions): Promise<CellResult> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heddle-fault-'));
  const order: HostOrder = { ...options, fault: fault.name, backend, folder };
  const isHostLimited = fault.hostHeapMiB !== undefined && backend !== 'processes';
  try {
    const { lines, code, signal, hasHung } = await runProgram('fault-host', order, {
      execArgv: isHostLimited ? [`--max-old-space-size=${fault.hostHeapMiB}`] : [],
    });
    const told = lines as Array<HostBegan | HostReport>;
    for (const pid of told.flatMap((line) => ('pids' in line ? line.pids : []))) await gone(pid);
    const report = told.find((line) => 'outcome' in line);
    if (hasHung) return { outcome: 'hung' };
    return code === 0 && report !== undefined ? report : { outcome: `host: ${signal ?? `exit ${code}`}` };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Did it come as the table says? Some faults end in one of several ways, by where V8 happens to be. */
export function isExpected({ expected }: Cell, { outcome }: CellResult): boolean {
  return expected.split(' | ').includes(outcome);
}

/** Resolves when no process of this id lives any more. */
async function gone(pid: number): Promise<void> {
  while (isAliveIn(`/proc/${pid}/stat`)) await turn();
}
