/**
 * With which program and arguments a worker process starts: programs that each do one thing and then become the next, Node
 * last. Pure: what there is on this machine comes in as facts.
 *
 *   setpriv --pdeathsig KILL -- sh -c … prlimit --cpu=11: node --max-old-space-size=512 …
 *   setpriv --pdeathsig KILL -- prlimit --cpu=11: bwrap … node --permission …
 */
import { CPU_START_SECONDS } from '../clock/deadlines.ts';
import { uvThreadsOf } from './budget.ts';
import { cleanEnvironment } from './environment.ts';
import { guardWords } from './guard.ts';
import { inheritedExecArgv } from './node-options.ts';
import { bubblewrapArgs, permissionFlags, SANDBOX_TMP } from './sandbox.ts';
import type { IsolationLevel } from './levels.ts';

/** What the caller asked for. */
export interface LaunchRequest {
  /** Below 'process': a plain child, with this program's environment. */
  readonly isolation: IsolationLevel;
  readonly env: Readonly<Record<string, string>> | undefined;
  readonly execArgv: readonly string[] | undefined;
  /** Node's options for a worker whose stack can be read from outside; none: it shall not be. */
  readonly inspectableArgv: readonly string[];
  readonly heapMiB: number | undefined;
  readonly cpuSeconds: number | undefined;
  /** Cores that each worker may use, at most; undefined: all. */
  readonly coresMost: number | undefined;
}

/** What there is. Paths of programs; undefined: not there, or not wanted. */
export interface LaunchFacts {
  readonly nodePath: string;
  readonly nodeFlags: ReadonlySet<string>;
  readonly hostEnv: NodeJS.ProcessEnv;
  readonly hostExecArgv: readonly string[];
  readonly setprivPath: string | undefined;
  readonly prlimitPath: string | undefined;
  readonly bwrapPath: string | undefined;
  readonly shPath: string | undefined;
  /** Folders that a sandbox may read. */
  readonly folders: readonly string[];
}

export interface Launch {
  /** Program and arguments, up to the script, of the worker with this mark. */
  readonly wordsFor: (mark: string) => [string, ...string[]];
  /** Undefined: a copy of this program's. */
  readonly env: Readonly<Record<string, string>> | undefined;
  /** Of libuv, unless the environment says so already; undefined: Node's default. See budget.ts. */
  readonly uvThreads: string | undefined;
  /** Its stack can be read through an inspector, opened for as long as that takes. */
  readonly isInspectable: boolean;
  /** Descriptor GUARD_FD of the child must be a pipe to this program. */
  readonly isGuarded: boolean;
  /** A group of its own with nothing of this program left open in it; what leaves the group is looked for. */
  readonly isIsolated: boolean;
  /** Raises the limit of CPU time, when there is one. */
  readonly prlimitPath: string | undefined;
  /** Node is not the process that is started but one that it starts. */
  readonly isNested: boolean;
}

/** An inspector of the user's own, or none at all, stays as it is. */
const FOREIGN_INSPECTOR = /^--(?:inspect|disable-sigusr1)/;

export function planLaunch(request: LaunchRequest, facts: LaunchFacts): Launch {
  const { isolation, env, execArgv, inspectableArgv, heapMiB, cpuSeconds, coresMost } = request;
  const { nodePath, nodeFlags, hostEnv, hostExecArgv, setprivPath, prlimitPath, bwrapPath, shPath, folders } = facts;
  const isSandbox = isolation === 'sandbox';
  const isIsolated = isSandbox || isolation === 'process';
  // The process namespace of a sandbox ends with its first process: nothing in it needs a guard.
  const isGuarded = isolation === 'process' && shPath !== undefined;
  const words: string[] = [];
  // The soft limit alone: it can be raised again after each task, and its signal tells what happened.
  if (cpuSeconds !== undefined) words.push(prlimitPath!, `--cpu=${cpuSeconds + CPU_START_SECONDS}:`);
  if (isSandbox) words.push(bwrapPath!, ...bubblewrapArgs(folders, nodePath));
  const nodeArgs = execArgv ?? inheritedExecArgv(hostExecArgv);
  const isInspectable =
    !isSandbox && inspectableArgv.length > 0 && !nodeArgs.some((word) => FOREIGN_INSPECTOR.test(word));
  words.push(nodePath, ...(isInspectable ? inspectableArgv : []), ...nodeArgs);
  if (heapMiB !== undefined) words.push(`--max-old-space-size=${heapMiB}`);
  if (isSandbox) words.push(...permissionFlags(folders, nodeFlags));
  const parentDeath = setprivPath === undefined ? [] : [setprivPath, '--pdeathsig', 'KILL', '--'];
  return {
    wordsFor: (mark) =>
      [...parentDeath, ...(isGuarded ? guardWords(shPath, mark) : []), ...words] as [string, ...string[]],
    env: isIsolated ? cleanEnvironment(hostEnv, { ...env, ...(isSandbox ? { TMPDIR: SANDBOX_TMP } : {}) }) : env,
    uvThreads: coresMost === undefined ? undefined : uvThreadsOf(coresMost),
    isInspectable,
    isGuarded,
    isIsolated,
    prlimitPath,
    isNested: isSandbox,
  };
}
