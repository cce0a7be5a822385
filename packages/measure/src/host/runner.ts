/**
 * The host's side of one runner process: starts it, asks it (see `runner/protocol.ts`), ends it with all its children.
 *
 *     starting -> running -> ended        (`ended` is final; its cause is the first one)
 *
 * A runner is started as the leader of its own process group and session: one signal to the group reaches its children,
 * and Ctrl-C at the terminal reaches only the host, which decides. Every wait has an end: a reply, the death of the
 * runner, the time limit, or the abort of the comparison, whichever comes first.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ContestantSpec } from '../contestant.ts';
import type { ErrorReport } from '../errors.ts';
import { isReply, RUNNER_VARIABLE, type OperationName, type Operations, type Request } from '../runner/protocol.ts';
import { builtFile } from './built-file.ts';
import { isAlive, readTree, type ProcessFacts } from './process-tree.ts';
import type { Reaper } from './reaper.ts';

/** How much of a runner's output is kept for its error: the last 4 KiB of stdout and stderr together. */
const OUTPUT_TAIL_CHARS = 4096;
/** After the exit of a runner its pipes may be held open by an escaped child; its last output is awaited this long. */
const OUTPUT_GRACE_MS = 500;
/** Longest wait for killed processes to go, and the time between two looks. */
const GONE_LIMIT_MS = 5_000;
const GONE_POLL_MS = 2;

/** Failure of an operation: the contestant's own error, or one of ours with a code. */
export class RunnerFailure extends Error {
  readonly report: ErrorReport;
  constructor(report: ErrorReport) {
    super(report.message);
    this.name = report.name;
    this.report = report;
  }
}

interface Pending {
  id: number;
  resolve(output: unknown): void;
  reject(failure: RunnerFailure): void;
}

export class Runner {
  readonly label: string;
  readonly #child: ChildProcess;
  readonly #reaper: Reaper;
  readonly #exited: Promise<unknown>;
  readonly #outputEnded: Promise<unknown>;
  #outputTail = '';
  #nextId = 1;
  #pending: Pending | undefined;
  /** The runner's process tree, as it was when it was killed. */
  readonly #killed: ProcessFacts[] = [];
  /** Set once, when the process is known to be gone or is being ended: why. */
  #ended: ErrorReport | undefined;

