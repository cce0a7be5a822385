/** Starts and ends the two programs of one contestant: the service, started again when it dies, and the load. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { builtFile } from '../support/built-file.ts';
import type { LoadOrder, LoadReport } from './load.ts';

/** A service that has not ended by itself after its channel closed is killed. */
const CLOSE_LIMIT_MS = 3_000;

function start(name: string, args: readonly string[]): ChildProcess {
  return fork(builtFile(`./${name}.js`, import.meta.url), [...args], {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  const limit = setTimeout(() => child.kill('SIGKILL'), CLOSE_LIMIT_MS);
  if (child.connected) child.disconnect();
  await ended;
  clearTimeout(limit);
}

/** The next message of the child; rejects if it ends first. */
function nextMessage<T>(child: ChildProcess, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null, signal: string | null): void =>
      settle(() => reject(new Error(`the ${what} of http-service ended with ${signal ?? code}`)));
    const onMessage = (message: unknown): void => settle(() => resolve(message as T));
    const settle = (action: () => void): void => {
      child.off('exit', onExit).off('message', onMessage);
      action();
    };
    child.on('exit', onExit).on('message', onMessage);
  });
}

export interface Programs {
  run(order: Omit<LoadOrder, 'port'>): Promise<LoadReport>;
  /** Resolves once both have ended. */
  close(): Promise<void>;
}

/** Resolves when the service has all its workers. A service that dies later is started again, as any service manager would. */
export async function startPrograms(kind: string, workers: number): Promise<Programs> {
  let isClosing = false;
  let port = 0;
  let service: ChildProcess;
  const startService = async (): Promise<void> => {
    service = start('service', [kind, String(workers), String(port)]);
    port = await nextMessage<number>(service, 'service');
    service.once('exit', () => {
      // A second failure shows in the load: nobody answers.
      if (!isClosing) startService().catch(() => undefined);
    });
  };
  await startService();
  const load = start('load', []);
  return {
    async run(order) {
      const reply = nextMessage<{ report: LoadReport } | { error: string }>(load, 'load');
      load.send({ ...order, port });
      const answer = await reply;
      if ('error' in answer) throw new Error(`the load of http-service: ${answer.error}`);
      return answer.report;
    },
    async close() {
      isClosing = true;
      await Promise.all([end(load), end(service)]);
    },
  };
}
