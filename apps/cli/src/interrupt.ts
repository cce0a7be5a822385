// Ctrl-C: the first asks to stop in order, the second ends at once.
import { EXIT } from './exit-codes.ts';

export interface Interrupt {
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Stops listening; a command calls it when its work is done. */
  release(): void;
}

/**
 * Listens for SIGINT and SIGTERM. The first one aborts `signal` and says `notice` on stderr; the second one runs
 * `kill` (end what still runs) and leaves with the code of the table.
 */
export function onInterrupt(notice: string, kill: () => void): Interrupt {
  const controller = new AbortController();
  const listener = () => {
    if (controller.signal.aborted) {
      kill();
      process.exit(EXIT.interrupted.code);
    }
    process.stderr.write(`\n${notice}\n`);
    controller.abort(new Error('interrupted'));
  };
  process.on('SIGINT', listener).on('SIGTERM', listener);
  return {
    signal: controller.signal,
    release() {
      process.off('SIGINT', listener).off('SIGTERM', listener);
    },
  };
}
