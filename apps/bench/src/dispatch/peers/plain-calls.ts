// The calls of plain workers: numbered, sent at once, to the workers in turn.
import type { Answer, Request } from '../workers/request.ts';
import { WORKERS } from './pool-under-test.ts';

/** Items in one message of a map. */
const CHUNK_ITEMS = 1_000;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export class PlainCalls {
  #next = 0;
  readonly #waiting = new Map<number, Waiting>();

  /** `send(worker, request)` gives the request to one of the workers. */
  call(send: (worker: number, request: Request) => void, name: Request[1], argument: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      this.#waiting.set(id, { resolve, reject });
      send(id % WORKERS, [id, name, argument]);
    });
  }

  settle([id, value]: Answer): void {
    this.#waiting.get(id)?.resolve(value);
    this.#waiting.delete(id);
  }

  /** A worker has failed. */
  fail(error: unknown): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  /** A map in chunks, all sent at once. */
  async map(send: (worker: number, request: Request) => void, items: readonly number[]): Promise<unknown[]> {
    const chunks: Promise<unknown>[] = [];
    for (let at = 0; at < items.length; at += CHUNK_ITEMS)
      chunks.push(this.call(send, 'increments', items.slice(at, at + CHUNK_ITEMS)));
    return ((await Promise.all(chunks)) as unknown[][]).flat();
  }
}
