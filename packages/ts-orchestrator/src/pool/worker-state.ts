/**
 * Life of a worker. The table is the only list of legal moves.
 *
 *   starting ──> ready <──> busy ──> retiring                takes no more, and ends after what it has
 *      │           │          │         │
 *      │           ├──────────┼─────────┴─> draining ──> stopped      asked to end: teardown runs
 *      └───────────┴──────────┴─(all)─────> ending ────> stopped      ended at once
 *            (every state) ───────────────> failed                    died by itself, never started, or could not be ended
 */
export type WorkerState = 'starting' | 'ready' | 'busy' | 'retiring' | 'draining' | 'ending' | 'stopped' | 'failed';

export const WORKER_MOVES: Readonly<Record<WorkerState, readonly WorkerState[]>> = {
  starting: ['ready', 'ending', 'failed'],
  ready: ['busy', 'draining', 'ending', 'failed'],
  busy: ['ready', 'retiring', 'ending', 'failed'],
  retiring: ['draining', 'ending', 'failed'],
  draining: ['stopped', 'ending', 'failed'],
  ending: ['stopped', 'failed'],
  stopped: [],
  failed: [],
};

export function canMoveWorker(from: WorkerState, to: WorkerState): boolean {
  return WORKER_MOVES[from].includes(to);
}
