// Segments and counters: shared between processes, gone when nobody needs them, and never a crash.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { sharedArray, sort, sortSync, sum } from '../src/index.ts';
import {
  createEventFd,
  createSharedSegment,
  openEventFd,
  openSharedSegment,
  receiveDescriptor,
  receiveSegment,
  SEGMENT_BYTES_MAX,
  sendDescriptor,
  sendSegment,
  sharedSegmentOf,
  type EventFd,
  type SharedSegment,
} from '../src/os.ts';
import { fixture, isMissing, numbers, reportMissing } from './native.ts';

const run = promisify(execFile);
const refused = expect.objectContaining({ code: 'HEDDLE_ARGUMENT' });
const closed = expect.objectContaining({ code: 'HEDDLE_CLOSED' });

reportMissing();

describe.skipIf(isMissing || process.platform === 'linux')('elsewhere', () => {
  it('says that it needs Linux', () => {
    const unsupported = expect.objectContaining({ code: 'HEDDLE_UNSUPPORTED' });
    expect(() => createSharedSegment(1)).toThrow(unsupported);
    expect(() => openSharedSegment(0)).toThrow(unsupported);
    expect(() => createEventFd()).toThrow(unsupported);
    expect(() => openEventFd(0)).toThrow(unsupported);
  });
});

/** A child that has the segment and two counters at places 3, 4 and 5. */
function startPeer(segment: SharedSegment, request: EventFd, answer: EventFd, how = ''): ChildProcess {
  const words = [fixture('shared-peer.mjs'), '3', '4', '5', how];
  return spawn(process.execPath, words, { stdio: ['ignore', 'inherit', 'inherit', segment.fd, request.fd, answer.fd] });
}

const nextCount = (event: EventFd): Promise<number> => new Promise((resolve) => event.watch(resolve));

describe.skipIf(isMissing || process.platform !== 'linux')('shared segments', () => {
  it('hold zeros of the size asked for and are one object per thread', () => {
    const segment = createSharedSegment(10_001);
    expect(segment.buffer.byteLength).toBe(10_001);
    const bytes = new Uint8Array(segment.buffer);
    expect(bytes.every((byte) => byte === 0)).toBe(true);
    bytes.fill(7);
    const again = openSharedSegment(segment.fd);
    expect(again.buffer).toBe(segment.buffer);
    expect(sharedSegmentOf(bytes.subarray(3))?.buffer).toBe(segment.buffer);
    expect(sharedSegmentOf(segment.buffer)?.fd).toBe(segment.fd);
    for (const other of [new Uint8Array(4), new ArrayBuffer(0), new SharedArrayBuffer(4), null, 7, 'x', segment]) {
      expect(sharedSegmentOf(other)).toBeUndefined();
    }
  });

  it('stay mapped when they are closed, and are opened anew through another descriptor', () => {
    const segment = createSharedSegment(4096);
    const fd = fs.openSync(`/proc/self/fd/${segment.fd}`, 'r+');
    new Uint8Array(segment.buffer).fill(5);
    segment.close();
    segment.close();
    expect(segment.isClosed).toBe(true);
    expect(() => segment.fd).toThrow(closed);
    expect(new Uint8Array(segment.buffer)[4095]).toBe(5);
    const again = openSharedSegment(fd);
    fs.closeSync(fd);
    expect(again.buffer).not.toBe(segment.buffer);
    new Uint8Array(again.buffer)[0] = 6;
    expect(new Uint8Array(segment.buffer)[0]).toBe(6);
  });

  it('refuse what is no size and no segment', () => {
    for (const bytes of [0, -1, 1.5, Number.NaN, SEGMENT_BYTES_MAX + 1, Infinity, '8' as unknown as number]) {
      expect(() => createSharedSegment(bytes)).toThrow(refused);
    }
    const file = fs.openSync(fixture('shared-peer.mjs'), 'r');
    for (const fd of [-1, 1.5, 2 ** 31, 2 ** 20, file, '1' as unknown as number]) {
      expect(() => openSharedSegment(fd)).toThrow(refused);
      expect(() => openEventFd(fd)).toThrow(refused);
    }
    fs.closeSync(file);
  });

  it('asynchronous kernels work on them in place, with and without move', async () => {
    const expected = sortSync(numbers(100_000));
    for (const options of [{}, { move: true }]) {
      const x = new Float64Array(createSharedSegment(800_000).buffer);
      x.set(numbers(100_000));
      expect(await sort(x, options)).toBe(x);
      expect(x).toEqual(expected);
      expect(await sum(x, options)).toBe(await sum(expected));
      expect(x.length).toBe(100_000);
    }
  });

  it('are the same bytes in two processes, for Atomics too, and outlive a killed one', async () => {
    const segment = createSharedSegment(8);
    const words = new Int32Array(segment.buffer);
    const [request, answer] = [createEventFd(), createEventFd()];
    const answered = nextCount(answer);
    const child = startPeer(segment, request, answer, 'add');
    for (let i = 0; i < 100_000; i++) Atomics.add(words, 0, 1);
    expect(await answered).toBe(1);
    expect(Atomics.load(words, 0)).toBe(200_000);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(Atomics.add(words, 0, 1)).toBe(200_000);
    request.close();
    answer.close();
  });

  it('survive whatever is done to them while kernels work on them, and leave nothing', async () => {
    const { stdout } = await run(process.execPath, ['--expose-gc', fixture('abuse-segments.mjs')]);
    expect(JSON.parse(stdout)).toEqual({ mappings: 0, descriptors: 0, isBounded: true });
  });
});

