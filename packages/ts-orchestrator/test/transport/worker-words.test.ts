import fs from 'node:fs';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import { FileWords, openWordsFile } from '../../src/transport/file-words.ts';
import { MemoryWords, WORD_SLOTS, type HostWords, type WorkerWords } from '../../src/transport/worker-words.ts';

const fd = openWordsFile()!;
afterAll(() => fs.closeSync(fd));

const KINDS: ReadonlyArray<readonly [string, () => { host: HostWords; worker: WorkerWords }]> = [
  [
    'memory',
    () => {
      const host = new MemoryWords();
      return { host, worker: new MemoryWords(host.memory) };
    },
  ],
  [
    'a file',
    () => {
      fs.writeSync(fd, Buffer.alloc(fs.fstatSync(fd).size), 0, undefined, 0);
      return { host: new FileWords(fd), worker: new FileWords(fd) };
    },
  ],
];

describe.each(KINDS)('words in %s', (_kind, make) => {
  it('tell what has begun, and since when', () => {
    const { host, worker } = make();
    expect(host.elapsedMs(1)).toBeUndefined();
    expect(worker.begin(1)).toBe(true);
    expect(host.elapsedMs(1)).toBeGreaterThanOrEqual(0);
    expect(host.elapsedMs(1)).toBeLessThan(60_000);
    expect(host.elapsedMs(2)).toBeUndefined();
  });

  it('take back a task that has not begun, and no other', () => {
    const { host, worker } = make();
    worker.begin(1);
    expect(host.revoke(1)).toBe(1);
    expect(host.revoke(2)).toBe(0);
    expect(worker.begin(2)).toBe(false);
    expect(host.elapsedMs(2)).toBeUndefined();
    expect(worker.begin(3)).toBe(true);
  });

  it('take back the items of a batch that have not begun', () => {
    const { host, worker } = make();
    worker.begin(1);
    expect(worker.beginItem(1, 1)).toBe(true);
    expect(worker.beginItem(1, 2)).toBe(true);
    expect(host.elapsedMs(1)).toBeGreaterThanOrEqual(0);
    expect(host.revoke(1)).toBe(3);
    expect(worker.beginItem(1, 3)).toBe(false);
    expect(host.revoke(1)).toBe(3);
    // The next task of the slot begins with its first item, whatever stood there.
    const next = 1 + WORD_SLOTS;
    expect(host.revoke(next + WORD_SLOTS)).toBe(0);
    expect(worker.begin(next)).toBe(true);
    expect(host.revoke(next)).toBe(1);
  });

  it('serve every task that a slot has in turn, past 32 bits', () => {
    const { host, worker } = make();
    for (const seq of [5, 5 + WORD_SLOTS, 2 ** 31 + 5, 2 ** 32 + 5, 2 ** 32 + 5 + WORD_SLOTS]) {
      expect(host.elapsedMs(seq)).toBeUndefined();
      expect(worker.begin(seq)).toBe(true);
      expect(host.elapsedMs(seq)).toBeDefined();
      expect(host.elapsedMs(seq + WORD_SLOTS)).toBeUndefined();
    }
  });
});

/** More of them: HEDDLE_RACES. */
const RACES = Number(process.env['HEDDLE_RACES'] ?? 5_000);

/**
 * Runs `begin`, which begins task `seq` as the worker's side does, in a thread of its own and as fast as it can, and takes each task back
 * at another moment, at most `spinMax` looks after it was let go. Resolves with what `begin` returned and what the host was told.
 */
async function race(begin: string, spinMax: number): Promise<{ ran: number[]; begun: number[] }> {
  const host = new MemoryWords();
  const gate = new Int32Array(new SharedArrayBuffer(8));
  const url = new URL('../../dist/transport/worker-words.js', import.meta.url).href;
  const racer = new Worker(
    `
      const { workerData, parentPort } = require('node:worker_threads');
      (async () => {
        const { MemoryWords } = await import(workerData.url);
        const words = new MemoryWords(workerData.memory);
        const gate = new Int32Array(workerData.gate);
        const begin = ${begin};
        const ran = [];
        for (let seq = 1; seq <= workerData.count; seq++) {
          while (Atomics.load(gate, 0) < seq);
          ran.push(begin(words, seq));
          Atomics.store(gate, 1, seq);
        }
        parentPort.postMessage(ran);
      })();
    `,
    { eval: true, workerData: { url, memory: host.memory, gate: gate.buffer, count: RACES } },
  );
  const answer = new Promise<number[]>((resolve, reject) => {
    racer.once('message', resolve);
    racer.once('error', reject);
  });
  const begun: number[] = [];
  for (let seq = 1; seq <= RACES; seq++) {
    Atomics.store(gate, 0, seq);
    for (let spin = seq % spinMax; spin > 0; spin--) Atomics.load(gate, 1);
    begun.push(host.revoke(seq));
    // The slot is free again when the worker is done with it.
    while (Atomics.load(gate, 1) < seq);
  }
  const ran = await answer;
  await racer.terminate();
  return { ran, begun };
}

it('never let a task run that was taken back for certain, however both race', async () => {
  const { ran, begun } = await race('(words, seq) => (words.begin(seq) ? 1 : 0)', 64);
  // Unless the host saw that it had begun, the worker left it out.
  expect(ran.filter((each, at) => each > begun[at]!)).toEqual([]);
});

it('never let an item run that was taken back for certain, however both race', async () => {
  const { ran, begun } = await race(
    `(words, seq) => {
      let items = 0;
      if (words.begin(seq)) for (items = 1; items < 32 && words.beginItem(seq, items); items++);
      return items;
    }`,
    256,
  );
  // The last that the host saw begin is the one that may have been left out.
  const wrong = ran.flatMap((each, at) => (each === begun[at] || each === begun[at]! - 1 ? [] : [[each, begun[at]]]));
  expect(wrong).toEqual([]);
  expect(new Set(begun).size).toBeGreaterThan(2);
});
