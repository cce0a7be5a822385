/**
 * Takes over stdout and stderr: a task's results are the host's stdout, so whatever it prints goes to the host's stderr, named.
 * The task is known through its asynchronous context, also for a line printed after its end.
 */
import { taskRealm } from '../task/task-context.ts';

type WriteCallback = (error?: Error | null) => void;
type Write = (chunk: string | Uint8Array, encoding?: BufferEncoding | WriteCallback, done?: WriteCallback) => boolean;

/**
 * Redirects both streams: what a task prints goes to the task's own `print`, other text to `elsewhere`, or where it went before
 * when that isn't given. Returns the undoing.
 */
export function captureOutput(elsewhere?: (text: string) => void): () => void {
  const redirection = { elsewhere, isOn: true };
  const undo = (['stdout', 'stderr'] as const).map((name) =>
    mayExist() ? redirect(process[name], redirection) : redirectLater(name, redirection),
  );
  return () => {
    redirection.isOn = false;
    for (const each of undo) each();
  };
}

interface Redirection {
  readonly elsewhere: ((text: string) => void) | undefined;
  isOn: boolean;
}

function redirect(stream: NodeJS.WriteStream, redirection: Redirection): () => void {
  const original = stream.write as Write;
  const write: Write = (chunk, encoding, done) => {
    const task = redirection.isOn ? taskRealm.storage.getStore() : undefined;
    const print = task?.print ?? (redirection.isOn ? redirection.elsewhere : undefined);
    if (print === undefined) return original.call(stream, chunk, encoding, done);
    const text =
      typeof chunk === 'string' && (typeof encoding !== 'string' || /^utf-?8$/i.test(encoding))
        ? chunk
        : Buffer.from(chunk as string, typeof encoding === 'string' ? encoding : 'utf8').toString('utf8');
    print(text);
    const callback = typeof encoding === 'function' ? encoding : done;
    // null: no error. Console takes anything else for one, and adds a listener to the stream.
    if (callback !== undefined) process.nextTick(callback, null);
    return true;
  };
  stream.write = write as typeof stream.write;
  return () => {
    // Someone who took the stream over after us keeps it; ours only passes through from now on.
    if (stream.write === (write as typeof stream.write)) stream.write = original as typeof stream.write;
  };
}

/** Node makes a stream when it is first asked for, which takes 4 to 6 ms: a program that prints nothing needs none. */
function redirectLater(name: 'stdout' | 'stderr', redirection: Redirection): () => void {
  const before = Object.getOwnPropertyDescriptor(process, name);
  if (before?.get === undefined || !before.configurable) return redirect(process[name], redirection);
  let undo: (() => void) | undefined;
  const restore = () => {
    if (Object.getOwnPropertyDescriptor(process, name)?.get === get) Object.defineProperty(process, name, before);
  };
  // Someone who took the property over after us may ask again.
  const get = () => {
    restore();
    const stream = before.get!.call(process) as NodeJS.WriteStream;
    if (redirection.isOn) undo ??= redirect(stream, redirection);
    return stream;
  };
  Object.defineProperty(process, name, { ...before, get });
  return () => {
    restore();
    undo?.();
  };
}

/**
 * What Node makes the streams of: those of a terminal, of a file, of a pipe or a socket, and of a worker thread, which has them from its
 * start. While none of them is loaded, neither stream is there, so nobody holds one, console included.
 */
const STREAM_MODULES = new Set(
  ['tty', 'internal/fs/sync_write_stream', 'net', 'internal/worker/io'].map((name) => `NativeModule ${name}`),
);

function mayExist(): boolean {
  const { moduleLoadList } = process as { moduleLoadList?: unknown };
  return !Array.isArray(moduleLoadList) || moduleLoadList.some((name) => STREAM_MODULES.has(name as string));
}

let shares = 0;
let undoShared = () => {};

/** The same in the host, for inline tasks: in place as long as anyone needs it. */
export function shareCapturedOutput(): () => void {
  if (shares++ === 0) undoShared = captureOutput();
  let isMine = true;
  return () => {
    if (!isMine) return;
    isMine = false;
    if (--shares === 0) undoShared();
  };
}
