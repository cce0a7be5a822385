// The part of autocannon that the load uses; the package brings no types.
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events';

  interface Options {
    url: string;
    connections: number;
    /** Seconds. */
    duration: number;
    /** Requests after which a connection is closed and opened again. */
    reconnectRate: number;
    /** Milliseconds between two looks at whether to stop. */
    sampleInt: number;
    requests: { path: string }[];
    setupClient(client: EventEmitter): void;
    /** False counts the answer as a mismatch. */
    verifyBody(body: string): boolean;
  }

  export default function autocannon(
    options: Options,
    done: (error: Error | null) => void,
  ): EventEmitter & { stop(): void };
}
