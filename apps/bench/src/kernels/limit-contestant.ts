// The limit of a case, as one more contestant: its rounds take turns with those of the kernels, so that both meet the machine in
// the same state. It gives the time that the work of a call would take at the limit.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Contestant } from '@heddle/measure';
import { findCase } from './case-table.ts';
import { limitKey } from './contestants.ts';
import { limitOf } from './limits.ts';

/** What its runner is told; JSON. */
export interface LimitContestantOptions {
  caseId: string;
  sizes: readonly number[];
  /** Of the native contestants: 1, and all. */
  threads: Readonly<Record<'native-1' | 'native-all', number>>;
  /** native/limits, built. */
  file: string;
}

export interface LimitQuestion {
  readonly kind: string;
  readonly bytes: number;
  readonly threads: number;
}

/** Bytes or operations per second, in the order of the questions. */
export async function measureLimits(file: string, questions: readonly LimitQuestion[]): Promise<readonly number[]> {
  const words = questions.map(({ kind, bytes, threads }) => `${kind}:${bytes}:${threads}`);
  const { stdout } = await promisify(execFile)(file, words);
  return JSON.parse(stdout) as number[];
}

const MS_PER_S = 1_000;

export default function createLimitContestant({ caseId, sizes, threads, file }: LimitContestantOptions): Contestant {
  const one = findCase(caseId);
  const limit = one === undefined ? undefined : limitOf(one);
  if (limit === undefined) throw new RangeError(`there is no limit for '${caseId}'`);
  const kinds = ['native-1', 'native-all'] as const;
  const asked = sizes.flatMap((size) => kinds.map((kind) => ({ size, kind })));
  const questions = asked.map(({ size, kind }) => ({
    kind: limit.kind,
    bytes: limit.bytes(size),
    threads: threads[kind],
  }));
  return {
    async round() {
      const rates = await measureLimits(file, questions);
      const times = asked.map(({ size, kind }, index): [string, number] => [
        limitKey(size, kind),
        (limit.amount(size) / rates[index]!) * MS_PER_S,
      ]);
      return Object.fromEntries(times);
    },
    check: () => ({ digest: 'no result' }),
  };
}
