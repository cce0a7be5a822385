import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Channel, coded, codeOf, ends, failure, runProgram, says, start, until } from '../support.ts';

const ROUNDS = Number(process.env['HEDDLE_SYNC_ROUNDS'] ?? 5_000);
const KILLS = Number(process.env['HEDDLE_SYNC_KILLS'] ?? 4);

const startWith = (workerData: object) => start(workerData, {}, 'channel.mjs');
const HOW = [
  ['blocking', true],
  ['asynchronous', false],
] as const;

describe('a channel in one thread', () => {
  it('gives values in the order in which they were sent, as many as it holds', async () => {
    const channel = Channel.create<number>({ capacity: 3 });
    const same = Channel.from<number>(structuredClone(channel.handle));
    for (let lap = 0; lap < 5; lap++) {
      expect([1, 2, 3, 4].map((value) => channel.trySend(value))).toEqual([true, true, true, false]);
      expect(same.stats()).toEqual({ size: 3, sendersWaiting: 0, receiversWaiting: 0, skipped: 0 });
      expect([await same.receive(), same.tryReceive(), same.tryReceive(), same.tryReceive()]).toEqual([
        1,
        { value: 2 },
        { value: 3 },
        undefined,
      ]);
    }
  });

  it('lets requests wait in their order, and leave when they give up', async () => {
    const channel = Channel.create<number>({ capacity: 1 });
    const abort = new AbortController();
    const received = [channel.receive(), channel.receive({ signal: abort.signal }), channel.receive()];
    const aborted = failure(received[1]!);
    expect(channel.tryReceive()).toBeUndefined();
    expect(channel.stats().receiversWaiting).toBe(1);
    abort.abort(new Error('no more'));
    expect(await aborted).toEqual(new Error('no more'));
    const sent = [1, 2, 3, 4, 5].map((value) => channel.send(value));
    expect(await Promise.all([received[0], received[2]])).toEqual([1, 2]);
    const late = failure(channel.send(6, { timeoutMs: 1 }));
    expect(await late).toEqual(coded('SYNC_TIMEOUT'));
    expect([await channel.receive(), await channel.receive(), await channel.receive()]).toEqual([3, 4, 5]);
    await Promise.all(sent);
    expect(await failure(channel.receive({ timeoutMs: 0 }))).toEqual(coded('SYNC_TIMEOUT'));
    expect(await failure(channel.receive({ timeoutMs: 1 }))).toEqual(coded('SYNC_TIMEOUT'));
    expect(await failure(channel.send(1, { signal: abort.signal }))).toEqual(new Error('no more'));
    expect(channel.stats()).toEqual({ size: 0, sendersWaiting: 0, receiversWaiting: 0, skipped: 0 });
  });

  it('takes a value over when it is sent, also one that waits for room', async () => {
    const channel = Channel.create<unknown>({ capacity: 1 });
    const bytes = Uint8Array.of(1, 2, 3);
    const object = { a: 1 };
    const sent = [channel.send(bytes), channel.send(bytes), channel.send(object)];
    bytes.fill(9);
    object.a = 2;
    expect([await channel.receive(), await channel.receive(), await channel.receive()]).toEqual([
      Uint8Array.of(1, 2, 3),
      Uint8Array.of(1, 2, 3),
      { a: 1 },
    ]);
    await Promise.all(sent);
  });
});

describe('a closed channel', () => {
  it('is drained, and then ends', async () => {
    const channel = Channel.create<number>({ capacity: 2 });
    const sent = [1, 2, 3].map((value) => channel.send(value));
    const refused = failure(sent[2]!);
    channel.close();
    channel.close();
    expect(channel.isClosed).toBe(true);
    expect(await refused).toEqual(coded('SYNC_CLOSED'));
    expect(codeOf(() => channel.trySend(4))).toBe('SYNC_CLOSED');
    const values: number[] = [];
    for await (const value of channel) values.push(value);
    expect(values).toEqual([1, 2]);
    expect(codeOf(() => channel.tryReceive())).toBe('SYNC_CLOSED');
    expect(await failure(channel.receive())).toEqual(coded('SYNC_CLOSED'));
  });

  it('lets go who waits', async () => {
    const channel = Channel.create<number>();
    const waiting = [failure(channel.receive()), failure(channel.receive()), channel.values().next()];
    channel[Symbol.dispose]();
    expect(await Promise.all(waiting)).toEqual([
      coded('SYNC_CLOSED'),
      coded('SYNC_CLOSED'),
      { done: true, value: undefined },
    ]);
  });

  it('tells threads that block', async () => {
    const channel = Channel.create<unknown>({ capacity: 1 });
    const worker = startWith({ job: 'closed', handle: channel.handle });
    expect(await says(worker)).toBe('waits');
    await until(() => channel.stats().receiversWaiting === 1);
    channel.trySend('one');
    await until(() => channel.stats().sendersWaiting === 1 && channel.stats().size === 1);
    const said = says(worker);
    channel.close();
    const codes = (await said) as unknown[];
    expect(codes.slice(0, 2)).toEqual(['one', 'SYNC_TIMEOUT']);
    expect(codes.slice(2)).toEqual([undefined, 'SYNC_CLOSED', 'SYNC_CLOSED', 1, 'SYNC_ARGUMENT']);
  });
});

