/**
 * The n-th fault: in fixed scripts the first, second, third … operation of each kind fails, until a run has none left. What the
 * random schedules meet by chance is met here for certain: a fault at every single step.
 */
import type { Clock } from '../../src/clock/clock.ts';
import {
  CALM_WORK,
  CALM_WORKER,
  LATE_MS,
  type Call,
  type Operation,
  type Plan,
  type TaskCallBase,
  type Work,
} from './plan.ts';
import { runPlan } from './run-plan.ts';

/** Every fault of every operation. */
const FAULTS: Readonly<Record<Operation, readonly string[]>> = {
  start: [
    'refused',
    'typescript',
    ...['spawn', 'load', 'setup'].flatMap((phase) => [`hangs-in-${phase}`, `exits-in-${phase}`]),
    'fails-in-load',
    'fails-in-setup',
  ],
  tell: ['dies before', 'dies after'],
  receive: ['dies'],
  kill: ['never', 'late'],
  exit: ['late', 'twice'],
  timer: ['late'],
};

export interface SweepResult {
  readonly runs: number;
  readonly failures: ReadonlyArray<{ readonly what: string; readonly violations: readonly string[] }>;
}

export async function sweep(): Promise<SweepResult> {
  let runs = 0;
  const failures: Array<SweepResult['failures'][number]> = [];
  for (const [name, script] of Object.entries(SCRIPTS)) {
    for (const [operation, faults] of Object.entries(FAULTS)) {
      for (const fault of faults) {
        for (let n = 1; ; n++) {
          let count = 0;
          const sabotage = (met: Operation) => (met === operation && ++count === n ? fault : undefined);
          const { violations } = await runPlan(
            { ...script, sabotage },
            { clock: (clock) => lateTimers(clock, sabotage) },
          );
          runs++;
          if (violations.length > 0) failures.push({ what: `${name}: ${operation} ${n} ${fault}`, violations });
          if (count < n) break;
        }
      }
    }
  }
  return { runs, failures };
}

function lateTimers(clock: Clock, sabotage: (operation: Operation) => string | undefined): Clock {
  return {
    now: () => clock.now(),
    after: (delayMs, fire) => clock.after(sabotage('timer') === 'late' ? delayMs + LATE_MS : delayMs, fire),
    afterArrivals: (fire) => clock.afterArrivals(fire),
  };
}

const call = { timeoutMs: undefined, priority: 0, retries: undefined, abortMs: undefined, onProgress: undefined };

const run = (at: number, key: number, work: Partial<Work> = {}, more: Partial<TaskCallBase> = {}): Call => ({
  do: 'run',
  ...call,
  at,
  key,
  work: { ...CALM_WORK, ...work },
  onPack: undefined,
  ...more,
});

const map = (at: number, key: number, count: number, leaveAfter?: number): Call => ({
  do: 'map',
  ...call,
  at,
  key,
  works: Array.from({ length: count }, () => CALM_WORK),
  ordered: true,
  onError: 'collect',
  source: 'plain',
  consumeMs: 1,
  leaveAfter,
});

const stream = (at: number, key: number, items: number, leaveAfter?: number): Call => ({
  do: 'stream',
  ...call,
  at,
  key,
  work: { ...CALM_WORK, items },
  consumeMs: 0,
  leaveAfter,
});

const close = (at: number, cancel = false): Call => ({ do: 'close', at, cancel });

function script(calls: readonly Call[], options: Plan['options'] = {}): Plan {
  return {
    seed: 1,
    options: { backend: 'processes', workers: 2, cancelGraceMs: 5, retryDelayMs: 1, idleTimeoutMs: 20, ...options },
    wire: {
      hasExaminer: false,
      latencyMsMax: 1,
      hasWords: true,
      losesMessages: true,
      repeatsExit: false,
    },
    stalls: { chance: 0, msMax: 1 },
    calls,
    worker: () => CALM_WORKER,
  };
}

const SCRIPTS: Readonly<Record<string, Plan>> = {
  'one run': script([run(0, 1), close(1)], { workers: 1 }),
  runs: script([run(0, 1), run(0, 2), run(0, 3, { ms: 10 }), run(1, 4), run(40, 5), close(41)]),
  'runs with retries': script([run(0, 1, { ms: 3 }), run(0, 2), run(0, 3, { kind: 'throw' }), run(1, 4), close(50)], {
    retries: 2,
    retryOn: () => true,
  }),
  'time-outs and aborts': script([
    run(0, 1, { kind: 'never', heedsMs: undefined }, { timeoutMs: 5 }),
    run(0, 2, { kind: 'never' }, { timeoutMs: 5 }),
    run(1, 3, { kind: 'never', heedsMs: undefined }, { abortMs: 3 }),
    run(1, 4, {}, { abortMs: 1 }),
    run(2, 5),
    close(60),
  ]),
  'a map': script([map(0, 1, 8), close(100)]),
  'a map that is left': script([map(0, 1, 8, 3), run(5, 20), close(100)]),
  'a stream': script([stream(0, 1, 20), run(0, 2), close(100)]),
  'a stream that is left': script([stream(0, 1, 20, 10), run(0, 2), close(100)], { workers: 1 }),
  'a close that cancels': script([run(0, 1, { kind: 'never' }), map(0, 2, 5), stream(0, 10, 9), close(8, true)]),
  'spares and recycling': script([run(0, 1), run(2, 2), run(4, 3), map(6, 10, 5), close(100)], {
    spares: 1,
    recycleAfterTasks: 2,
  }),
  threads: script(
    [run(0, 1, { args: 'object' }), run(0, 2, { args: 'moved' }), run(0, 3), stream(1, 4, 5), close(50)],
    {
      backend: 'threads',
    },
  ),
};
