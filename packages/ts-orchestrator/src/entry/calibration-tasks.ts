/**
 * The task module of the thread whose start is measured.
 */
const { isMainThread } = process.getBuiltinModule('node:worker_threads');

export function nothing(): boolean {
  return isMainThread;
}
