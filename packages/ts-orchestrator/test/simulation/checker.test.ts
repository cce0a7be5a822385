/**
 * The checker is handed histories in which one promise is broken.
 */
import { expect, it } from 'vitest';
import { heddleError } from '../../src/errors/errors.ts';
import { check, type Promised } from './checker.ts';
import type { HistoryEvent, Look } from './history.ts';

const PROMISED: Promised = {
  backend: 'processes',
  workersMax: 1,
  tasksPerWorker: 1,
  spares: 0,
  hasWords: true,
  restartCount: 5,
  queueLimit: 10,
  mapWindow: 2,
  retriesOf: () => 0,
  timeoutMsOf: () => undefined,
  priorityOf: (key) => (key === 9 ? 1 : 0),
  itemsOf: () => 2,
  stopMsMax: 10,
};

const STATS = { submitted: 0, succeeded: 0, failed: 0, cancelled: 0, timedOut: 0, queued: 0, delayed: 0, running: 0 };
const CLEAN: Look = {
  state: 'closed',
  tasks: STATS,
  liveStates: [],
  spares: 0,
  holds: 0,
  pendingTimers: 0,
  listeners: 0,
};

const died = new Error('died');
Object.assign(died, { code: 'HEDDLE_WORKER_DIED' });
const cancelled = heddleError('HEDDLE_TASK_CANCELLED', { name: 'f', reason: 'test' });

const started = (link: number): HistoryEvent[] => [
  { e: 'start', link, worker: link },
  { e: 'ready-told', link },
];
const taken = (key: number): HistoryEvent[] => [
  { e: 'submit', call: 'run', key },
  { e: 'taken', key, isBounded: false },
];
const send = (link: number, key: number, attempt = 1): HistoryEvent => ({
  e: 'send',
  link,
  key,
  id: key,
  attempt,
  isMovable: true,
  canGoAhead: false,
});
const begin = (link: number, key: number, attempt = 1): HistoryEvent => ({ e: 'begin', link, key, attempt });
const ended = (link: number, key: number): HistoryEvent[] => [
  { e: 'end', link, key, attempt: 1, ok: true },
  { e: 'reply-told', link, key },
];
const value = (link: number, key: number): HistoryEvent[] => [
  { e: 'outcome', key, outcome: { ok: true, value: `${key} in ${link} at 1` } },
  { e: 'settle', key, ok: true, value: `${key} in ${link} at 1` },
];
const error = (key: number, reason: unknown): HistoryEvent[] => [
  { e: 'outcome', key, outcome: { ok: false, error: reason } },
  { e: 'settle', key, ok: false, error: reason },
];
const gone = (link: number): HistoryEvent[] => [
  { e: 'dead', link },
  { e: 'exit-told', link },
];
const rest = (look: Partial<Look> = {}, pendingCalls = 0): HistoryEvent => ({
  e: 'rest',
  look: { ...CLEAN, ...look },
  pendingCalls,
});

const ran = (link: number, key: number) => [...taken(key), send(link, key), begin(link, key), ...ended(link, key)];
const good = [...started(1), ...ran(1, 1), ...value(1, 1), ...gone(1), rest()];

const verdict = (events: readonly HistoryEvent[]) =>
  check(
    events.map((event, at) => ({ ...event, at })),
    PROMISED,
  ).join('\n');

it('finds nothing in a history that keeps every promise', () => {
  expect(verdict(good)).toBe('');
});

