/** Task module of the kinds with a pool. */
import { threadId } from 'node:worker_threads';
import { renderInvoice } from './page.ts';

/** A page, and who made it: process and thread. */
export interface Answer {
  html: string;
  worker: string;
}

export function answer(invoice: number): Answer {
  return { html: renderInvoice(invoice), worker: workerName() };
}

/** `<pid>`, or `<pid>/<thread>` in a worker thread. */
export function workerName(): string {
  return threadId === 0 ? String(process.pid) : `${process.pid}/${threadId}`;
}

/** What ends a worker thread: nobody outside of its process can. */
export function crash(): never {
  process.exit(1);
}
