/**
 * What happened in a schedule, in order: written by the simulated wire, the workers and the callers, read by the checker.
 * `key` is the number of a task as its caller knows it, `link` the number of a started worker.
 */
import type { Outcome } from '../../src/task/task.ts';

export type HistoryEvent =
  // callers
  | { e: 'open-ended'; error: unknown }
  | { e: 'submit'; call: 'run' | 'map' | 'stream'; key: number }
  /** The pool has taken it over; from now on it has one outcome. */
  | { e: 'taken'; key: number; isBounded: boolean }
  /** What the pool gives to the call; the caller of a map sees it later, or never. */
  | { e: 'outcome'; key: number; outcome: Outcome }
  | { e: 'cancel'; key: number; why: 'abort' | 'left' | 'progress' }
  | { e: 'settle'; key: number; ok: true; value: unknown }
  | { e: 'settle'; key: number; ok: false; error: unknown }
  | { e: 'item'; key: number; value: unknown }
  | { e: 'pull'; map: number; key: number }
  | { e: 'map-ended'; map: number; error: unknown }
  | { e: 'drain' | 'drained' }
  | { e: 'closed'; pendingTimers: number }
  | { e: 'close'; cancel: boolean }
  | { e: 'close-failed'; error: unknown; pendingTimers: number }
  | { e: 'look'; look: Look }
  /** Nothing will happen any more. */
  | { e: 'rest'; look: Look; pendingCalls: number }
  | { e: 'host-threw'; error: unknown }
  // host to worker
  | { e: 'start'; link: number; worker: number }
  /** `isMovable`: were this worker to die before it begins, another could get it. */
  | { e: 'send'; link: number; key: number; id: number; attempt: number; isMovable: boolean; canGoAhead: boolean }
  /** The host takes a task back; `isSure`: its words prove that it will not begin there. */
  | { e: 'revoke'; link: number; key: number; id: number; isSure: boolean }
  | { e: 'send-cancel'; link: number; key: number }
  | { e: 'send-credit'; link: number; key: number; items: number }
  | { e: 'send-stop' | 'kill' | 'abandon'; link: number }
  // worker
  | { e: 'ready-told'; link: number }
  | { e: 'run-time-told'; link: number; ms: number }
  /** It has written that the task begins, and looks whether it was taken back. */
  | { e: 'claim'; link: number; key: number }
  | { e: 'begin'; link: number; key: number; id?: number; attempt: number }
  /** The worker leaves it out. */
  | { e: 'skip'; link: number; key: number }
  | { e: 'end'; link: number; key: number; attempt: number; ok: boolean }
  | { e: 'dead'; link: number }
  // worker to host
  | { e: 'reply-told' | 'exit-told'; link: number; key?: number }
  /** It has left a task out. */
  | { e: 'skip-told'; link: number; key: number; id: number }
  // calls of tasks by tasks: told to the host, and answered
  | { e: 'call-told'; link: number; key: number; parent: number }
  | { e: 'called'; link: number; key: number; outcome: Outcome };

export type HistoryRecord = HistoryEvent & { readonly at: number };

export type SettleRecord = Extract<HistoryRecord, { e: 'settle' }>;

/** One moment of the pool as its owner sees it, and what it holds. */
export interface Look {
  readonly state: string;
  readonly tasks: Readonly<
    Record<'submitted' | 'succeeded' | 'failed' | 'cancelled' | 'timedOut' | 'queued' | 'delayed' | 'running', number>
  >;
  readonly liveStates: readonly string[];
  /** Ready workers in reserve. */
  readonly spares: number;
  readonly holds: number;
  readonly pendingTimers: number;
  readonly listeners: number;
}

export class History {
  readonly records: HistoryRecord[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  add(event: HistoryEvent): void {
    (event as { at?: number }).at = this.#now();
    this.records.push(event as HistoryRecord);
  }
}

/** One line per record, for a person. */
export function formatHistory(records: readonly HistoryRecord[]): string {
  return records
    .map(({ at, e, ...rest }) => {
      const details = Object.entries(rest).map(([name, value]) => `${name}=${show(value)}`);
      return `${String(Number(at.toFixed(3))).padStart(8)} ms  ${e.padEnd(12)} ${details.join(' ')}`;
    })
    .join('\n');
}

function show(value: unknown): string {
  if (value instanceof Error) {
    const code = (value as { code?: unknown }).code;
    return `<${typeof code === 'string' ? code : value.name}: ${value.message}>`;
  }
  return JSON.stringify(value) ?? 'undefined';
}
