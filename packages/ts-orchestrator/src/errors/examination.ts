/**
 * What was found out about a worker from outside, and the words for it in errors.
 */

/**
 * What a worker does, seen from outside.
 * - `busy`: it computes.
 * - `blocked`: it doesn't compute and its event loop doesn't answer: a lock, synchronous input or output, native code that waits.
 * - `parked`: its event loop is free; the task awaits something.
 * - `gone`: it has ended.
 * - `unknown`: this system doesn't tell.
 */
export type Verdict = 'busy' | 'blocked' | 'parked' | 'gone' | 'unknown';

/** The JavaScript stack of a worker, or why there is none. */
export type StackReading =
  | { readonly frames: readonly StackFrame[] }
  /** Completes "no JavaScript stack: …". */
  | { readonly missing: string };

export interface StackFrame {
  /** Empty when it has no name. */
  readonly functionName: string;
  readonly url: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** A worker at one moment. Plain data. */
export interface Examination {
  readonly verdict: Verdict;
  /** Its stack as in `Error.stack`, one `    at …` per line, innermost first; undefined when there is none to be had. */
  readonly workerStack: string | undefined;
  /** In words, e.g. `it was busy at spin (file:///tiles.tasks.js:12:3)`. */
  readonly summary: string;
}

/** Frames kept: what called what is clear long before, also in a deep recursion. */
const FRAMES_MAX = 50;

export function examinationOf(verdict: Verdict, stack: StackReading): Examination {
  if ('frames' in stack && stack.frames.length > 0) {
    const frames = stack.frames.slice(0, FRAMES_MAX);
    const place = describeFrame(frames.find(({ url }) => !url.startsWith('node:')) ?? frames[0]!);
    return {
      verdict,
      workerStack: frames.map((frame) => `    at ${describeFrame(frame)}`).join('\n'),
      summary: verdict === 'unknown' ? `it was at ${place}` : `it was ${verdict} at ${place}`,
    };
  }
  const missing = 'missing' in stack ? stack.missing : 'no JavaScript ran';
  return { verdict, workerStack: undefined, summary: withoutStack(verdict, missing) };
}

function withoutStack(verdict: Verdict, missing: string): string {
  switch (verdict) {
    case 'parked':
      return 'it was waiting: its event loop is free';
    case 'gone':
      return 'it had ended by itself';
    case 'unknown':
      return `no JavaScript stack: ${missing}`;
    case 'busy':
    case 'blocked':
      return `it was ${verdict}, no JavaScript stack: ${missing}`;
  }
}

/** As V8 writes it: `name (url:line:column)`, or the place alone. */
function describeFrame({ functionName, url, line, column }: StackFrame): string {
  const place = `${url === '' ? '<anonymous>' : url}:${line}:${column}`;
  return functionName === '' ? place : `${functionName} (${place})`;
}
