/**
 * Life of a task on the host's side. The table is the only list of legal moves.
 *
 *   queued <──> sent ──> running ──> cancelling ──> settled      every state may go to settled
 *    ^  ^                  │  │          │
 *    │  └──────────────────┘  │          │      its worker died, or left it out, before it began
 *    └── delayed <────────────┴──────────┘      failed, and is to run again: waits for its time
 *
 * sent: in a worker that has another before it; taken back, or its worker died, it is queued again. running: it may begin, as far as
 * the host knows.
 */
export type TaskState = 'queued' | 'sent' | 'running' | 'cancelling' | 'delayed' | 'settled';

const MOVES: Record<TaskState, readonly TaskState[]> = {
  queued: ['sent', 'running', 'settled'],
  sent: ['queued', 'running', 'settled'],
  running: ['queued', 'cancelling', 'delayed', 'settled'],
  cancelling: ['delayed', 'settled'],
  delayed: ['queued', 'settled'],
  settled: [],
};

/** The same table, to be read without a search: every task comes here three times. */
const IS_LEGAL = Object.fromEntries(
  Object.entries(MOVES).map(([from, moves]) => [from, Object.fromEntries(moves.map((to) => [to, true]))]),
) as Record<TaskState, Partial<Record<TaskState, true>>>;

export function canMoveTask(from: TaskState, to: TaskState): boolean {
  return IS_LEGAL[from][to] === true;
}
