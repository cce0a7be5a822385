// The mailbox over a channel that only delivers, and late: as the one of a child process.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Mailbox, type ReaderSleep } from '../../src/transport/mailbox.ts';
import { MAILBOX_RING_BYTES } from '../../src/transport/mailbox-memory.ts';
import type { HostMessage, WorkerMessage } from '../../src/transport/protocol.ts';

type HostEnd = Mailbox<WorkerMessage, HostMessage, WorkerMessage, HostMessage>;
type WorkerEnd = Mailbox<HostMessage, WorkerMessage, HostMessage, WorkerMessage>;

/** What the worker sends, and a host that gets its posts when the test says so and wakes in a turn of its own. */
class Way {
  readonly memory = new ArrayBuffer(MAILBOX_RING_BYTES);
  readonly posts: WorkerMessage[] = [];
  readonly got: WorkerMessage[] = [];
  readonly damage: unknown[] = [];
  readonly host: HostEnd;
  readonly worker: WorkerEnd;
  /** Wakes that are on their way. */
  #woken: Array<() => void> = [];

  constructor(isSwitched = true) {
    this.host = new Mailbox({
      isForeign: true,
      post() {},
      onRecord: (message) => void this.got.push(message),
      onPosted: (message) => void this.got.push(message),
      onDamage: (error) => void this.damage.push(error),
    });
    this.worker = new Mailbox({
      isForeign: true,
      post: (message) => void this.posts.push(message),
      onRecord() {},
      onPosted() {},
      onDamage: (error) => void this.damage.push(error),
    });
    let wake: (() => void) | undefined;
    const sleep: ReaderSleep = {
      sleep(reader, onWake) {
        if (!reader.park()) return false;
        wake = onWake;
        return true;
      },
      end() {
        wake = undefined;
      },
    };
    this.host.readFrom(this.memory, 'host', sleep);
    this.#wakeHost = () => {
      if (wake !== undefined) this.#woken.push(wake);
      wake = undefined;
    };
    if (isSwitched) this.switch();
  }

  readonly #wakeHost: () => void;

  switch(): void {
    this.worker.writeTo(this.memory, { wake: this.#wakeHost });
  }

  send(message: WorkerMessage): void {
    if (!this.worker.write(message)) this.worker.post(message);
  }

  deliver(): void {
    const message = this.posts.shift();
    if (message !== undefined) this.host.deliver(message);
  }

  wake(): void {
    for (const wake of this.#woken.splice(0)) wake();
  }
}

const messageOf = {
  small: (id: number): WorkerMessage => ({ t: 'value', id, value: { id } }),
  large: (id: number): WorkerMessage => ({ t: 'value', id, value: 'x'.repeat(5_000) }),
  odd: (id: number): WorkerMessage => ({ t: 'progress', id, value: new Map([[id, id]]) }),
  plain: (id: number): WorkerMessage => ({ t: 'end', id }),
};

const kinds = fc.constantFrom('small', 'small', 'small', 'large', 'odd', 'plain', 'deliver', 'wake', 'turn', 'switch');

describe('a mailbox beside a channel that only delivers', () => {
  it('keeps one order, however late messages and wake-ups come, and whenever the ring begins', async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(kinds, { maxLength: 80 }), async (isSwitched, steps) => {
        const way = new Way(isSwitched);
        const sent: WorkerMessage[] = [];
        let canSwitch = !isSwitched;
        let seen = 0;
        for (const step of steps) {
          if (step === 'deliver') way.deliver();
          else if (step === 'wake') way.wake();
          else if (step === 'turn') await new Promise((resolve) => setImmediate(resolve));
          else if (step === 'switch') {
            if (canSwitch) way.switch();
            canSwitch = false;
          } else {
            const message = messageOf[step as keyof typeof messageOf](sent.length);
            way.send(message);
            sent.push(message);
          }
          // Never ahead of what is missing.
          if (way.got.length > seen) expect(way.got.slice(seen)).toStrictEqual(sent.slice(seen, way.got.length));
          seen = way.got.length;
        }
        while (way.posts.length > 0) way.deliver();
        way.wake();
        await new Promise((resolve) => setImmediate(resolve));
        expect(way.got).toStrictEqual(sent);
        way.host.close();
      }),
      { numRuns: 2_000 },
    );
  });

  it('posts what finds no room, and comes back to the ring', () => {
    const way = new Way();
    const sent = Array.from({ length: 3_000 }, (_, id) => messageOf.small(id));
    for (const message of sent) way.send(message);
    expect(way.posts.length).toBeGreaterThan(100);
    way.wake();
    while (way.posts.length > 0) way.deliver();
    expect(way.got).toStrictEqual(sent);
    way.send(messageOf.small(3_000));
    expect(way.posts).toEqual([]);
    way.host.close();
  });

  it('hands on what is left after an end, also what waits for messages that were lost', () => {
    for (let lost = 0; lost <= 3; lost++) {
      const way = new Way();
      const sent = (['small', 'plain', 'small', 'odd', 'small', 'plain', 'small'] as const).map((kind, id) =>
        messageOf[kind](id),
      );
      for (const message of sent) way.send(message);
      for (let arrived = 3 - lost; arrived > 0; arrived--) way.deliver();
      way.host.takeRest();
      const missing = new Set([1, 3, 5].slice(3 - lost));
      expect(way.got).toStrictEqual(sent.filter((_, id) => !missing.has(id)));
      way.host.close();
    }
  });

  it('hands on nothing of a record that was not finished', () => {
    const way = new Way();
    way.send(messageOf.small(0));
    // As much as a writer may have written when it is ended, without the tail that makes it count.
    const tail = new Int32Array(way.memory)[0]!;
    way.send(messageOf.small(1));
    new Int32Array(way.memory)[0] = tail;
    way.host.takeRest();
    expect(way.got).toEqual([messageOf.small(0)]);
    expect(way.damage).toEqual([]);
    way.host.close();
  });

  it('says nothing after it was closed, and keeps nothing', () => {
    const way = new Way();
    way.send(messageOf.small(0));
    way.host.close();
    way.host.deliver(messageOf.plain(1));
    way.wake();
    way.host.takeRest();
    expect(way.got).toEqual([]);
  });
});

