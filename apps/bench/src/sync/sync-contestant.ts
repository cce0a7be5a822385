// One contestant of a case, in a process of its own for the whole case.
import type { Contestant } from '@heddle/measure';
import { createSharedSegment } from '@heddle/core-native/os';
import { findSyncCase, type ChannelWork, type SyncFigure, type SyncWork } from './case-table.ts';
import { partOf, type SyncContestantName } from './contestants.ts';
import { asyncMutexRig } from './rigs/async-mutex.ts';
import { multithreadingRig } from './rigs/multithreading.ts';
import { processSendRig } from './rigs/process-send.ts';
import { processesRig } from './rigs/processes.ts';
import { COUNT, expectedCount, expectedSum, SUM, WORDS, type Rig } from './rigs/rig.ts';
import { threadsRig } from './rigs/threads.ts';

/** What a contestant's runner is told; JSON. */
export interface SyncContestantOptions {
  caseId: string;
  contestant: SyncContestantName;
  quick: boolean;
}

/** Equal for all: what is wrong is told in words. */
const DIGEST = 'counted by every party';
const NS_PER_MS = 1e6;
const BYTES_PER_MIB = 2 ** 20;

function rigOf(contestant: SyncContestantName, work: SyncWork, words: Int32Array): Promise<Rig> | Rig {
  if (contestant === 'async-mutex') return asyncMutexRig(work, words);
  if (contestant === 'multithreading') return multithreadingRig(work, words);
  if (contestant === 'process-send') return processSendRig(work as ChannelWork, words);
  const rig = work.across === 'processes' ? processesRig : threadsRig;
  return rig(new URL(`./parties/${contestant}.js`, import.meta.url), work, words);
}

/** Of a round in which all parties together took `elapsedMs`. A barrier counts meetings, not parties. */
export function figureOf({ key }: SyncFigure, work: SyncWork, elapsedMs: number): number {
  const times = work.kind === 'barrier' || work.kind === 'channel' ? work.rounds : work.parties * work.rounds;
  if (key === 'nsEach') return (elapsedMs * NS_PER_MS) / times;
  const perSecond = (times / elapsedMs) * 1_000;
  return key === 'perSecond' || work.kind !== 'channel' ? perSecond : (perSecond * work.bytes) / BYTES_PER_MIB;
}

export default async function createSyncContestant(options: SyncContestantOptions): Promise<Contestant> {
  const one = findSyncCase(options.caseId);
  if (one === undefined) throw new RangeError(`there is no case '${options.caseId}'`);
  const work = partOf(options.contestant, options.quick ? one.quick : one.full);
  const bytes = 4 * WORDS;
  const memory = work.across === 'processes' ? createSharedSegment(bytes).buffer : new SharedArrayBuffer(bytes);
  const words = new Int32Array(memory, 0, WORDS);
  const rig = await rigOf(options.contestant, work, words);
  let rounds = 0;
  return {
    async round() {
      const times = await rig.round();
      rounds++;
      const elapsedMs = Math.max(...times.map(({ endMs }) => endMs)) - Math.min(...times.map(({ startMs }) => startMs));
      return { [one.figure.key]: figureOf(one.figure, work, elapsedMs) };
    },
    check: () => {
      const count = rounds * expectedCount(work);
      const sum = Math.imul(rounds, expectedSum(work));
      if (words[COUNT] === count && words[SUM] === sum) return { digest: DIGEST };
      const problem = `counted ${words[COUNT]} and added up ${words[SUM]}, not ${count} and ${sum}`;
      return { digest: DIGEST, problem };
    },
    close: () => rig.close(),
  };
}