  constructor(spec: ContestantSpec, reaper: Reaper) {
    this.label = spec.label;
    this.#reaper = reaper;
    const child = fork(fileURLToPath(builtFile('runner/runner-entry')), {
      detached: true,
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: spec.execArgv ?? [],
      env: { ...process.env, ...spec.env, [RUNNER_VARIABLE]: '1' },
    });
    this.#child = child;
    // A process that could not be started gives no 'exit'.
    const isStarted = child.pid !== undefined;
    this.#exited = isStarted ? new Promise((resolve) => child.once('exit', resolve)) : Promise.resolve();
    this.#outputEnded = isStarted ? new Promise((resolve) => child.once('close', resolve)) : Promise.resolve();
    if (child.pid !== undefined) reaper.watch(child.pid);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.#outputTail = (this.#outputTail + chunk).slice(-OUTPUT_TAIL_CHARS);
      });
    }
    child.on('message', (message) => this.#onMessage(message));
    child.on('error', (error) => {
      this.#fail({
        name: 'RunnerDiedError',
        code: 'HEDDLE_RUNNER_DIED',
        message: `the runner of "${this.label}" could not be reached: ${error.message}`,
      });
    });
    child.on('exit', (code, signal) => void this.#onExit(code, signal));
  }

  /** Process id; undefined when the process could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /**
   * Asks the runner one question and gives its answer. After `limitMs` the runner counts as hung and is ended.
   * Rejects with `RunnerFailure`. One question at a time.
   */
  async ask<K extends OperationName>(
    operation: K,
    input: Operations[K]['input'],
    limitMs: number,
  ): Promise<Operations[K]['output']> {
    if (this.#ended !== undefined) throw new RunnerFailure(this.#ended);
    const id = this.#nextId++;
    const request: Request<K> = { heddleMeasure: 'request', id, operation, input };
    const answered = new Promise<unknown>((resolve, reject) => {
      this.#pending = { id, resolve, reject };
    });
    const timer = setTimeout(() => {
      this.#fail({
        name: 'RunnerTimeoutError',
        code: 'HEDDLE_RUNNER_TIMEOUT',
        message: `${operation} of "${this.label}" did not end within ${limitMs} ms; its runner was ended`,
      });
    }, limitMs);
    try {
      // A failed send is followed by 'error' or 'exit', which settle the answer.
      this.#child.send(request, () => undefined);
      return (await answered) as Operations[K]['output'];
    } finally {
      clearTimeout(timer);
      this.#pending = undefined;
    }
  }

  /** Ends the runner and every process it started; resolves when they are gone. May be called at any time, and again. */
  async end(
    reason: ErrorReport = { name: 'RunnerEndedError', message: `the runner of "${this.label}" was ended` },
  ): Promise<void> {
    this.#fail(reason);
    await this.#exited;
    await allGone(this.#killed);
  }

  #onMessage(message: unknown): void {
    if (!isReply(message) || message.id !== this.#pending?.id) return;
    if (message.ok) this.#pending.resolve(message.output);
    else this.#pending.reject(new RunnerFailure(message.error));
  }

  async #onExit(code: number | null, signal: NodeJS.Signals | null): Promise<void> {
    const { pid } = this.#child;
    if (pid !== undefined) {
      // Children that outlived their runner.
      this.#killTree(pid);
      this.#reaper.forget(pid);
    }
    if (this.#ended !== undefined) return;
    // The last words of the process may still be in its pipes.
    await within(OUTPUT_GRACE_MS, this.#outputEnded);
    const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
    const tail = this.#outputTail.trim();
    this.#fail({
      name: 'RunnerDiedError',
      code: 'HEDDLE_RUNNER_DIED',
      message: `the runner of "${this.label}" ${how}${tail === '' ? '' : `; its last output:\n${tail}`}`,
    });
  }

  /** First cause wins: settles the open question and makes sure that the process tree is ended. */
  #fail(report: ErrorReport): void {
    this.#ended ??= report;
    this.#pending?.reject(new RunnerFailure(this.#ended));
    const { pid, exitCode, signalCode } = this.#child;
    if (pid !== undefined && exitCode === null && signalCode === null) this.#killTree(pid);
  }

  #killTree(pid: number): void {
    // Read before killing: a descendant in a session of its own is unreachable once its parent is gone.
    const tree = readTree(pid) ?? [];
    this.#killed.push(...tree);
    if (!killGroup(pid)) this.#child.kill('SIGKILL');
    for (const member of tree) {
      if (member.group !== pid && isAlive(member)) kill(member.pid);
    }
  }
}

/**
 * Resolves when killed processes have left the machine. Only a parent is told of the end of a process, so the others of
 * a tree are looked at: the kernel takes some milliseconds for a large one. One that is stuck in the kernel is given up.
 */
async function allGone(tree: readonly ProcessFacts[]): Promise<void> {
  const untilMs = performance.now() + GONE_LIMIT_MS;
  while (tree.some((member) => isAlive(member)) && performance.now() < untilMs) await sleep(GONE_POLL_MS);
}

/** Resolves when `event` does, or after `limitMs`. */
async function within(limitMs: number, event: Promise<unknown>): Promise<void> {
  const limit = new AbortController();
  const timer = sleep(limitMs, undefined, { signal: limit.signal }).catch(() => undefined);
  await Promise.race([event, timer]);
  limit.abort();
}

/** SIGKILL to a whole process group; false where there is no such group. */
function killGroup(leader: number): boolean {
  return process.platform !== 'win32' && kill(-leader);
}

function kill(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}