describe('four workers', () => {
  it.each(HOW)('lose nothing and double nothing, %s', { timeout: 600_000 }, async (_how, blocks) => {
    const count = blocks ? ROUNDS : Math.ceil(ROUNDS / 10);
    for (const capacity of [1, 7]) {
      const channel = Channel.create<number>({ capacity, blockBytes: 16 });
      const plain = new SharedArrayBuffer(2 * count);
      const receivers = [0, 1].map(() => startWith({ job: 'receive', handle: channel.handle, plain, count, blocks }));
      const said: unknown[] = [];
      for (const receiver of receivers) receiver.on('message', (message) => said.push(message));
      const ended = receivers.map(ends);
      await Promise.all(
        [0, 1].map((place) =>
          ends(startWith({ job: 'send', handle: channel.handle, count, from: place * count, blocks })),
        ),
      );
      channel.close();
      await Promise.all(ended);
      expect(said).toEqual([]);
      expect(new Uint8Array(plain).every((times) => times === 1)).toBe(true);
    }
  });
});

describe('threads that wait', () => {
  it.each(HOW)('for values are served in turn, %s', async (_how, blocks) => {
    const channel = Channel.create<number>({ capacity: 4 });
    const served: string[] = [];
    for (const name of ['a', 'b']) {
      startWith({ job: 'receive one by one', handle: channel.handle, blocks }).on('message', () => served.push(name));
      const before = name === 'a' ? 1 : 2;
      await until(() => channel.stats().receiversWaiting === before);
    }
    for (let round = 1; round <= 6; round++) {
      channel.trySend(round);
      // It is left for who waits.
      expect(channel.tryReceive()).toBeUndefined();
      await until(() => served.length === round && channel.stats().receiversWaiting === 2);
    }
    expect(served.join('')).toBe('ababab');
  });

  it.each(HOW)('for room are served in turn, %s', async (_how, blocks) => {
    const channel = Channel.create<number>({ capacity: 1 });
    channel.trySend(-1);
    for (const [index, from] of [0, 100].entries()) {
      startWith({ job: 'send one by one', handle: channel.handle, from, blocks });
      await until(() => channel.stats().sendersWaiting === index + 1);
    }
    const received: unknown[] = [];
    // Both are in line for their first value. When the second comes into it is theirs to say.
    for (let round = 0; round < 3; round++) {
      // It may still be written.
      await until(() => {
        const next = channel.tryReceive();
        if (next !== undefined) received.push(next.value);
        return next !== undefined;
      });
      // The room is left for who waits.
      expect(channel.trySend(-2)).toBe(false);
      await until(() => channel.stats().size === 1 && channel.stats().sendersWaiting === 2);
    }
    expect(received).toEqual([-1, 0, 100]);
  });
});

