import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endSleep, notifyReader, sleepReader } from '../../../src/transport/ring/async-wait.ts';
import { RingReader, RingWriter } from '../../../src/transport/ring/ring.ts';
import { ringBytes } from '../../../src/transport/ring/ring-layout.ts';

function pair(capacity: number) {
  const memory = new SharedArrayBuffer(ringBytes(capacity));
  const woken: number[] = [];
  const writer = new RingWriter(memory, () => woken.push(1));
  return { memory, writer, reader: new RingReader(memory), bytes: new Uint8Array(memory), woken };
}

describe('a ring', () => {
  it('gives back what was written, in order, at any place of its memory', () => {
    const steps = fc.array(fc.oneof(fc.constant('read' as const), fc.integer({ min: 0, max: 64 })), { maxLength: 200 });
    fc.assert(
      fc.property(steps, (sizes) => {
        const { writer, reader, bytes } = pair(256);
        const written: number[][] = [];
        const read = () => {
          const expected = written.shift();
          expect(reader.next()).toBe(expected !== undefined);
          if (expected === undefined) return;
          expect([...bytes.subarray(reader.start, reader.end)]).toEqual(expected);
          expect(reader.kind).toBe(expected.length);
        };
        for (const [step, size] of sizes.entries()) {
          if (size === 'read') {
            read();
            continue;
          }
          const at = writer.open(size);
          if (at < 0) {
            expect(written).not.toEqual([]);
            continue;
          }
          const content = Array.from({ length: size }, (_, index) => (step + index) & 0xff);
          bytes.set(content, at);
          writer.commit(size, at + size);
          written.push(content);
        }
        while (written.length > 0) read();
        read();
      }),
      { numRuns: 2_000 },
    );
  });

  it('has room again once the reader has asked for more than there is', () => {
    const { writer, reader } = pair(64);
    const fill = () => {
      let records = 0;
      for (let at = writer.open(8); at >= 0; at = writer.open(8)) {
        writer.commit(0, at + 8);
        records++;
      }
      return records;
    };
    expect(fill()).toBe(4);
    expect(fill()).toBe(0);
    for (let left = 4; left > 0; left--) expect(reader.next()).toBe(true);
    expect(reader.next()).toBe(false);
    expect(fill()).toBe(4);
  });

  it('shows nothing that is not committed', () => {
    const { writer, reader, bytes } = pair(64);
    bytes[writer.open(8)] = 1;
    expect(reader.next()).toBe(false);
    const at = writer.open(8);
    bytes[at] = 2;
    writer.commit(7, at + 1);
    expect(reader.next()).toBe(true);
    expect([reader.kind, reader.end - reader.start, bytes[reader.start]]).toEqual([7, 1, 2]);
  });

  it('goes on past 2 ** 31 bytes', () => {
    const { memory, bytes } = pair(64);
    const words = new Int32Array(memory);
    words[0] = words[32] = 2 ** 31 - 8;
    const writer = new RingWriter(memory, () => {});
    const reader = new RingReader(memory);
    for (let round = 0; round < 20; round++) {
      const at = writer.open(3);
      bytes.fill(round, at, at + 3);
      writer.commit(0, at + 3);
      expect(reader.next()).toBe(true);
      expect([...bytes.subarray(reader.start, reader.end)]).toEqual([round, round, round]);
      expect(reader.next()).toBe(false);
    }
  });

  it('wakes a reader that sleeps, once, and no other', () => {
    const { writer, reader, woken } = pair(64);
    const write = () => writer.commit(0, writer.open(0));
    write();
    expect(woken.length).toBe(0);
    expect(reader.next()).toBe(true);
    expect(reader.next()).toBe(false);
    expect(reader.park()).toBe(true);
    write();
    write();
    expect(woken.length).toBe(1);
    expect(reader.next()).toBe(true);
    expect(reader.park()).toBe(false);
  });

  it('refuses a capacity that is no power of two', () => {
    expect(() => new RingReader(new ArrayBuffer(ringBytes(48)))).toThrow(
      'a ring holds a power of two of bytes, not 48',
    );
  });
});

describe('a sleep', () => {
  it('ends with a record, or by the reader itself', async () => {
    const memory = new SharedArrayBuffer(ringBytes(64));
    const writer = new RingWriter(memory, notifyReader);
    const reader = new RingReader(memory);
    const sleep = () => new Promise<void>((resolve) => expect(sleepReader(reader, resolve)).toBe(true));
    const first = sleep();
    writer.commit(0, writer.open(0));
    await first;
    expect(reader.next()).toBe(true);
    const second = sleep();
    endSleep(reader);
    await second;
    writer.commit(0, writer.open(0));
    expect(sleepReader(reader, () => {})).toBe(false);
  });
});

describe('a ring between two threads', () => {
  it('keeps the order and content of 1,000,000 records of any size, with sleeps on both sides', async () => {
    const records = 1_000_000;
    const there = new SharedArrayBuffer(ringBytes(2 ** 14));
    const back = new SharedArrayBuffer(ringBytes(64));
    const writer = new RingWriter(there, notifyReader);
    const answers = new RingReader(back);
    const counts = new Int32Array(back);
    const bytes = new Uint8Array(there);
    const words = new Int32Array(there);
    const worker = new Worker(new URL('../../fixtures/threads/takes-records.mjs', import.meta.url), {
      workerData: { records, there, back },
    });
    const ended = once(worker, 'message') as Promise<[{ taken: number; sleeps: number }]>;
    let seed = 1;
    let sleeps = 0;
    let answered = 0;
    for (let record = 0; record < records;) {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
      // Mostly small, at times up to 2 KiB.
      const size = 4 + ((seed >> 8) & (((seed >> 20) & 63) === 0 ? 2_047 : 31));
      const at = writer.open(size);
      if (at >= 0) {
        words[at >> 2] = record;
        for (let index = 4; index < size; index++) bytes[at + index] = (record * 31 + index) & 0xff;
        writer.commit(record & 0xff, at + size);
        record++;
        continue;
      }
      if (answers.next()) {
        // There may be room since it was found full: only without an answer is it worth a sleep.
        expect(counts[answers.start >> 2]).toBeGreaterThanOrEqual(answered);
        answered = counts[answers.start >> 2]!;
        continue;
      }
      await new Promise<void>((resolve) => {
        if (sleepReader(answers, resolve)) sleeps++;
        else setImmediate(resolve);
      });
    }
    const [end] = await ended;
    expect(end.taken).toBe(records);
    expect(end.sleeps).toBeGreaterThan(0);
    expect(sleeps).toBeGreaterThan(0);
    endSleep(answers);
    await worker.terminate();
  }, 120_000);
});
