/** An asynchronous request as a promise, with its time-out and signal. Whichever comes first decides, and leaves no listener behind. */
import { syncError } from '../errors.ts';
import type { WaitOptions } from '../options.ts';
import type { Outcome } from '../registry/sleep.ts';
import type { Request } from './local-line.ts';

/** Where a request waits. */
export interface Line {
  ask(request: Request): void;
  leave(request: Request): void;
}

/** Resolves with what the request was answered. @throws SYNC_TIMEOUT or the reason of `signal`; the request has then left the line. */
export function waitInLine(line: Line, what: string, amount: number, options: WaitOptions): Promise<Outcome> {
  const { timeoutMs, signal } = options;
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const clean = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    const request: Request = {
      amount,
      answer: (outcome) => {
        clean();
        resolve(outcome);
      },
    };
    const leave = (error: unknown) => {
      clean();
      line.leave(request);
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the reason of a signal is whatever its owner gave
      reject(error);
    };
    const onAbort = () => leave(signal!.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (timeoutMs !== Infinity) timer = setTimeout(() => leave(syncError('SYNC_TIMEOUT', what, timeoutMs)), timeoutMs);
    line.ask(request);
  });
}
