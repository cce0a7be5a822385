/**
 * A process and everything that descends from it, read from /proc. Linux; elsewhere there is no /proc and every reading
 * is undefined.
 *
 * The tree of a process that leads its own session also holds the members of that session: a grandchild whose parent
 * has ended is handed to init and no longer reachable by parent links.
 *
 * A reading takes one small file per process of the machine (about 15 us each). Processes come and go while it is
 * taken; one that has gone in between is left out.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** One process, from /proc/<pid>/stat. */
export interface ProcessFacts {
  pid: number;
  parent: number;
  group: number;
  session: number;
  /** Z for a zombie: ended, not yet waited for by its parent. */
  state: string;
  /** User and system time of all its threads, those that ended included, in clock ticks. */
  cpuTicks: number;
  /** The same of the children it has waited for, and of theirs. */
  waitedCpuTicks: number;
  /** In ticks since boot; a pid together with its start names one process for good. */
  startTicks: number;
}

/** Memory of one process, from /proc/<pid>/smaps_rollup. */
export interface ProcessMemory {
  pid: number;
  /** Resident: what it shares counts in full. */
  rssBytes: number;
  /** What it shares counts by its share. */
  pssBytes: number;
  /** What it shares with no other process. */
  privateBytes: number;
}

/** Memory of a process tree. */
export interface TreeMemory {
  /** Sum of the proportional set sizes: a page shared by n processes of the machine counts 1/n in each. */
  pssBytes: number;
  /**
   * What the tree would take if no other process shared its pages (mostly Node's own binary): all private pages, and
   * once the largest shared part. Does not depend on how many other runners are alive.
   */
  aloneBytes: number;
  processes: number;
}

/** USER_HZ, the unit of times in /proc/<pid>/stat: 100 on every Linux platform that Node supports. */
const TICKS_PER_SECOND = 100;
const MS_PER_TICK = 1000 / TICKS_PER_SECOND;
const NS_PER_MS = 1e6;
const BYTES_PER_KIB = 1024;

/** The process `pid` and its descendants; undefined without /proc, empty when all have gone. Zombies are included. */
export function readTree(pid: number): ProcessFacts[] | undefined {
  const all = readProcesses();
  if (all === undefined) return undefined;
  const children = new Map<number, ProcessFacts[]>();
  for (const process of all) {
    const siblings = children.get(process.parent);
    if (siblings === undefined) children.set(process.parent, [process]);
    else siblings.push(process);
  }
  const tree = all.filter((process) => process.pid === pid || process.session === pid);
  const known = new Set(tree.map((process) => process.pid));
  // The list grows while it is walked: breadth first.
  for (const process of tree) {
    for (const child of children.get(process.pid) ?? []) {
      if (known.has(child.pid)) continue;
      known.add(child.pid);
      tree.push(child);
    }
  }
  return tree;
}

/**
 * Processor time of the tree of `pid` in milliseconds, children that ended and were waited for included; undefined
 * without /proc. Resolution: 10 ms per process.
 */
export function treeCpuMs(pid: number): number | undefined {
  const tree = readTree(pid);
  if (tree === undefined || tree.length === 0) return undefined;
  return tree.reduce((sum, process) => sum + process.cpuTicks + process.waitedCpuTicks, 0) * MS_PER_TICK;
}

/**
 * Processor time of everything below `pid`, without `pid` itself (which knows its own better), in milliseconds; undefined
 * without /proc. Exact to the microsecond for live threads; a process that ended counts by what its parent was told, to
 * 10 ms. The difference of two readings is meant.
 */
export function descendantsCpuMs(pid: number): number | undefined {
  return readTree(pid)?.reduce((sum, process) => {
    const ownMs = process.pid === pid ? 0 : (threadsCpuMs(process.pid) ?? process.cpuTicks * MS_PER_TICK);
    return sum + ownMs + process.waitedCpuTicks * MS_PER_TICK;
  }, 0);
}

