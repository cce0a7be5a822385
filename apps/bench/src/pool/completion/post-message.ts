// A worker thread that is sent a number and answers with the next one, in order.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Calls } from './calls.ts';

const ANSWERS = `const { parentPort } = require('node:worker_threads');
parentPort.on('message', (value) => parentPort.postMessage(value + 1));
parentPort.postMessage('ready');`;

export async function open(): Promise<Calls> {
  // Options of whoever runs this are not for it.
  const worker = new Worker(ANSWERS, { eval: true, execArgv: [] });
  await once(worker, 'message');
  const waiting: ((value: number) => void)[] = [];
  let first = 0;
  worker.on('message', (value: number) => {
    waiting[first++]!(value);
    if (first < waiting.length) return;
    waiting.length = 0;
    first = 0;
  });
  return {
    call: (value) =>
      new Promise((resolve) => {
        waiting.push(resolve);
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread of worker_threads
        worker.postMessage(value);
      }),
    answer: (value) => value + 1,
    close: async () => void (await worker.terminate()),
  };
}
