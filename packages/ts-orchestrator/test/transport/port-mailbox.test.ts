import { MessageChannel } from 'node:worker_threads';
import * as fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PackedGraph, PackedList, skipRecords } from '@heddle/codec';
import { differenceOf } from '../../../codec/test/difference.ts';
import type { HostMessage, WorkerMessage } from '../../src/transport/protocol.ts';
import { PortMailbox } from '../../src/transport/port-mailbox.ts';
import { createMailboxMemory } from '../../src/transport/mailbox-memory.ts';

interface Ends {
  readonly host: PortMailbox<WorkerMessage, HostMessage>;
  readonly worker: PortMailbox<HostMessage, WorkerMessage>;
  readonly atHost: WorkerMessage[];
  readonly atWorker: HostMessage[];
  /** Settles when so many have come to the host. */
  hostHas(messages: number): Promise<void>;
}

const open: Ends[] = [];
afterEach(() => {
  for (const { host, worker } of open.splice(0)) {
    host.close();
    worker.close();
  }
});

function connect(onHostMessage?: (ends: Ends) => void): Ends {
  const { port1, port2 } = new MessageChannel();
  const { toHost, toWorker } = createMailboxMemory();
  const onUnreadable = (error: unknown) => {
    throw error;
  };
  let wanted = Infinity;
  let reached = () => {};
  const atHost: WorkerMessage[] = [];
  const atWorker: HostMessage[] = [];
  const host = new PortMailbox<WorkerMessage, HostMessage>({
    port: port1,
    side: 'host',
    inbound: toHost,
    outbound: toWorker,
    onMessage(message) {
      atHost.push(message);
      onHostMessage?.(ends);
      if (atHost.length === wanted) reached();
    },
    onUnreadable,
  });
  const worker = new PortMailbox<HostMessage, WorkerMessage>({
    port: port2,
    side: 'worker',
    inbound: toWorker,
    outbound: toHost,
    onMessage: (message) => void atWorker.push(message),
    onUnreadable,
  });
  const hostHas = (messages: number) =>
    new Promise<void>((resolve) => {
      if (atHost.length >= messages) return resolve();
      wanted = messages;
      reached = resolve;
    });
  const ends = { host, worker, atHost, atWorker, hostHas };
  open.push(ends);
  return ends;
}

/** By the ring; too large for it; of a kind it does not take; never by the ring. */
const messageOf = {
  small: (id: number): WorkerMessage => ({ t: 'value', id, value: { id } }),
  large: (id: number): WorkerMessage => ({ t: 'value', id, value: 'x'.repeat(5_000) }),
  odd: (id: number): WorkerMessage => ({ t: 'progress', id, value: new Map([[id, id]]) }),
  /** By the port, as bytes. */
  records: (id: number): WorkerMessage => ({ t: 'item', id, value: Array.from({ length: 64 }, (_, n) => ({ id, n })) }),
  plain: (id: number): WorkerMessage => ({ t: 'end', id }),
};

/** As it was sent. */
function withoutCost(message: WorkerMessage): WorkerMessage {
  const { cost: _, ...sent } = message as WorkerMessage & { readonly cost?: unknown };
  return sent as WorkerMessage;
}

beforeAll(() => skipRecords(0));

