/**
 * Life of a worker. The table is the only list of legal moves.
 *
 *   starting ──> ready <──> busy
 *      │           │          │
 *      │           ├──────────┼──> draining ──> stopped      asked to end: teardown runs
 *      └───────────┴──────────┴──> ending ────> stopped      ended at once
 *            (every state) ──────> failed                    died by itself, never started, or could not be ended
 */
export type WorkerState = 'starting' | 'ready' | 'busy' | 'draining' | 'ending' | 'stopped' | 'failed';

const MOVES: Record<WorkerState, readonly WorkerState[]> = {
  starting: ['ready', 'ending', 'failed'],
  ready: ['busy', 'draining', 'ending', 'failed'],
  busy: ['ready', 'ending', 'failed'],
  draining: ['stopped', 'ending', 'failed'],
  ending: ['stopped', 'failed'],
  stopped: [],
  failed: [],
};

export function canMoveWorker(from: WorkerState, to: WorkerState): boolean {
  return MOVES[from].includes(to);
}
