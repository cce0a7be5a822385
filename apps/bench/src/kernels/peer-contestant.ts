// A native library of others as one more contestant: its program is started once, makes its plans, and is asked in each
// round, so that its rounds take turns with those of the kernels. The questions are a line each, the answers too.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Contestant } from '@heddle/measure';
import { findCase } from './case-table.ts';
import { peerKey } from './contestants.ts';
import { peerWord } from './peers.ts';

/** What its runner is told; JSON. */
export interface PeerContestantOptions {
  caseId: string;
  sizes: readonly number[];
  /** Of the native contestants: 1, and all. */
  threads: Readonly<Record<'native-1' | 'native-all', number>>;
  /** Of native/peers, built. */
  file: string;
}

const KINDS = ['native-1', 'native-all'] as const;

/** A program that answers lines with lines. */
export interface Answering {
  ask(question: 'time' | 'check'): Promise<unknown>;
  close(): Promise<void>;
}

/** Starts it; resolves when it is ready for questions. Ends with the error that the program ended with. */
export async function startAnswering(file: string, words: readonly string[]): Promise<Answering> {
  // How many threads work is said in each question.
  const env = { ...process.env, OPENBLAS_NUM_THREADS: undefined, OMP_NUM_THREADS: undefined };
  const child = spawn(file, words, { env });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  // The program may end before a question is written; its end is told by the missing answer.
  child.stdin.on('error', () => undefined);
  const ended = once(child, 'close');
  // Only what waits for it looks at its failure.
  ended.catch(() => undefined);
  const reader = createInterface({ input: child.stdout });
  const lines = reader[Symbol.asyncIterator]();
  // It could not be started: no line will come.
  child.once('error', () => reader.close());
  const answer = async (): Promise<string> => {
    const { value, done } = (await lines.next()) as IteratorResult<string, undefined>;
    if (done !== true) return value;
    const [code, signal] = (await ended) as [number | null, NodeJS.Signals | null];
    throw new Error(said.trim() || `the program ended with ${signal ?? code}`);
  };
  const ready = await answer();
  if (ready !== 'ready') {
    child.kill('SIGKILL');
    throw new Error(`expected 'ready' from ${file}, got '${ready}'`);
  }
  return {
    async ask(question) {
      child.stdin.write(`${question}\n`);
      return JSON.parse(await answer()) as unknown;
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}

export default async function createPeerContestant(options: PeerContestantOptions): Promise<Contestant> {
  const { caseId, sizes, threads, file } = options;
  const one = findCase(caseId);
  if (one === undefined) throw new RangeError(`there is no case '${caseId}'`);
  const asked = sizes.flatMap((size) => KINDS.map((kind) => ({ size, kind })));
  const program = await startAnswering(
    file,
    asked.map(({ size, kind }) => peerWord(one, size, threads[kind])),
  );
  return {
    async round() {
      const times = (await program.ask('time')) as number[];
      return Object.fromEntries(asked.map(({ size, kind }, index) => [peerKey(size, kind), times[index]!]));
    },
    async check() {
      const problem = (await program.ask('check')) as string;
      return { digest: 'checked by itself', ...(problem === '' ? {} : { problem }) };
    },
    close: () => program.close(),
  };
}
