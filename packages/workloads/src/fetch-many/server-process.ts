/** Starts and ends the server process of one contestant. */
import { fork } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { builtFile } from '../support/built-file.ts';

export interface ServerProcess {
  port: number;
  pid: number;
  /** Resolves once the process has ended. */
  close(): Promise<void>;
}

/** Resolves when the server listens; rejects if it ends first. */
export async function startServer(): Promise<ServerProcess> {
  const child = fork(builtFile('./server.js', import.meta.url), {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('message', (address) => resolve((address as AddressInfo).port));
    child.once('exit', (code, signal) => reject(new Error(`the server of fetch-many ended with ${signal ?? code}`)));
  });
  return {
    port,
    pid: child.pid!,
    close() {
      // It holds no state: nothing to wait for but its end.
      child.kill('SIGKILL');
      return ended;
    },
  };
}