describe('a thread that ends', () => {
  it('while it sends is skipped, and counted', async () => {
    const channel = Channel.create<string>({ capacity: 2 });
    const worker = startWith({ job: 'die while sending', handle: channel.handle });
    expect(await says(worker)).toBe('sends');
    expect([channel.trySend('next'), channel.trySend('more'), channel.tryReceive()]).toEqual([true, false, undefined]);
    const waiting = channel.receive();
    await worker.terminate();
    expect(await waiting).toBe('next');
    expect(channel.stats()).toMatchObject({ size: 0, skipped: 1 });
  });

  it('while it sends leaves room for who waits for it', async () => {
    const channel = Channel.create<string>({ capacity: 1 });
    const worker = startWith({ job: 'die while sending', handle: channel.handle });
    await says(worker);
    const sent = channel.send('next');
    await worker.terminate();
    await sent;
    expect(channel.tryReceive()).toEqual({ value: 'next' });
  });

  it('while it receives leaves the value to the next', async () => {
    const channel = Channel.create<string>({ capacity: 2 });
    channel.trySend('first');
    const worker = startWith({ job: 'die while receiving', handle: channel.handle });
    expect(await says(worker)).toBe('receives');
    channel.trySend('second');
    expect(await channel.receive()).toBe('second');
    const waiting = channel.receive();
    await worker.terminate();
    expect(await waiting).toBe('first');
    expect(channel.stats()).toMatchObject({ size: 0, skipped: 0 });
  });

  it(`at ${KILLS} random instants: what was sent arrives once`, { timeout: 600_000 }, async () => {
    const count = 4_000_000;
    const channel = Channel.create<number>({ capacity: 4, blockBytes: 16 });
    const senders = KILLS + 2;
    const plain = new SharedArrayBuffer(4 * senders);
    const sent = new Int32Array(plain);
    const seen = new SharedArrayBuffer(senders * count);
    let lastSender = -1;
    const send = () =>
      startWith({ job: 'send', handle: channel.handle, plain, count, from: ++lastSender * count, blocks: true });
    const receive = () => startWith({ job: 'receive', handle: channel.handle, plain: seen, count, blocks: true });
    const pair = [
      [send(), send()],
      [receive(), receive()],
    ];
    let receiversEnded = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const goal = sent[lastSender]! + 1 + Math.floor(Math.random() * 1_000);
      await until(() => Atomics.load(sent, lastSender) >= goal);
      const side = kill % 2;
      await pair[side]![0]!.terminate();
      receiversEnded += side;
      pair[side] = [pair[side]![1]!, side === 0 ? send() : receive()];
    }
    await Promise.all(pair[0]!.map((worker) => worker.terminate()));
    const ended = pair[1]!.map((worker) => once(worker, 'exit'));
    channel.close();
    await Promise.all(ended);
    const times = new Uint8Array(seen);
    let missing = 0;
    for (let sender = 0; sender <= lastSender; sender++)
      for (let value = 0; value < count; value++) {
        const came = times[sender * count + value]!;
        if (came > 1) expect.fail(`${value} of ${sender} came ${came} times`);
        if (value < sent[sender]! && came === 0) missing++;
        // The last may have been sent without that its sender could say so.
        if (value > sent[sender]! && came > 0) expect.fail(`${value} of ${sender} came, and was not sent`);
      }
    // Received, by who ended before it could say so.
    expect(missing).toBeLessThanOrEqual(receiversEnded);
  });
});

describe('mistakes', () => {
  it.each([
    [() => Channel.create({ capacity: 0 }), 'SYNC_ARGUMENT'],
    [() => Channel.create({ capacity: 65_537 }), 'SYNC_ARGUMENT'],
    [() => Channel.create({ blockBytes: 15 }), 'SYNC_ARGUMENT'],
    [() => Channel.create({ capacity: 65_536, blockBytes: 2 ** 16 }), 'SYNC_ARGUMENT'],
    [() => Channel.create({ size: 3 } as never), 'SYNC_ARGUMENT'],
    [() => Channel.create({}, new Int32Array(8)), 'SYNC_ARGUMENT'],
    [() => Channel.from({} as never), 'SYNC_HANDLE'],
    [() => Channel.create().sendSync(1), 'SYNC_WOULD_BLOCK'],
    [() => Channel.create().receiveSync(), 'SYNC_WOULD_BLOCK'],
  ])('%s: %s', (call, code) => {
    expect(codeOf(call)).toBe(code);
  });

  it('of a handle whose memory is too short', () => {
    const { memory: all, ...handle } = Channel.create({ capacity: 4 }).handle;
    const memory = all as SharedArrayBuffer;
    const cut = memory.slice(0, memory.byteLength - 4);
    expect(codeOf(() => Channel.from({ ...handle, memory: cut }))).toBe('SYNC_HANDLE');
  });

  it('of an option of a wait', async () => {
    expect(await failure(Channel.create().send(1, { timeout: 1 } as never))).toEqual(coded('SYNC_ARGUMENT'));
    expect(await failure(Channel.create().receive({ timeoutMs: -1 }))).toEqual(coded('SYNC_ARGUMENT'));
  });
});

it('lies in memory of the caller', () => {
  const options = { capacity: 2, blockBytes: 100 };
  const memory = new Int32Array(new SharedArrayBuffer(4 * Channel.words(options)));
  const channel = Channel.create<string>(options, memory);
  channel.trySend('x'.repeat(90));
  expect(channel).toMatchObject({ capacity: 2, blockBytes: 112, isClosed: false });
  expect(Channel.from(channel.handle).tryReceive()).toEqual({ value: 'x'.repeat(90) });
});

it('a program ends when nobody waits any more, and not before', () => {
  const source = `const channel = Channel.create();
    later(() => channel.trySend('it'));
    console.log(await channel.receive());`;
  expect(runProgram('Channel', source)).toEqual({ status: 0, stdout: 'it\n', stderr: '' });
});
