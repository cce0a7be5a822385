/**
 * The processes that belong to a worker: all of its group, and what has left the group but still carries its mark. Linux tells
 * them by /proc; elsewhere only the group as a whole can be ended.
 *
 * A group keeps its number as long as one process is in it, so ending it after its leader has gone never hits a stranger.
 */
import fs from 'node:fs';

/** In the environment of an isolated worker, and so of whatever it starts: its descendants are found by it. */
export const WORKER_MARK = 'HEDDLE_WORKER_MARK';

interface ProcessStat {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: number;
}

/** Ends every process of the group at once. Harmless when there is none. */
export function killGroup(groupId: number): void {
  signalProcess(process.platform === 'win32' ? groupId : -groupId, 'SIGKILL');
}

/** Harmless when it is gone. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone.
  }
}

/** Ends every process that carries the mark. What one of them starts meanwhile carries it too, so it looks until none is left. */
export function killMarked(mark: string): void {
  const needle = `${WORKER_MARK}=${mark}`;
  // A process that starts others faster than they are ended would keep this going for ever.
  for (let round = 0; round < 10; round++) {
    const found = processIds().filter((pid) => readProc(pid, 'environ')?.includes(needle) === true);
    if (found.length === 0) return;
    for (const pid of found) signalProcess(pid, 'SIGKILL');
  }
}

/** Ids of the processes in the group. */
export function groupMembers(groupId: number): number[] {
  return allStats()
    .filter((stat) => stat.groupId === groupId)
    .map(({ pid }) => pid);
}

/** The process `generations` below: a child's child is 2. Undefined: there is none. */
export function descendant(pid: number, generations: number): number | undefined {
  const stats = allStats();
  let found: number | undefined = pid;
  for (let n = 0; n < generations; n++) found = stats.find(({ parentPid }) => parentPid === found)?.pid;
  return found;
}

/** Resident memory, shared pages included, in KiB; 0 when the process is gone. */
export function residentKiB(pid: number): number {
  const text = readProc(pid, 'status') ?? '';
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(text)?.[1] ?? 0);
}

/** The kernel tells times to programs in hundredths of a second, whatever it counts in itself. */
const TICKS_PER_SECOND = 100;

/** CPU time of all threads, in seconds; undefined when the process is gone. */
export function cpuSecondsOf(pid: number): number | undefined {
  const fields = statFields(pid);
  return fields === undefined ? undefined : (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function allStats(): ProcessStat[] {
  return processIds().flatMap((pid) => {
    const fields = statFields(pid);
    return fields === undefined ? [] : [{ pid, parentPid: Number(fields[1]), groupId: Number(fields[2]) }];
  });
}

/** From the state on: the name before it may hold anything. */
function statFields(pid: number): string[] | undefined {
  const text = readProc(pid, 'stat');
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

function processIds(): number[] {
  try {
    return fs.readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return fs.readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return undefined;
  }
}
