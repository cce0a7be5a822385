import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Answer, Request } from '../workers/request.ts';
import { PlainCalls } from './plain-calls.ts';
import { WORKERS, type OpenPool } from './pool-under-test.ts';

export const open: OpenPool = async ({ values }) => {
  const calls = new PlainCalls();
  const children = Array.from({ length: WORKERS }, () => {
    const child = fork(fileURLToPath(new URL('../workers/plain-process.js', import.meta.url)), {
      serialization: values === 'small' ? 'json' : 'advanced',
    });
    child.on('message', (answer) => calls.settle(answer as Answer));
    child.on('error', (error) => calls.fail(error));
    return child;
  });
  const send = (worker: number, request: Request): void => void children[worker]!.send(request);
  return {
    run: (name, argument) => calls.call(send, name, argument),
    map: (_, items) => calls.map(send, items),
    close: async () => children.forEach((child) => child.disconnect()),
  };
};
