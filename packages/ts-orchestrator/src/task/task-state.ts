/**
 * Life of a task on the host's side. The table is the only list of legal moves.
 *
 *   queued ──> running ──> cancelling ──> settled      every state may go to settled
 *    ^  ^         │  │          │
 *    │  └─────────┘  │          │      its worker died before it began
 *    └── delayed <───┴──────────┘      failed, and is to run again: waits for its time
 */
export type TaskState = 'queued' | 'running' | 'cancelling' | 'delayed' | 'settled';

const MOVES: Record<TaskState, readonly TaskState[]> = {
  queued: ['running', 'settled'],
  running: ['queued', 'cancelling', 'delayed', 'settled'],
  cancelling: ['delayed', 'settled'],
  delayed: ['queued', 'settled'],
  settled: [],
};

export function canMoveTask(from: TaskState, to: TaskState): boolean {
  return MOVES[from].includes(to);
}
