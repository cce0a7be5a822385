/**
 * Looks up what a launch needs on this machine and plans it.
 */
import fs from 'node:fs';
import { heddleError } from '../errors/errors.ts';
import { planLaunch, type Launch, type LaunchRequest } from './launch.ts';
import { findProgram, requireBubblewrap, requirePrlimit } from './programs.ts';
import { readableFolders } from './readable.ts';

export interface LaunchWish extends LaunchRequest {
  readonly moduleUrl: string;
  readonly rssMiB: number | undefined;
  readonly setprivPath: string | undefined;
}

const NO_FLAGS: ReadonlySet<string> = new Set();

/** @throws {HeddleError} HEDDLE_ISOLATION_UNAVAILABLE. */
export async function prepareLaunch(wish: LaunchWish): Promise<Launch> {
  const { isolation, cpuSeconds, rssMiB, moduleUrl, setprivPath } = wish;
  const isSandbox = isolation === 'sandbox';
  const nodePath = process.execPath;
  if (rssMiB !== undefined && !fs.existsSync('/proc/self/status'))
    throw heddleError('HEDDLE_ISOLATION_UNAVAILABLE', {
      what: 'limits.rssMiB',
      reason: 'a /proc that tells the memory of a process',
      instead: 'use limits.heapMiB',
    });
  const folders = isSandbox ? readableFolders(moduleUrl) : [];
  return planLaunch(wish, {
    nodePath,
    // Node makes this set when it is asked for, which takes a millisecond or two.
    nodeFlags: isSandbox ? process.allowedNodeEnvironmentFlags : NO_FLAGS,
    hostEnv: process.env,
    hostExecArgv: process.execArgv,
    setprivPath,
    prlimitPath: cpuSeconds === undefined ? undefined : requirePrlimit(),
    bwrapPath: isSandbox ? await requireBubblewrap(folders) : undefined,
    // A guard needs fork, which Windows has not.
    shPath: process.platform === 'win32' ? undefined : findProgram('sh'),
    folders,
  });
}
