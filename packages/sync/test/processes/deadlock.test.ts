// Threads of several processes that wait for each other: the words and their law are those of one process.
import { describe, expect, it } from 'vitest';
import { openSharedSegment } from '@heddle/core-native/os';
import { GRAPH_WORDS, readWaits } from '../../src/deadlock/wait-records.ts';
import type { Mutex as AnyMutex } from '../../src/mutex/mutex.ts';
import { REGISTRY_WORDS } from '../../src/registry/lives.ts';
import { PROCESS_REGISTRY_WORDS } from '../../src/registry/processes.ts';
import type { SegmentName } from '../../src/registry/segments.ts';
import { ONE_OF_EACH, type Report } from '../deadlock/circles.ts';
import { Mutex } from '../support.ts';
import { itFindsCircles } from './circles.ts';
import { across, exits, hears, isMissing, kill, reportMissing, startProcess } from './support.ts';

/** Of the header (shared-memory.ts). */
const NUMBER_WORD = 2;

reportMissing();

describe.skipIf(isMissing)('processes that wait for each other', () => {
  const ways = [true, false].flatMap((one) => [true, false].map((other) => [one, other] as const));
  it.each(ways)('one fails and names both, the other goes on (blocking: %s, %s)', async (...blocks) => {
    const [a, b] = [Mutex.create({ ...across, name: 'a' }), Mutex.create({ ...across, name: 'b' })];
    const orders = [
      { first: a.handle, second: b.handle },
      { first: b.handle, second: a.handle },
    ];
    const children = orders.map((order, at) => startProcess(order, { job: 'take two', blocks: blocks[at] }));
    expect(await Promise.all(children.map(hears))).toEqual(['has the first', 'has the first']);
    const reports = Promise.all(children.map(hears)) as Promise<readonly Report[]>;
    for (const child of children) child.send('go on');
    const ended = await reports;
    expect(ended.map((report) => report.ended).toSorted()).toEqual(['SYNC_DEADLOCK', 'well']);
    const { message, waits } = ended.find((report) => report.ended !== 'well')!;
    expect(waits!.map((wait) => wait.waitsFor).toSorted()).toEqual(['mutex "a"', 'mutex "b"']);
    const pids = children.map((child) => child.pid!);
    expect(waits!.map((wait) => wait.process).toSorted()).toEqual(pids.toSorted());
    for (const wait of waits!) expect(wait.otherProcess).toBe(pids.find((pid) => pid !== wait.process));
    expect(message).toContain(`of process ${pids[0]}`);
    expect(message).toContain(`of process ${pids[1]}`);
  });

  it('is no deadlock with one that was killed: what it had is handed on', async () => {
    const [a, b] = [Mutex.create({ ...across, name: 'a' }), Mutex.create({ ...across, name: 'b' })];
    const first = startProcess({ first: a.handle, second: b.handle }, { job: 'take two', blocks: true });
    const second = startProcess({ first: b.handle, second: a.handle }, { job: 'take two', blocks: true });
    await Promise.all([hears(first), hears(second)]);
    // It may be blocked already, or about to be: both are right.
    first.send('go on');
    await kill(first);
    const report = hears(second) as Promise<Report>;
    second.send('go on');
    expect((await report).ended).toBe('well');
    // That of the one killed is poisoned, since the other released it without a word.
    expect(a.tryLock.bind(a)).toThrow('poisoned');
  });
});

describe.skipIf(isMissing)('in a circle', () => {
  itFindsCircles(['mutex', ONE_OF_EACH]);
});

describe.skipIf(isMissing)('things of threads beside things of processes', () => {
  it('have their own numbers, so nothing of the one is said of something of the other', async () => {
    const [a, b] = [Mutex.create(across), Mutex.create(across)];
    const memoryOf = ({ fd }: { readonly fd: number }) => openSharedSegment(fd).buffer;
    const numberOf = ({ handle }: AnyMutex) => new Int32Array(memoryOf(handle.memory as SegmentName))[NUMBER_WORD]!;
    const memory = memoryOf(a.handle.registry as SegmentName);
    const registry = new Int32Array(memory, 0, REGISTRY_WORDS);
    const graph = new Int32Array(memory, PROCESS_REGISTRY_WORDS * 4, GRAPH_WORDS);
    const guard = await b.lock();
    const child = startProcess({ first: a.handle, second: b.handle }, { job: 'take two inside others' });
    const waitsForB = () => readWaits(graph, registry).find((wait) => wait.number === numberOf(b));
    while (waitsForB() === undefined) await new Promise(setImmediate);
    expect(waitsForB()!.holds).toEqual([numberOf(a), 1]);
    guard.release();
    await exits(child);
  });
});
