/** Asynchronous waits as promises, with time-out and signal. Whichever comes first decides, and leaves no listener behind. */
import { syncError } from '../errors.ts';
import type { WaitOptions } from '../options.ts';
import type { News } from '../registry/news.ts';
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

/** Until `look` gives true, which it does at most once; gives why the wait is over when that came first. `look` is then called no more. */
export function waitForNews(
  news: News,
  look: () => boolean,
  { timeoutMs, signal }: WaitOptions,
): Promise<'timed out' | 'aborted' | undefined> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const end = (over?: 'timed out' | 'aborted') => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      news.leave(lookOnce);
      resolve(over);
    };
    const lookOnce = () => {
      const isSo = look();
      if (isSo) end();
      return isSo;
    };
    const onAbort = () => end('aborted');
    if (signal?.aborted === true) return end('aborted');
    signal?.addEventListener('abort', onAbort, { once: true });
    if (timeoutMs !== Infinity) timer = setTimeout(() => end('timed out'), Math.max(0, timeoutMs));
    news.wait(lookOnce);
  });
}
