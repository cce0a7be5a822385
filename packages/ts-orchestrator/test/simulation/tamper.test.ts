/**
 * The simulation finds faults: the pool is broken on purpose, one way after the other, and random schedules must show it.
 */
import { expect, it } from 'vitest';
import type { Link, Transport } from '../../src/transport/transport.ts';
import type { HostWords } from '../../src/transport/worker-words.ts';
import { randomPlan } from './random-plan.ts';
import { runPlan, type Tamper } from './run-plan.ts';

/** Every fault below shows within this many schedules. */
const SCHEDULES_MAX = 300;

/** Every n-th time something else happens. */
function everyNth(n: number): () => boolean {
  let count = 0;
  return () => ++count % n === 0;
}

const withLinks = (change: (link: Link) => Partial<Link>): Tamper => ({
  transport: (transport: Transport): Transport => ({
    ...transport,
    start(order, events) {
      const link = transport.start(order, events);
      const { pid, threadId, words } = link;
      const plain: Link = {
        pid,
        threadId,
        words,
        send: (...args) => link.send(...args),
        kill: () => link.kill(),
        abandon: () => link.abandon(),
      };
      return { ...plain, ...change(link) };
    },
  }),
});

const withWords = (change: (words: HostWords) => Partial<HostWords>): Tamper =>
  withLinks(({ words }) => {
    if (words === undefined) return {};
    const plain: HostWords = {
      elapsedMs: (seq) => words.elapsedMs(seq),
      revoke: (seq) => words.revoke(seq),
    };
    return { words: { ...plain, ...change(words) } };
  });

const FAULTS: ReadonlyArray<readonly [what: string, expected: RegExp, tamper: () => Tamper]> = [
  [
    'tells an outcome twice',
    /has a second outcome/,
    () => {
      const isTime = everyNth(7);
      return {
        onOutcome(outcome, tell) {
          tell(outcome);
          if (isTime()) tell(outcome);
        },
      };
    },
  ],
  [
    'forgets an outcome',
    /calls never end|has no outcome/,
    () => {
      const isTime = everyNth(7);
      return {
        onOutcome(outcome, tell) {
          if (!isTime()) tell(outcome);
        },
      };
    },
  ],
  [
    'hands out the result of another task',
    /not computed for it/,
    () => {
      let last: unknown = 'nobody’s';
      return {
        onOutcome(outcome, tell) {
          if (!outcome.ok || outcome.value === undefined) return tell(outcome);
          tell({ ok: true, value: last });
          last = outcome.value;
        },
      };
    },
  ],
  ['resends a task that had begun', /begins 2 times/, () => withWords(() => ({ elapsedMs: () => undefined }))],
  ['blames a task that had not begun', /had not begun it/, () => withWords(() => ({ elapsedMs: () => 1 }))],
  [
    'believes that it has taken back a task that begins',
    /begins 2 times|the second while it runs|still runs in worker|from which it was taken back/,
    () => withWords((words) => ({ revoke: (seq) => Math.min(0, words.revoke(seq)) })),
  ],
  [
    'runs what was taken back',
    /begins 2 times|the second while it runs|still runs in worker|had its outcome before/,
    () => withWords(() => ({ revoke: () => 0 })),
  ],
  [
    'takes the item of a batch that runs for one that does not',
    /begins 2 times|the second while it runs|still runs in worker|from which it was taken back/,
    () =>
      withWords((words) => ({
        revoke(seq) {
          const begun = words.revoke(seq);
          return begun > 1 ? begun - 1 : begun;
        },
      })),
  ],
  ['does not end a worker that must be ended', /was never killed/, () => withLinks(() => ({ kill() {} }))],
  [
    'leaks a hold',
    /holds: \d+ are left/,
    () => {
      const isTime = everyNth(7);
      return {
        release(release) {
          if (!isTime()) release();
        },
      };
    },
  ],
  [
    'forgets a timer',
    /never end|is left|after it was to stop/,
    () => {
      const isTime = everyNth(5);
      return {
        clock: (clock) => ({
          now: () => clock.now(),
          after: (delayMs, fire) => (isTime() ? { cancel() {} } : clock.after(delayMs, fire)),
          afterArrivals: (fire) => clock.afterArrivals(fire),
        }),
      };
    },
  ],
  [
    'lets a timer fire early',
    /its time-out is/,
    () => ({
      clock: (clock) => ({
        now: () => clock.now(),
        after: (delayMs, fire) => clock.after(delayMs / 2, fire),
        afterArrivals: (fire) => clock.afterArrivals(fire),
      }),
    }),
  ],
  [
    'leaves a timer behind',
    /timers are left/,
    () => {
      const isTime = everyNth(50);
      return {
        clock: (clock) => ({
          now: () => clock.now(),
          after: (delayMs, fire) => {
            const timer = clock.after(delayMs, fire);
            return isTime() ? { cancel() {} } : timer;
          },
          afterArrivals: (fire) => clock.afterArrivals(fire),
        }),
      };
    },
  ],
];

it.each(FAULTS)('finds a pool that %s', async (_what, expected, tamper) => {
  const found = new Set<string>();
  for (let seed = 1; seed <= SCHEDULES_MAX; seed++) {
    const { violations } = await runPlan(randomPlan(seed), tamper());
    for (const violation of violations) found.add(violation);
    if (violations.some((violation) => expected.test(violation))) return;
  }
  expect([...found].slice(0, 10), `nothing like ${expected}`).toContain(expected);
});
