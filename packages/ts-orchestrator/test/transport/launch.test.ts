// Workers that are started before anybody listens to them.
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { expect, it, vi } from 'vitest';
import type { Launch } from '../../src/isolation/launch.ts';
import { launchProcess } from '../../src/transport/launch-process.ts';
import { launchThread } from '../../src/transport/launch-thread.ts';
import { fixture } from '../helpers.ts';

const order = {
  workerId: 1,
  poolName: 'pool',
  moduleUrl: pathToFileURL(fixture('exits-while-loading.mjs')).href,
  setupData: undefined,
  isTypeScriptWanted: false,
  growthMiB: undefined,
  isByReference: false,
  tasksAtOnce: 1,
  share: undefined,
  isMemoryTold: false,
};

it('a thread that has ended before is told of', async () => {
  const thread = launchThread(order, { name: 'pool', env: undefined, execArgv: [], heapMiB: undefined });
  await once(thread.worker!, 'exit');
  const exitCode = await new Promise((resolve) => thread.onExit(resolve));
  expect(exitCode).toBe(7);
  thread.drop();
});

it('a thread that can not be started is no error yet', () => {
  const thread = launchThread(order, {
    name: 'pool',
    env: undefined,
    execArgv: ['--no-such-option'],
    heapMiB: undefined,
  });
  expect(thread.worker).toBeUndefined();
  expect(thread.cause).toMatchObject({ code: 'ERR_WORKER_INVALID_EXEC_ARGV' });
  thread.drop();
});

const launch = (...words: [string, ...string[]]): Launch => ({
  wordsFor: () => words,
  env: undefined,
  uvThreads: undefined,
  isInspectable: false,
  isGuarded: false,
  isIsolated: false,
  prlimitPath: undefined,
  isNested: false,
});

it('a process that has ended before is told of, with what it has printed', async () => {
  const started = launchProcess({
    launch: launch(process.execPath, '--no-such-option'),
    parentDeath: 'not-guaranteed',
  });
  await once(started.child!, 'exit');
  // Node has had its turn to throw the output away.
  await new Promise(setImmediate);
  const exit = await new Promise((resolve) =>
    started.listen({ onExit: resolve, onFailed: resolve, onDisconnect() {} }),
  );
  expect(exit).toEqual({ exitCode: 9, signal: null });
  expect(await text(started.child!.stderr!)).toContain('--no-such-option');
  started.drop();
});

it('a process whose program is not there is told of', async () => {
  const started = launchProcess({ launch: launch('/no/such/program'), parentDeath: 'not-guaranteed' });
  await new Promise(setImmediate);
  const onFailed = vi.fn();
  started.listen({ onFailed, onExit() {}, onDisconnect() {} });
  await vi.waitFor(() => expect(onFailed).toHaveBeenCalledWith(expect.objectContaining({ code: 'ENOENT' })));
  started.drop();
});
