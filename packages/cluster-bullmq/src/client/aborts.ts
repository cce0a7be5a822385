/** One listener per signal, however many runs hang on it, and none left behind when they are done: Node warns of many. */
interface Entry {
  readonly actions: Set<() => void>;
  readonly listener: () => void;
}
const entries = new WeakMap<AbortSignal, Entry>();

/** Calls `action` when `signal` is aborted, which it must not be yet. Returns the undoing. */
export function whenAborted(signal: AbortSignal, action: () => void): () => void {
  const entry = entries.get(signal) ?? listenTo(signal);
  entry.actions.add(action);
  return () => {
    entry.actions.delete(action);
    if (entry.actions.size > 0 || entries.get(signal) !== entry) return;
    entries.delete(signal);
    signal.removeEventListener('abort', entry.listener);
  };
}

function listenTo(signal: AbortSignal): Entry {
  const actions = new Set<() => void>();
  const listener = () => {
    entries.delete(signal);
    for (const action of actions) action();
  };
  const entry = { actions, listener };
  entries.set(signal, entry);
  signal.addEventListener('abort', listener, { once: true });
  return entry;
}