describe('a mailbox', () => {
  it('keeps one order over ring and port, whenever the other side looks', async () => {
    const kinds = fc.constantFrom('small', 'small', 'large', 'odd', 'records', 'plain', 'pause');
    await fc.assert(
      fc.asyncProperty(fc.array(kinds, { maxLength: 60 }), async (steps) => {
        const { worker, atHost, hostHas } = connect();
        const sent: WorkerMessage[] = [];
        for (const step of steps) {
          if (step === 'pause') {
            await new Promise((resolve) => setImmediate(resolve));
            continue;
          }
          const message = messageOf[step as keyof typeof messageOf](sent.length);
          worker.send(message);
          sent.push(message);
        }
        await hostHas(sent.length);
        expect(atHost.map(withoutCost)).toStrictEqual(sent);
      }),
      { numRuns: 300 },
    );
  });

  it('posts what finds no room in the ring, and goes on with the ring, in order', async () => {
    const { worker, atHost, hostHas } = connect();
    const value = 'y'.repeat(2_000);
    for (let id = 0; id < 200; id++) worker.send({ t: 'value', id, value });
    await hostHas(200);
    for (let id = 200; id < 210; id++) worker.send({ t: 'value', id, value: id });
    await hostHas(210);
    expect(atHost.map((message) => (message as { id: number }).id)).toEqual(Array.from({ length: 210 }, (_, id) => id));
  });

  it('gives the event loop a turn while more and more comes', async () => {
    let turns = 0;
    let isOver = false;
    const turn = () => {
      turns++;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    // Each message that arrives is answered by the next, so the ring is never empty.
    const { worker, atHost, hostHas } = connect(({ worker: end, atHost: got }) =>
      end.send(messageOf.small(got.length + 1)),
    );
    worker.send(messageOf.small(0));
    worker.send(messageOf.small(1));
    await hostHas(20_000);
    isOver = true;
    expect(turns).toBeGreaterThan(5);
    expect(atHost.length).toBeLessThan(30_000);
  });

  it('hands on what is left, in order, when it is told that nothing more comes', () => {
    const { worker, host, atHost } = connect();
    const sent = (['small', 'plain', 'small', 'large', 'small', 'odd'] as const).map((kind, id) => messageOf[kind](id));
    for (const message of sent) worker.send(message);
    host.takeRest();
    expect(atHost.map(withoutCost)).toStrictEqual(sent);
  });

  it('carries a run with all it has', async () => {
    const { host, worker, atWorker, hostHas } = connect();
    const runs: HostMessage[] = [
      { t: 'run', id: 1, name: 'f', value: [1, 'x'], isBatch: false, index: undefined, attempt: 1, credit: 0 },
      { t: 'run', id: 2, name: 'Ω'.repeat(100), value: [], isBatch: false, index: 0, attempt: 3, credit: 16 },
      {
        t: 'run',
        id: 2 ** 40,
        name: 'f',
        value: [{ a: [1, 2] }],
        isBatch: false,
        index: 2 ** 40,
        attempt: 1,
        credit: 0,
      },
      { t: 'run', id: 4, name: 'g', value: [new Set([1])], isBatch: false, index: 7, attempt: 1, credit: 0 },
      { t: 'run', id: 5, name: 'g', value: ['z'.repeat(5_000)], isBatch: false, index: 7, attempt: 1, credit: 0 },
      { t: 'run', id: 6, name: 'g', value: [null], isBatch: false, index: 7, attempt: 1, credit: 0 },
      { t: 'stop' },
    ];
    for (const run of runs) host.send(run);
    // By the order of the port, what the worker says now comes to the host after the worker has all that.
    worker.takeRest();
    worker.send({ t: 'ready' });
    await hostHas(1);
    expect(atWorker).toStrictEqual(runs);
  });

  it('carries arguments that were taken over as bytes, in the ring and beside it', () => {
    const { host, worker, atWorker } = connect();
    const args = [{ text: 'z'.repeat(3_000) }, 2];
    const value = PackedList.of(args)!;
    expect(value.unpack()).toStrictEqual(args);
    for (let id = 0; id < 40; id++)
      host.send({ t: 'run', id, name: 'f', value, isBatch: false, index: undefined, attempt: 1, credit: 0 });
    host.send({ t: 'called', id: 1, call: 1, value });
    worker.takeRest();
    expect(atWorker.map((message) => (message as { value: unknown }).value)).toStrictEqual(
      Array.from({ length: 41 }, () => args),
    );
    expect(PackedList.of([new Map()])).toBeUndefined();
  });

  it('takes what is sent while a value is read, before it, and keeps both whole', async () => {
    const { worker, atHost, hostHas } = connect();
    const value = {
      first: 'a',
      get second() {
        worker.send({ t: 'progress', id: 1, value: { inner: true } });
        return 'b';
      },
      third: 'c',
    };
    worker.send({ t: 'value', id: 1, value });
    await hostHas(2);
    expect(atHost).toStrictEqual([
      { t: 'progress', id: 1, value: { inner: true } },
      { t: 'value', id: 1, value: { first: 'a', second: 'b', third: 'c' } },
    ]);
  });

  it('moves what is listed, and refuses what can not be copied without a trace', async () => {
    const { worker, atHost, hostHas } = connect();
    const buffer = new ArrayBuffer(8);
    worker.send({ t: 'value', id: 1, value: buffer }, [buffer]);
    expect(buffer.byteLength).toBe(0);
    expect(() => worker.send({ t: 'value', id: 2, value: () => 1 })).toThrow('could not be cloned');
    worker.send(messageOf.small(3));
    await hostHas(2);
    expect(atHost.map((message) => (message as { id: number }).id)).toEqual([1, 3]);
  });

  it('says nothing after it was closed', async () => {
    const { worker, host, atHost } = connect();
    worker.send(messageOf.small(1));
    host.close();
    host.takeRest();
    await new Promise((resolve) => setImmediate(resolve));
    expect(atHost).toEqual([]);
  });

  it('keeps apart what a getter sends while a value is written', async () => {
    const { worker, atHost, hostHas } = connect();
    worker.send({
      t: 'value',
      id: 2,
      value: {
        a: 1,
        get b() {
          worker.send({ t: 'progress', id: 1, value: { text: 'longer than what is around it' } });
          return 2;
        },
        c: 3,
      },
    });
    await hostHas(2);
    expect(atHost).toEqual([
      { t: 'progress', id: 1, value: { text: 'longer than what is around it' } },
      { t: 'value', id: 2, value: { a: 1, b: 2, c: 3 } },
    ]);
  });

  it('carries arguments as bytes, to one worker or to several', async () => {
    const list = [new Float64Array(65_536).fill(7), { a: 1 }];
    for (const canResend of [false, true]) {
      const { host, worker, atWorker, hostHas } = connect();
      const value = PackedGraph.of(list, canResend)!;
      const message = {
        t: 'run',
        id: 1,
        name: 'f',
        value,
        isBatch: false,
        index: undefined,
        attempt: 1,
        credit: 0,
      } as const;
      host.send(message);
      if (canResend) host.send({ ...message, id: 2 });
      host.send({ t: 'called', id: 1, call: 1, value: PackedGraph.of([new Float64Array(65_536)], false) });
      worker.send({ t: 'pong' });
      await hostHas(1);
      worker.takeRest();
      const values = atWorker.map((each) => (each as { value: unknown }).value);
      const expected = [list, ...(canResend ? [list] : []), [new Float64Array(65_536)]];
      expect(differenceOf(values, structuredClone(expected.map((each) => structuredClone(each))))).toBeUndefined();
    }
  });
});