describe.skipIf(isMissing || process.platform !== 'linux')('segments on their way', () => {
  it('are refused when the socket is none, or the segment is closed', () => {
    const segment = createSharedSegment(1);
    const file = fs.openSync(fixture('shared-peer.mjs'), 'r');
    for (const socket of [-1, 2 ** 20, 1.5]) {
      expect(() => sendSegment(socket, segment, 1)).toThrow(refused);
      expect(() => receiveSegment(socket)).toThrow(refused);
    }
    expect(() => sendSegment(file, segment, 1)).toThrow(expect.objectContaining({ code: 'HEDDLE_SYSTEM' }));
    expect(() => receiveSegment(file)).toThrow(expect.objectContaining({ code: 'HEDDLE_SYSTEM' }));
    expect(() => sendSegment(file, segment, -1)).toThrow(refused);
    expect(() => sendSegment(file, {} as SharedSegment, 1)).toThrow(refused);
    segment.close();
    expect(() => sendSegment(file, segment, 1)).toThrow(closed);
    fs.closeSync(file);
  });
});

describe.skipIf(isMissing || process.platform !== 'linux')('descriptors on their way', () => {
  it('bring a counter and memory for a protocol to another process, which takes neither for values', async () => {
    const child = spawn(process.execPath, [fixture('mail-peer.mjs')], { stdio: ['pipe', 'pipe', 'inherit', 'pipe'] });
    // oxlint-disable-next-line no-underscore-dangle
    const socket = (child.stdio[3] as unknown as { _handle: { fd: number; readStop(): void } })._handle;
    socket.readStop();
    const event = createEventFd();
    const segment = createSharedSegment(8, { isWire: true });
    const answered = nextCount(event);
    sendDescriptor(socket.fd, event.fd, 7);
    sendSegment(socket.fd, segment, 8);
    segment.close();
    child.stdin!.end('.');
    let said = '';
    child.stdout!.setEncoding('utf8').on('data', (text: string) => (said += text));
    await once(child.stdout!, 'end');
    child.stdio[3]!.destroy();
    expect(JSON.parse(said)).toEqual({ numbers: [7, 8], rest: null, looks: false });
    expect(await answered).toBe(42);
    expect(new Int32Array(segment.buffer)[0]).toBe(1);
    event.close();
  });

  it('are refused when they are none', () => {
    const file = fs.openSync(fixture('shared-peer.mjs'), 'r');
    expect(() => sendDescriptor(-1, file, 1)).toThrow(refused);
    expect(() => sendDescriptor(file, -1, 1)).toThrow(refused);
    expect(() => sendDescriptor(file, file, 1)).toThrow(expect.objectContaining({ code: 'HEDDLE_SYSTEM' }));
    expect(() => receiveDescriptor(2 ** 20)).toThrow(refused);
    fs.closeSync(file);
  });
});

