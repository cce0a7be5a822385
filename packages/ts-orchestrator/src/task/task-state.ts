/**
 * Life of a task on the host's side. The table is the only list of legal moves.
 *
 *   queued ──> running ──> cancelling ──> settled
 *     │  ^        │  │                       ^
 *     │  └────────┘  └───────────────────────┤   running -> queued: its worker died before it began
 *     └──────────────────────────────────────┘
 */
export type TaskState = 'queued' | 'running' | 'cancelling' | 'settled';

const MOVES: Record<TaskState, readonly TaskState[]> = {
  queued: ['running', 'settled'],
  running: ['queued', 'cancelling', 'settled'],
  cancelling: ['settled'],
  settled: [],
};

export function canMoveTask(from: TaskState, to: TaskState): boolean {
  return MOVES[from].includes(to);
}
