/**
 * The stack of a worker process. SIGUSR1 makes Node open an inspector; the address comes on the worker's stderr; a short-lived
 * process of its own reads the stack there and closes the inspector again.
 *
 *   idle ──SIGUSR1──> opening ──address──> probing ──probe ends──> idle
 *                        └── no address in time ──────────────────> idle
 *
 * A worker that runs native code opens its inspector only when it comes back, maybe long after; Node may also open it once more
 * after it was closed, when the loop of the worker turns. So the worker is told after every reading, and at every address that
 * nobody waits for, to close what is open.
 */
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../clock/clock.ts';
import type { StackReading } from '../errors/examination.ts';
import type { InspectorLines } from './inspector-lines.ts';
import { Turns } from './turns.ts';

/** A probe takes 40 MiB and a core for 0.1 s: when many workers have to be looked at together, they take turns. */
const PROBES_MAX = 4;
const turns = new Turns(PROBES_MAX);

export interface ProcessStackParts {
  readonly pid: number | undefined;
  /** Sees the worker's stderr. */
  readonly lines: InspectorLines;
  readonly clock: Clock;
  readonly probe: URL;
  /** Longest wait for the inspector to open, and for the probe, in milliseconds. */
  readonly openMs: number;
  readonly probeMs: number;
  /** Tells the worker to close its inspector. */
  readonly closeInspector: () => void;
}

export class ProcessStack {
  readonly #parts: ProcessStackParts;
  #onAddress: ((url: string) => void) | undefined;

  constructor(parts: ProcessStackParts) {
    this.#parts = parts;
    parts.lines.onListening = (url) => {
      if (this.#onAddress === undefined) parts.closeInspector();
      else this.#onAddress(url);
    };
  }

  /** Calls `done` once; the returned function gives up, and `done` is not called then. One reading at a time. */
  read(done: (reading: StackReading) => void): () => void {
    let giveUp: (() => void) | undefined;
    const leave = turns.take(() => {
      giveUp = this.#open((reading) => {
        leave();
        done(reading);
      });
    });
    return () => {
      giveUp?.();
      leave();
    };
  }

  #open(done: (reading: StackReading) => void): () => void {
    const { pid, lines, clock, openMs, closeInspector } = this.#parts;
    let endProbe: (() => void) | undefined;
    const late = clock.after(openMs, () =>
      answer({
        missing: `it opened no inspector within ${openMs} ms: it is in native code, or has taken SIGUSR1 over`,
      }),
    );
    let hasOpened = false;
    const end = () => {
      this.#onAddress = undefined;
      late.cancel();
      if (hasOpened) closeInspector();
    };
    const answer = (reading: StackReading) => {
      end();
      done(reading);
    };
    this.#onAddress = (url) => {
      hasOpened = true;
      this.#onAddress = undefined;
      late.cancel();
      endProbe = this.#probe(url, answer);
    };
    lines.arm();
    try {
      if (pid !== undefined) process.kill(pid, 'SIGUSR1');
    } catch {
      // It has ended; its exit is on the way.
    }
    return () => {
      endProbe?.();
      end();
    };
  }

  #probe(url: string, done: (reading: StackReading) => void): () => void {
    const { probe, probeMs } = this.#parts;
    const { spawn } = process.getBuiltinModule('node:child_process');
    let child: ChildProcess;
    try {
      child = spawn(process.execPath, [fileURLToPath(probe), url, String(probeMs)], {
        env: {},
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    } catch (error) {
      queueMicrotask(() => done({ missing: `the probe did not start: ${(error as Error).message}` }));
      return () => {};
    }
    let isOver = false;
    let text = '';
    const finish = (reading: StackReading) => {
      if (isOver) return;
      isOver = true;
      child.kill('SIGKILL');
      done(reading);
    };
    child.stdout!.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    child.once('error', (error) => finish({ missing: `the probe did not start: ${error.message}` }));
    child.once('close', () => finish(parseReading(text)));
    child.unref();
    (child.stdout as unknown as { unref?(): void }).unref?.();
    return () => {
      isOver = true;
      child.kill('SIGKILL');
    };
  }
}

function parseReading(text: string): StackReading {
  try {
    return JSON.parse(text) as StackReading;
  } catch {
    return { missing: 'the probe was ended' };
  }
}
