// What the calling thread and process can ask of the operating system.
import os from 'node:os';
import { checkInteger, wrongRange } from '../arguments.ts';
import { addon } from '../load-addon.ts';

/** Linux numbers its signals 1 to 64; 0 stands for "none". */
const SIGNAL_MAX = 64;
const PID_MAX = 2 ** 31 - 1;

function signalNumber(signal: number | NodeJS.Signals): number {
  if (typeof signal !== 'string') return checkInteger('setParentDeathSignal', 'signal', signal, 0, SIGNAL_MAX);
  const number = os.constants.signals[signal];
  if (number === undefined) {
    throw wrongRange('setParentDeathSignal', 'signal', 'be a signal of this system such as SIGKILL', `'${signal}'`);
  }
  return number;
}

/**
 * Asks the kernel to send this process `signal` (a name or a number; 0 takes the request back) when its parent ends,
 * however it ends. True when the request stands and the parent is still there.
 *
 * The signal follows the *thread* that started this process: a child of a worker thread gets it when that worker ends.
 * The request is not inherited by this process's own children and is lost when it executes another program.
 * `parentPid` is the parent as the caller knows it, 0 to 2^31 - 1; default: the parent now. When the parent has gone
 * already, the process has another one, nobody will send the signal, and the answer is false: pass the id that the
 * parent itself handed down to learn of a parent that died before this call.
 * Linux only; false elsewhere. Any thread; holds for the process.
 * Errors: TypeError, RangeError (`HEDDLE_ARGUMENT`), NativeUnavailableError. Cost: two system calls.
 */
export function setParentDeathSignal(signal: number | NodeJS.Signals, parentPid: number = process.ppid): boolean {
  const number = signalNumber(signal);
  const parent = checkInteger('setParentDeathSignal', 'parentPid', parentPid, 0, PID_MAX);
  return addon().setParentDeathSignal(number, parent);
}

/**
 * CPU time that the calling thread has used, in microseconds since it started: a worker thread asks for itself, while
 * `process.cpuUsage()` adds up all threads. Linux (resolution about 1 us) and macOS.
 * Errors: Error (`HEDDLE_UNSUPPORTED`) elsewhere, NativeUnavailableError. Cost: one system call.
 */
export function threadCpuTime(): { userUs: number; systemUs: number } {
  const time = addon().threadCpuTime();
  if (time !== undefined) return time;
  throw Object.assign(new Error(`threadCpuTime: ${process.platform} doesn't tell the CPU time of a thread`), {
    code: 'HEDDLE_UNSUPPORTED',
  });
}

/**
 * The kernel's number of the calling thread; on Linux the name of its folder in /proc/self/task, and the process id for
 * the main thread. Not the `threadId` of node:worker_threads.
 * Errors: NativeUnavailableError. Cost: one system call.
 */
export function threadId(): number {
  return addon().threadId();
}
