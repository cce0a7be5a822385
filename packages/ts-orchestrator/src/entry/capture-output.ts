/**
 * Takes over stdout and stderr of a worker: a task's results are the host's stdout, so whatever it prints goes to the
 * host's stderr, named. The task is known through its asynchronous context, also for a line printed after its end.
 */
import { taskRealm } from '../task/task-context.ts';

export type PrintSink = (task: string | undefined, text: string) => void;
type WriteCallback = (error?: Error | null) => void;

/** Redirects both streams to `sink`. With `onlyInTask`, text from outside any task goes where it went before. */
export function captureOutput(sink: PrintSink, { onlyInTask = false } = {}): () => void {
  const restore = [process.stdout, process.stderr].map((stream) => {
    const original = stream.write;
    const write = (
      chunk: string | Uint8Array,
      encoding?: BufferEncoding | WriteCallback,
      done?: WriteCallback,
    ): boolean => {
      const task = taskRealm.storage.getStore();
      if (onlyInTask && task === undefined)
        return (original as (...args: unknown[]) => boolean).call(stream, chunk, encoding, done);
      const asEncoding = typeof encoding === 'string' ? encoding : 'utf8';
      sink(
        task?.name,
        typeof chunk === 'string' && (asEncoding === 'utf8' || asEncoding === 'utf-8')
          ? chunk
          : Buffer.from(chunk as string, asEncoding).toString('utf8'),
      );
      const callback = typeof encoding === 'function' ? encoding : done;
      if (callback !== undefined) process.nextTick(callback);
      return true;
    };
    stream.write = write as typeof stream.write;
    return () => {
      if (stream.write === (write as typeof stream.write)) stream.write = original;
    };
  });
  return () => restore.forEach((undo) => undo());
}
