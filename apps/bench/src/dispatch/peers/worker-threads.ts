import { Worker } from 'node:worker_threads';
import type { Answer, Request } from '../workers/request.ts';
import { PlainCalls } from './plain-calls.ts';
import { WORKERS, type OpenPool } from './pool-under-test.ts';

export const open: OpenPool = async () => {
  const calls = new PlainCalls();
  const workers = Array.from({ length: WORKERS }, () => {
    const worker = new Worker(new URL('../workers/plain-thread.js', import.meta.url));
    worker.on('message', (answer: Answer) => calls.settle(answer));
    worker.on('error', (error) => calls.fail(error));
    return worker;
  });
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  const send = (worker: number, request: Request): void => workers[worker]!.postMessage(request);
  const sendMoved = (worker: number, request: Request): void =>
    workers[worker]!.postMessage(request, [(request[2] as Float64Array).buffer as ArrayBuffer]);
  return {
    run: (name, argument) => calls.call(send, name, argument),
    bumpMoved: (array) => calls.call(sendMoved, 'bumpMoved', array),
    map: (_, items) => calls.map(send, items),
    close: () => Promise.all(workers.map((worker) => worker.terminate())),
  };
};
