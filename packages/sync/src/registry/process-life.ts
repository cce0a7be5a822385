/**
 * Which process is which, and whether it lives: by its number and the time at which it was started, since numbers come again. As the
 * kernel tells it in /proc, so it needs nobody who started the process, and nothing of the process itself.
 */
import fs from 'node:fs';

/** Two 32-bit words: 22 bits hold every process number of Linux, the rest the start in 1/100 s since the machine's. */
const PID_BITS = 22n;

/** Columns of /proc/<pid>/stat after the name, which is in brackets and may hold anything. */
const STATE = 0;
const THREADS = 17;
const START = 19;

/** One number for this process. @throws what reading /proc throws. */
export function ownIdentity(): bigint {
  return identityOf(process.pid, statOf('self'));
}

/** Where process numbers and start times mean the same: the inode numbers of these spaces. @throws what reading /proc throws. */
export function ownSpaces(): readonly number[] {
  return ['pid', 'time'].map((kind) => {
    const [, inode] = /\[(\d+)\]/.exec(fs.readlinkSync(`/proc/self/ns/${kind}`))!;
    return Number(inode) | 0;
  });
}

/** The number of the process. */
export function pidOf(identity: bigint): number {
  return Number(BigInt.asUintN(Number(PID_BITS), identity));
}

/** Has all of that process ended? When that can't be told it has not. */
export function hasEnded(identity: bigint): boolean {
  const pid = pidOf(identity);
  let stat: readonly string[];
  try {
    stat = statOf(pid);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return (code === 'ENOENT' || code === 'ESRCH') && !isThere(pid);
  }
  if (identityOf(pid, stat) !== identity) return true;
  // Its parent has not asked for it yet. With the main thread dead others may be at their last instruction still.
  return 'ZX'.includes(stat[STATE]!) && Number(stat[THREADS]) <= 1;
}

/** Processes of other users may be hidden in /proc; a signal that can't be sent says that they are there. */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function statOf(pid: number | 'self'): readonly string[] {
  const text = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function identityOf(pid: number, stat: readonly string[]): bigint {
  return BigInt.asIntN(64, (BigInt(stat[START]!) << PID_BITS) | BigInt(pid));
}
