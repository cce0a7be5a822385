/**
 * `stream`: the items of one generator, with backpressure. The worker may be `STREAM_WINDOW` items ahead of the consumer; credit
 * goes back in halves, so that it costs one message for several items.
 */
import { STREAM_WINDOW } from '../clock/deadlines.ts';
import type { Outcome } from '../task/task.ts';

export interface StreamParts {
  readonly signal: AbortSignal | undefined;
  /** Keeps the program alive while the consumer waits, and only then: a stream that nobody reads on holds nothing. */
  readonly hold: (wait: Promise<void>) => Promise<void>;
  /** Submits the call; throws when it can't. */
  readonly submit: (
    onItem: (value: unknown) => void,
    onOutcome: (outcome: Outcome) => void,
  ) => { readonly addCredit: (items: number) => void; readonly cancel: () => void };
}

export async function* streamItems({ signal, hold, submit }: StreamParts): AsyncGenerator<unknown, void, undefined> {
  const items: unknown[] = [];
  let outcome: Outcome | undefined;
  let wake: (() => void) | undefined;
  let owed = 0;
  const change = () =>
    hold(
      new Promise<void>((resolve) => {
        wake = resolve;
      }),
    );
  const task = submit(
    (item) => {
      items.push(item);
      wake?.();
    },
    (result) => {
      outcome = result;
      wake?.();
    },
  );
  const settled = () => outcome as Outcome | undefined;
  try {
    for (;;) {
      // What a cancelled stream left behind is of no use to anyone.
      if (signal?.aborted === true && settled()?.ok === false) throw (settled() as { error: unknown }).error;
      if (items.length > 0) {
        const item = items.shift();
        if (++owed >= STREAM_WINDOW / 2 && settled() === undefined) {
          task.addCredit(owed);
          owed = 0;
        }
        yield item;
      } else if (settled() !== undefined) {
        const result = settled()!;
        if (!result.ok) throw result.error;
        return;
      } else await change();
    }
  } finally {
    if (settled() === undefined) {
      task.cancel();
      while (settled() === undefined) await change();
    }
  }
}
