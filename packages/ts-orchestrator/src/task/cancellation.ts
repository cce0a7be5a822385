/**
 * One listener per signal, however many tasks hang on it, and none left behind when they are done.
 */
export class AbortRegistry {
  readonly #entries = new Map<
    AbortSignal,
    { readonly actions: Set<(reason: unknown) => void>; listener: () => void }
  >();

  /** Calls `action` when `signal` is aborted. Returns the undoing. The signal must not be aborted yet. */
  add(signal: AbortSignal, action: (reason: unknown) => void): () => void {
    let entry = this.#entries.get(signal);
    if (entry === undefined) {
      const actions = new Set<(reason: unknown) => void>();
      const listener = () => {
        this.#entries.delete(signal);
        for (const each of actions) each(signal.reason);
      };
      entry = { actions, listener };
      this.#entries.set(signal, entry);
      signal.addEventListener('abort', listener, { once: true });
    }
    const { actions, listener } = entry;
    actions.add(action);
    return () => {
      actions.delete(action);
      if (actions.size > 0 || this.#entries.get(signal)?.actions !== actions) return;
      this.#entries.delete(signal);
      signal.removeEventListener('abort', listener);
    };
  }
}
