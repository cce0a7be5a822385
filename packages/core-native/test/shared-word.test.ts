// Sleeping on words of shared memory: woken from other processes, refused where it means nothing.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { createEventFd, createSharedSegment, forwardWord, waitOnWord, wakeWord } from '../src/os.ts';
import { fixture, isMissing, reportMissing } from './native.ts';

const refused = expect.objectContaining({ code: 'HEDDLE_ARGUMENT' });
const closed = expect.objectContaining({ code: 'HEDDLE_CLOSED' });
const ROUNDS = 200;

reportMissing();

describe.skipIf(isMissing || process.platform !== 'linux')('a shared word', () => {
  it('is slept on while it is unchanged, and no longer than said', () => {
    const words = new Int32Array(createSharedSegment(8).buffer);
    words[1] = -5;
    expect(waitOnWord(words, 1, 5, 2 ** 31 - 1)).toBe('ok');
    expect(waitOnWord(words, 1, -5, 0)).toBe('timed-out');
    expect(waitOnWord(words, 1, -5, 0.5)).toBe('timed-out');
  });

  it('wakes a process that blocks, and an event loop', async () => {
    const segment = createSharedSegment(8);
    const words = new Int32Array(segment.buffer);
    const event = createEventFd();
    forwardWord(words, 1, event);
    const child = spawn(process.execPath, [fixture('word-peer.mjs'), '3', String(ROUNDS)], {
      stdio: ['ignore', 'inherit', 'inherit', segment.fd],
    });
    const exit = once(child, 'exit');
    const done = new Promise<void>((resolve) =>
      event.watch(() => {
        if (Atomics.load(words, 1) !== Atomics.load(words, 0)) return;
        if (words[0] === ROUNDS) return resolve();
        Atomics.add(words, 0, 1);
        wakeWord(words, 0);
      }),
    );
    Atomics.add(words, 0, 1);
    wakeWord(words, 0);
    await done;
    expect(await exit).toEqual([0, null]);
    event.close();
    // To end the forwarding.
    expect(words[1]).toBe(ROUNDS + 1);
  });

  it('is let go by a thread that ends, and by one that is ended', async () => {
    const segment = createSharedSegment(8);
    const words = new Int32Array(segment.buffer);
    for (const how of ['exit', 'terminate']) {
      const worker = new Worker(fixture('word-worker.mjs'), { execArgv: [], workerData: { fd: segment.fd, how } });
      await once(worker, 'message');
      Atomics.add(words, 0, 1);
      wakeWord(words, 0);
      if (how === 'exit') await once(worker, 'exit');
      else {
        await once(worker, 'message');
        await worker.terminate();
      }
    }
    expect(words[0]).toBe(4);
  });

  it('is refused where it is none', () => {
    const words = new Int32Array(createSharedSegment(8).buffer);
    const event = createEventFd();
    const other = new Uint8Array(8) as unknown as Int32Array;
    for (const call of [
      () => waitOnWord(other, 0, 0, 0),
      () => waitOnWord(words, 2, 0, 0),
      () => waitOnWord(words, 0, 2 ** 31, 0),
      () => waitOnWord(words, 0, 0, -1),
      () => waitOnWord(words, 0, 0, Infinity),
      () => wakeWord(other, 0),
      () => wakeWord(words, -1),
      () => forwardWord(words, 2, event),
      () => forwardWord(new Int32Array(2), 0, event),
      () => forwardWord(words, 0, {} as typeof event),
    ])
      expect(call).toThrow(refused);
    event.close();
    expect(() => forwardWord(words, 0, event)).toThrow(closed);
  });
});