const RUNS = Number(process.env['HEDDLE_DAMAGE_RUNS'] ?? 2_000);

describe('memory that was written over', () => {
  /** Counts up and down in one place, so that what is damaged is small. More of them: HEDDLE_DAMAGE_RUNS. */
  const values = fc.array(
    fc.oneof(fc.integer(), fc.string(), fc.jsonValue({ maxDepth: 3 }), fc.uint8Array({ maxLength: 20 })),
    { minLength: 1, maxLength: 12 },
  );
  const hit = fc.record({
    // Mostly the first records and the words, of which there are few.
    at: fc.oneof(fc.constantFrom(0, 1, 2, 3, 128, 129, 256), fc.integer({ min: 384, max: 900 }), fc.nat(65_000)),
    byte: fc.integer({ min: 0, max: 255 }),
  });

  it('is noticed, or was read before, or is read by nobody', () => {
    let noticed = 0;
    fc.assert(
      fc.property(values, fc.array(hit, { minLength: 1, maxLength: 6 }), fc.nat(12), (list, hits, taken) => {
        const way = new Way();
        for (const [id, value] of list.entries()) {
          way.send({ t: 'value', id, value });
          if (id === taken) way.wake();
        }
        const bytes = new Uint8Array(way.memory);
        for (const { at, byte } of hits) bytes[at] = byte;
        way.wake();
        while (way.posts.length > 0) way.deliver();
        way.host.takeRest();
        expect(way.damage.length).toBeLessThanOrEqual(1);
        noticed += way.damage.length;
        // What came is what was sent. A tail that was set back hides records, until `rouse` or the next one shows them.
        for (const message of way.got) {
          const { id } = message as { id: number };
          expect(message).toStrictEqual({ t: 'value', id, value: list[id] });
        }
        expect(new Set(way.got.map((message) => (message as { id: number }).id)).size).toBe(way.got.length);
        // Writing into it does not throw either.
        way.send(messageOf.small(1));
        way.host.close();
      }),
      { numRuns: RUNS },
    );
    expect(noticed).toBeGreaterThan(RUNS / 10);
  });

  it.each<[string, (words: Int32Array, first: number) => void]>([
    ['a tail far away', (words) => (words[0] = 2 ** 20)],
    ['a tail before the head', (words) => (words[0] = -8)],
    ['a tail within a record', (words) => (words[0] = words[0]! - 4)],
    ['a record of no length', (words, first) => (words[first] = 0)],
    ['a record of negative length', (words, first) => (words[first] = -8)],
    ['a record as long as numbers go', (words, first) => (words[first] = 2 ** 31 - 1)],
    ['a record that is longer than what is there', (words, first) => (words[first] = 4_096)],
    ['a record of another kind', (words, first) => (words[first + 1] = words[first + 1]! ^ 3)],
    ['a count of messages that never were', (words, first) => (words[first + 2] = 1)],
    ['the number of another task', (words, first) => (words[first + 4] = words[first + 4]! + 1)],
    ['a record that is skipped, beyond all', (words, first) => words.set([2 ** 30, -1], first)],
    ['garbage', (words) => words.fill(0x5eed5eed, 96)],
  ])('%s is damage', (_what, hurt) => {
    const way = new Way();
    for (let id = 0; id < 3; id++) way.send(messageOf.small(id));
    hurt(new Int32Array(way.memory), 96);
    way.wake();
    expect(way.got).toEqual([]);
    expect(way.damage).toHaveLength(1);
    // Nothing is waited for, and nothing more is read.
    way.host.deliver(messageOf.plain(9));
    way.host.takeRest();
    expect(way.got).toEqual([messageOf.plain(9)]);
    expect(way.damage).toHaveLength(1);
    way.host.close();
  });

  it('a head that can not be is damage to who writes', () => {
    const way = new Way();
    while (way.posts.length === 0) way.send(messageOf.small(1));
    new Int32Array(way.memory)[32] = 2 ** 24;
    way.send(messageOf.small(2));
    expect(way.damage).toHaveLength(1);
    expect(way.posts.at(-1)).toEqual(messageOf.small(2));
    way.host.close();
  });

  it('a record that only a host may send is damage to a host', () => {
    const way = new Way();
    const runs: WorkerMessage[] = [
      {
        t: 'run',
        id: 1,
        name: 'f',
        value: [],
        isBatch: false,
        index: 0,
        attempt: 1,
        credit: 0,
      } as unknown as WorkerMessage,
    ];
    way.send(runs[0]!);
    way.wake();
    expect(way.got).toEqual([]);
    expect(way.damage).toHaveLength(1);
    way.host.close();
  });
});