/** Time that the live threads of a process have run, from the scheduler; undefined where it does not tell. */
function threadsCpuMs(pid: number): number | undefined {
  let threads: string[];
  try {
    threads = readdirSync(`/proc/${pid}/task`);
  } catch {
    return undefined;
  }
  let totalNs = 0;
  for (const thread of threads) {
    const schedstat = readText(`/proc/${pid}/task/${thread}/schedstat`);
    if (schedstat === undefined) return undefined;
    totalNs += Number.parseInt(schedstat, 10);
  }
  return totalNs / NS_PER_MS;
}

/** Memory of each process of the tree of `pid`, the first is its own; empty where the system does not tell. */
export function readTreeProcesses(pid: number): ProcessMemory[] {
  const found: ProcessMemory[] = [];
  for (const process of readTree(pid) ?? []) {
    const rollup = readText(`/proc/${process.pid}/smaps_rollup`);
    if (rollup === undefined) continue;
    found.push({
      pid: process.pid,
      rssBytes: rollupBytes(rollup, 'Rss'),
      pssBytes: rollupBytes(rollup, 'Pss'),
      privateBytes: rollupBytes(rollup, 'Private_Clean') + rollupBytes(rollup, 'Private_Dirty'),
    });
  }
  return found.sort((a, b) => Number(b.pid === pid) - Number(a.pid === pid));
}

/** Memory of the tree of `pid`; undefined without /proc/<pid>/smaps_rollup or when the process has gone. */
export function readTreeMemory(pid: number): TreeMemory | undefined {
  const processes = readTreeProcesses(pid);
  if (processes.length === 0) return undefined;
  const total = (bytes: (one: ProcessMemory) => number): number => processes.reduce((sum, one) => sum + bytes(one), 0);
  const sharedBytesMax = Math.max(...processes.map(({ rssBytes, privateBytes }) => rssBytes - privateBytes));
  return {
    pssBytes: total(({ pssBytes }) => pssBytes),
    aloneBytes: total(({ privateBytes }) => privateBytes) + sharedBytesMax,
    processes: processes.length,
  };
}

/** Proportional set size of the tree of `pid` in bytes; undefined where the system does not tell. */
export function treePssBytes(pid: number): number | undefined {
  return readTreeMemory(pid)?.pssBytes;
}

/** Whether the very process that was read as `facts` still runs. A zombie does not. */
export function isAlive(facts: ProcessFacts): boolean {
  const now = readProcess(facts.pid);
  return now !== undefined && now.startTicks === facts.startTicks && now.state !== 'Z' && now.state !== 'X';
}

function readProcesses(): ProcessFacts[] | undefined {
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return undefined;
  }
  const found: ProcessFacts[] = [];
  for (const name of names) {
    if (!/^[0-9]+$/.test(name)) continue;
    const facts = readProcess(Number(name));
    if (facts !== undefined) found.push(facts);
  }
  return found.length === 0 ? undefined : found;
}

function readProcess(pid: number): ProcessFacts | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  return stat === undefined ? undefined : parseStat(stat);
}

/** Parses /proc/<pid>/stat. The command name stands in parentheses and may hold blanks and parentheses itself. */
export function parseStat(stat: string): ProcessFacts | undefined {
  const nameEnd = stat.lastIndexOf(')');
  const pid = Number.parseInt(stat, 10);
  if (nameEnd < 0 || !Number.isInteger(pid)) return undefined;
  // Fields are counted from 1 in proc(5); the state, field 3, is the first one after the name.
  const fields = stat.slice(nameEnd + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  return {
    pid,
    state: fields[0] ?? '',
    parent: field(4),
    group: field(5),
    session: field(6),
    cpuTicks: field(14) + field(15),
    waitedCpuTicks: field(16) + field(17),
    startTicks: field(22),
  };
}

function rollupBytes(rollup: string, name: string): number {
  const match = new RegExp(`^${name}:\\s+([0-9]+) kB$`, 'm').exec(rollup);
  return match === null ? 0 : Number(match[1]) * BYTES_PER_KIB;
}

/** Content of a file of /proc; undefined when the process has gone or may not be read. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