describe.skipIf(isMissing)('sharedArray', () => {
  it('is over a SharedArrayBuffer or over a segment', async () => {
    const threads = sharedArray(Float64Array, 1000);
    expect(threads.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(sharedArray(BigInt64Array, 0, { across: 'threads' })).toHaveLength(0);
    if (process.platform !== 'linux') return;
    const processes = sharedArray(Float64Array, 1000, { across: 'processes' });
    expect(sharedSegmentOf(processes)?.buffer).toBe(processes.buffer);
    expect(sharedArray(Uint8Array, 0, { across: 'processes' })).toHaveLength(0);
    for (const x of [threads, processes]) {
      x.set(numbers(1000));
      expect(await sort(x)).toBe(x);
      expect([...x]).toEqual([...sortSync(numbers(1000))]);
    }
  });

  it('names what is wrong', () => {
    expect(() => sharedArray(Array as never, 1)).toThrow(refused);
    for (const length of [-1, 1.5, Infinity, 2 ** 53]) expect(() => sharedArray(Int8Array, length)).toThrow(refused);
    expect(() => sharedArray(Int8Array, 1, { across: 'machines' as never })).toThrow(refused);
  });
});

describe.skipIf(isMissing || process.platform !== 'linux')('event descriptors', () => {
  it('count, without ever waiting', () => {
    const event = createEventFd();
    const same = openEventFd(event.fd);
    expect(same.fd).not.toBe(event.fd);
    expect(event.read()).toBe(0);
    event.write();
    same.write(41);
    expect(event.read()).toBe(42);
    expect(same.read()).toBe(0);
    for (const count of [0, -1, 1.5, 2 ** 32, Number.NaN, '1' as unknown as number]) {
      expect(() => event.write(count)).toThrow(refused);
    }
    same.close();
    event.close();
  });

  it('are refused by name once they are closed', () => {
    const event = createEventFd();
    event.close();
    event.close();
    expect(event.isClosed).toBe(true);
    const calls: Array<() => unknown> = [
      () => event.fd,
      () => event.write(),
      () => event.read(),
      () => event.watch(() => {}),
      () => event.unwatch(),
      () => event.ref(),
      () => event.unref(),
    ];
    for (const call of calls) expect(call).toThrow(closed);
    expect(() => createEventFd().watch(undefined as unknown as () => void)).toThrow(refused);
  });

  it('wake an event loop: ping and pong with another process', async () => {
    const segment = createSharedSegment(8);
    const [request, answer] = [createEventFd(), createEventFd()];
    const child = startPeer(segment, request, answer);
    for (let round = 0; round < 100; round++) {
      const answered = nextCount(answer);
      request.write();
      expect(await answered).toBe(1);
    }
    expect(new Int32Array(segment.buffer)[0]).toBe(100);
    child.kill();
    await once(child, 'exit');
    answer.close();
    request.close();
  });

  it('call no more after unwatch or close, also from within the call', async () => {
    const event = createEventFd();
    const log: number[] = [];
    await new Promise<void>((resolve) => {
      event.watch((count) => {
        log.push(count);
        event.write();
        event.unwatch();
        resolve();
      });
      event.write(3);
    });
    const other = createEventFd();
    const ended = nextCount(other);
    other.write();
    await ended;
    expect(log).toEqual([3]);
    expect(event.read()).toBe(1);
    event.watch(() => log.push(0));
    event.write();
    event.close();
    other.close();
    const last = createEventFd();
    const done = nextCount(last);
    last.write();
    await done;
    last.close();
    expect(log).toEqual([3]);
  });

  it('a program ends while it watches without a reference, and not with one', async () => {
    const source = (words: string): string =>
      `import { createEventFd } from ${JSON.stringify(new URL('../dist/os.js', import.meta.url).href)};` +
      `const event = createEventFd(); event.unref(); event.watch(() => {}); ${words}`;
    const script = (words: string): string[] => ['--input-type=module', '-e', source(words)];
    const { stdout } = await run(process.execPath, script("console.log('left');"));
    expect(stdout).toBe('left\n');
    const woken = 'event.ref(); setTimeout(() => event.write(), 1).unref(); event.watch(() => event.close());';
    await run(process.execPath, script(woken));
  });

  it('an error thrown by the callback is an uncaught exception', async () => {
    const source =
      `import { createEventFd } from ${JSON.stringify(new URL('../dist/os.js', import.meta.url).href)};` +
      `process.on('uncaughtException', (error) => { console.log(error.message); event.close(); });` +
      `const event = createEventFd(); event.watch(() => { throw new Error('mine'); }); event.write();`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', source]);
    expect(stdout).toBe('mine\n');
  });
});

describe.skipIf(isMissing || process.platform !== 'linux')('worker threads with segments and counters', () => {
  it.each(['terminate', 'end'])('%s in the middle: the others go on', async (how) => {
    const segment = createSharedSegment(8);
    const words = new Int32Array(segment.buffer);
    const event = createEventFd();
    for (let round = 0; round < 4; round++) {
      const workerData = { segmentFd: segment.fd, eventFd: event.fd, how };
      const worker = new Worker(fixture('segment-worker.mjs'), { workerData, execArgv: [] });
      if (how === 'end') expect(await once(worker, 'exit')).toEqual([0]);
      else {
        await once(worker, 'message');
        await expect.poll(() => Atomics.load(words, 1)).toBeGreaterThan(0);
        await worker.terminate();
        Atomics.store(words, 1, 0);
      }
    }
    event.read();
    event.write();
    expect(event.read()).toBe(1);
    event.close();
  });
});
