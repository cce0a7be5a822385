/**
 * The table of a worker's moves against the worker itself: whatever happens in whatever order, it makes legal moves only, tells
 * its end once, and leaves no move in the table unused.
 */
import { expect, it } from 'vitest';
import { seededRandom, type Random } from '../../src/clock/random.ts';
import type { Examination } from '../../src/errors/examination.ts';
import { parsePoolOptions } from '../../src/pool/pool-size.ts';
import { WORKER_MOVES, type WorkerState } from '../../src/pool/worker-state.ts';
import type { PoolTask } from '../../src/pool/worker-source.ts';
import { OutputLines } from '../../src/supervisor/output-lines.ts';
import { SupervisedWorker } from '../../src/supervisor/supervised-worker.ts';
import { encodeThrow } from '../../src/task/error-codec.ts';
import type { Transport } from '../../src/transport/transport.ts';
import { FakeClock } from '../fake-clock.ts';
import { FakeLink } from '../fake-pool.ts';

const LIVES = 3_000;
const STEPS_MAX = 40;
const EXAMINATION: Examination = { verdict: 'busy', workerStack: undefined, summary: 'it was busy' };

/** Lives one life by chance; gives the moves it made, as `from -> to`. */
function live(random: Random): Set<string> {
  const clock = new FakeClock();
  let link!: FakeLink;
  const ends: string[] = [];
  let lastTaskId = 0;
  const transport = {
    backend: 'processes',
    canKill: true,
    canSend: () => true,
    start(order, events) {
      link = new FakeLink(order, events);
      return link;
    },
  } as Partial<Transport> as Transport;
  const worker = new SupervisedWorker(
    {
      workerId: 1,
      poolName: 'pool',
      moduleUrl: 'file:///tasks.js',
      setupData: undefined,
      isTypeScriptWanted: false,
      isByReference: false,
      growthMiB: undefined,
      tasksAtOnce: 1,
      share: undefined,
      isMemoryTold: false,
    },
    {
      transport,
      clock,
      limits: parsePoolOptions({}),
      output: new OutputLines('pool worker-1', () => {}),
      examiner: {
        examine(_examinee, _limits, done) {
          const timer = clock.after(Math.floor(random.next() * 500), () => done(EXAMINATION));
          return () => timer.cancel();
        },
      },
      onTypeScriptWanted() {},
    },
    {
      onReady() {},
      onTaskMessage: (_, message) => finish(message.id),
      onRunTime() {},
      onMemory: () => {},
      onGrown: () => worker.retire('memory'),
      onEnd: ({ state }) => void ends.push(state),
    },
  );
  const finish = (id: number) => {
    const task = worker.tasks.get(id);
    if (task !== undefined) worker.release(task);
  };
  const events: ReadonlyArray<() => void> = [
    () => link.emit({ t: 'spawned' }),
    () => link.emit({ t: 'loaded', tasks: ['f'] }),
    () => link.emit({ t: 'ready' }),
    () => link.emit({ t: 'ready' }),
    () => link.emit({ t: 'pong' }),
    () => link.emit({ t: 'grown', growthMiB: 500 }),
    () => link.emit({ t: 'value', id: lastTaskId, value: 1 }),
    () => link.emit({ t: 'value', id: lastTaskId, value: 1 }),
    () => link.emit({ t: 'stopped', error: undefined }),
    () =>
      link.emit({
        t: 'failed',
        phase: 'load',
        error: encodeThrow(new Error('no'), () => true),
        isTypeScriptWanted: random.next() < 0.5,
      }),
    () => link.exit({ exitCode: 0, signal: null }),
    () => {
      if (!worker.hasPlace) return;
      const id = ++lastTaskId;
      const call = { name: 'f', index: undefined, credit: 0 };
      worker.run({ id, call, packed: { value: [], transfer: [] }, attempt: 1 } as unknown as PoolTask);
    },
    () => worker.stop(),
    () => worker.retire('tasks'),
    () => worker.kill(),
    () => worker.prepareInterrupt(),
    () => worker.interrupt(),
    () => worker.examine(() => {}),
    () => clock.advance(100),
    () => clock.advance(100),
    () => clock.advance(5_000),
    () => clock.advance(60_000),
  ];
  const moves = new Set<string>();
  const happen = (event: () => void) => {
    const before = worker.state;
    event();
    if (worker.state !== before) moves.add(`${before} -> ${worker.state}`);
  };
  for (let step = 0; step < STEPS_MAX && ends.length === 0; step++)
    happen(events[Math.floor(random.next() * events.length)]!);
  if (ends.length === 0) happen(() => link.exit());
  expect(ends).toEqual([worker.state]);
  expect(['stopped', 'failed']).toContain(worker.state);
  expect(clock.pending).toBe(0);
  return moves;
}

it('makes the moves of the table, all of them and no other', () => {
  const seed = 0x5eed;
  const random = seededRandom(seed);
  const made = new Set<string>();
  for (let n = 0; n < LIVES; n++) for (const move of live(random)) made.add(move);
  const legal = Object.entries(WORKER_MOVES).flatMap(([from, to]) =>
    to.map((state: WorkerState) => `${from} -> ${state}`),
  );
  const missing = legal.filter((move) => !made.has(move));
  expect(missing, `moves never made, seed ${seed}`).toEqual([]);
});