it.each<[string, HistoryEvent[]]>([
  ['has a second outcome', [...started(1), ...ran(1, 1), ...value(1, 1), ...value(1, 1).slice(0, 1)]],
  ['settled twice', [...started(1), ...ran(1, 1), ...value(1, 1), ...value(1, 1).slice(1)]],
  ['not computed for it', [...started(1), ...ran(1, 1), ...value(1, 2).map((event) => ({ ...event, key: 1 }))]],
  ['not its outcome', [...started(1), ...ran(1, 1), ...value(1, 1).slice(0, 1), ...error(1, 'other').slice(1)]],
  ['begins 2 times', [...started(1), ...taken(1), send(1, 1), begin(1, 1), ...gone(1), ...started(2), begin(2, 1, 2)]],
  ['and begins in worker 2', [...started(1), ...taken(1), send(1, 1), begin(1, 1), ...started(2), begin(2, 1)]],
  ['the second while it runs', [...started(1), ...taken(1), send(1, 1), begin(1, 1), ...started(2), send(2, 1)]],
  [
    'still runs',
    [...started(1), ...taken(1), send(1, 1), begin(1, 1), { e: 'cancel', key: 1, why: 'left' }, ...error(1, cancelled)],
  ],
  ['had not begun it', [...started(1), ...taken(1), send(1, 1), ...gone(1), ...error(1, died)]],
  ['its worker lives', [...started(1), ...taken(1), send(1, 1), begin(1, 1), ...error(1, died)]],
  ['nobody cancelled it', [...taken(1), ...error(1, cancelled)]],
  ['no error of the contract', [...taken(1), ...error(1, new Error('task 1 can’t go'))]],
  ['is not ready', [{ e: 'start', link: 1, worker: 1 }, ...taken(1), send(1, 1)]],
  ['is being ended', [...started(1), { e: 'kill', link: 1 }, ...taken(1), send(1, 1)]],
  ['was asked to end', [...started(1), { e: 'send-stop', link: 1 }, ...taken(1), send(1, 1)]],
  ['is gone', [...started(1), ...gone(1), ...taken(1), send(1, 1)]],
  ['which has 1 tasks', [...started(1), ...taken(1), ...taken(2), send(1, 1), send(1, 2)]],
  ['task 2 overtakes task 1', [...started(1), ...taken(1), ...taken(2), send(1, 2)]],
  ['task 1 overtakes task 9', [...started(1), ...taken(1), ...taken(9), send(1, 1)]],
  [
    'is sent 5 times in attempt 1',
    [...taken(1), ...[1, 2, 3, 4, 5].flatMap((link) => [...started(link), send(link, 1), ...gone(link)])],
  ],
  [
    'from which it was taken back',
    [
      ...started(1),
      ...taken(1),
      send(1, 1),
      { e: 'revoke', link: 1, key: 1, id: 1, isSure: true },
      { e: 'begin', link: 1, key: 1, id: 1, attempt: 1 },
    ],
  ],
  [
    'which waits for its calls',
    [
      ...started(1),
      ...taken(1),
      send(1, 1),
      begin(1, 1),
      { e: 'call-told', link: 1, key: 2, parent: 1 },
      { ...send(1, 2), canGoAhead: true } as HistoryEvent,
    ],
  ],
  [
    '2 callers wait at depth 0',
    [
      ...started(1),
      ...started(2),
      ...[1, 2].flatMap((key): HistoryEvent[] => [
        ...taken(key),
        send(key, key),
        begin(key, key),
        { e: 'call-told', link: key, key: key + 10, parent: key },
      ]),
      { e: 'look', look: CLEAN },
    ],
  ],
  ['2 workers live', [...started(1), ...started(2)]],
  ['never killed', [...started(1), { e: 'abandon', link: 1 }]],
  ['waits as number 12', Array.from({ length: 12 }, (_, key) => taken(key + 20)).flat()],
  ['pulled 4 items ahead', [1, 2, 3, 4].map((key) => ({ e: 'pull', map: 1, key }))],
  [
    'ended without item',
    [
      { e: 'pull', map: 1, key: 1 },
      { e: 'map-ended', map: 1, error: undefined },
    ],
  ],
  ['timers are left', [{ e: 'closed', pendingTimers: 1 }]],
  ['is not gone', [...started(1), { e: 'closed', pendingTimers: 0 }]],
  ['has no outcome', [...taken(1), { e: 'closed', pendingTimers: 0 }]],
  ['calls never end', [rest({}, 1)]],
  ['worker 1 is left', [...started(1), rest()]],
  ['holds: 1 are left', [rest({ holds: 1 })]],
  ['listeners: 1 are left', [rest({ listeners: 1 })]],
  ['do not add up', [{ e: 'look', look: { ...CLEAN, tasks: { ...STATS, submitted: 1 } } }]],
  [
    'wait while a worker is ready',
    [{ e: 'look', look: { ...CLEAN, liveStates: ['ready'], tasks: { ...STATS, submitted: 1, queued: 1 } } }],
  ],
  ['let out an exception', [{ e: 'host-threw', error: new Error('x') }]],
])('finds: %s', (expected, events) => {
  expect(verdict(events)).toContain(expected);
});
