/**
 * Does a thread or process compute? Read from /proc, without its help; needs Linux. Two looks a little apart are compared.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Verdict } from '../errors/examination.ts';

/** Whom to look at: a thread of this process by its number in the operating system, or a process. */
export type Subject = { readonly osThreadId: number } | { readonly pid: number };

/** One look. */
export interface Activity {
  /** Letter of the kernel: R runs or could run, S sleeps, D sleeps in a device, Z or X has ended. */
  readonly state: string;
  /** Processor time so far, in ticks of the kernel, usually 10 ms each. */
  readonly cpuTicks: number;
}

/** Undefined: this system has no such file. `gone`: the system has, the subject no longer. */
export function readActivity(subject: Subject, root = '/proc'): Activity | 'gone' | undefined {
  const file =
    'pid' in subject
      ? path.join(root, String(subject.pid), 'stat')
      : path.join(root, 'self', 'task', String(subject.osThreadId), 'stat');
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch {
    return fs.existsSync(path.join(root, 'self', 'stat')) ? 'gone' : undefined;
  }
  // The name stands in brackets and may hold anything, brackets too; fields count from 3 behind the last one. Field 14 is the
  // time in user mode, 15 in the kernel: proc_pid_stat(5).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const state = fields[0] ?? '';
  if (state === 'Z' || state === 'X') return 'gone';
  const cpuTicks = Number(fields[11]) + Number(fields[12]);
  return Number.isFinite(cpuTicks) ? { state, cpuTicks } : undefined;
}

/** What two looks say together; `isAnswering`: in between, its event loop has answered. */
export function verdictOf(
  before: ReturnType<typeof readActivity>,
  after: ReturnType<typeof readActivity>,
  isAnswering: boolean,
): Verdict {
  if (after === 'gone') return 'gone';
  if (before === undefined || before === 'gone' || after === undefined) return isAnswering ? 'parked' : 'unknown';
  const ticks = after.cpuTicks - before.cpuTicks;
  // The answer itself may carry the count over to the next tick.
  if (isAnswering) return ticks > 1 ? 'busy' : 'parked';
  return ticks > 0 || after.state === 'R' ? 'busy' : 'blocked';
}
