/** Requests to a server in another process, which answers each after a fixed delay: all waiting, hardly any work. */
import { createHash } from 'node:crypto';

export interface FetchManySize {
  [key: string]: number;
  requests: number;
}

const FULL_REQUESTS = 500;
/** Sockets open at once, over all workers of a variant together, so that no kind asks the server for more than another. */
export const SOCKETS = 50;
/** How long the server waits before it answers. */
export const ANSWER_DELAY_MS = 20;

/** In whole waves of SOCKETS requests: a wave takes one delay. */
export function sizeOf(work: number): FetchManySize {
  return { requests: Math.max(1, Math.round((FULL_REQUESTS * work) / SOCKETS)) * SOCKETS };
}

/** Two waves. */
export const minimumWork = (2 * SOCKETS) / FULL_REQUESTS;

/** What the server answers for an item: a record of about 1 KB with a checksum of its text. */
export function itemBody(id: number): string {
  const text = Array.from({ length: 24 }, (_, line) => digestLine(id, line)).join('\n');
  return JSON.stringify({ id, text, sha256: createHash('sha256').update(text).digest('hex') });
}

function digestLine(id: number, line: number): string {
  return createHash('md5').update(`${id}/${line}`).digest('hex');
}
