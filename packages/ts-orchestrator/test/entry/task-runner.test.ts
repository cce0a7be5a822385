import { afterEach, expect, it, vi } from 'vitest';
import { monotonicMs } from '../../src/clock/clock.ts';
import { TaskRunner } from '../../src/entry/task-runner.ts';
import type { WorkerPort } from '../../src/transport/protocol.ts';

afterEach(() => vi.restoreAllMocks());

it('counts a task as begun from when it does, not from before a look at the memory', async () => {
  const began: number[] = [];
  const port: WorkerPort = {
    send() {},
    sendValue() {},
    sendCall() {},
    canSend: () => true,
    isBehind: () => false,
    begin: (_id, now) => began.push(now) > 0,
    beginItem: (_id, _item, now) => began.push(now) > 0,
    print() {},
  };
  // A look takes as long as a collection of a large heap may, and says when it was over.
  let lookedAt = 0;
  const runner = new TaskRunner(port, [
    () => {
      for (const until = monotonicMs() + 1; lookedAt < until;) lookedAt = monotonicMs();
      return 0;
    },
  ]);
  await runner.start({
    workerId: 1,
    poolName: 'p',
    moduleUrl: new URL('../fixtures/tasks.mjs', import.meta.url).href,
    setupData: undefined,
    isTypeScriptWanted: false,
    growthMiB: 1,
    isByReference: false,
    tasksAtOnce: 1,
    share: undefined,
    isMemoryTold: false,
  });
  // It is time to look.
  vi.spyOn(performance, 'now').mockReturnValue(1e9);
  const run = { t: 'run', name: 'identity', index: 0, attempt: 1, credit: 0 } as const;
  lookedAt = 0;
  runner.receive({ ...run, id: 1, value: [1, 2], isBatch: true });
  await vi.waitFor(() => expect(began).toHaveLength(2));
  expect(lookedAt).toBeGreaterThan(began[0]!);
  expect(began[1]).toBeGreaterThanOrEqual(lookedAt);
});
