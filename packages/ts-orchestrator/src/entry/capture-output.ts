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
  let isOn = true;
  const undo = [process.stdout, process.stderr].map((stream) => {
    const original = stream.write as Write;
    const write: Write = (chunk, encoding, done) => {
      const task = isOn ? taskRealm.storage.getStore() : undefined;
      const print = task?.print ?? (isOn ? elsewhere : undefined);
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
  });
  return () => {
    isOn = false;
    for (const each of undo) each();
  };
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
