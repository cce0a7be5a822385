// One contestant of a case, in a process of its own for the whole case. One that is a program starts it anew in each round:
// a pool that never rests would take a core from the rounds of the others.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Contestant } from '@heddle/measure';
import { findPoolCase, type PoolWork } from './case-table.ts';
import { createCalls, type OpenCalls } from './completion/calls.ts';
import { contestantOf, type PoolContestantName } from './contestants.ts';

/** What a contestant's runner is told; JSON. */
export interface PoolContestantOptions {
  caseId: string;
  contestant: PoolContestantName;
  quick: boolean;
  /** What was built for it. */
  file?: string;
}

/** Equal for all: what is wrong is told in words. */
const DIGEST = 'checked by each contestant';
const THREADS = 2;
const OUTPUT_BYTES_MAX = 2 ** 20;

/** What a program of native/pool says. */
interface ProgramReport {
  readonly figures: Record<string, number>;
  /** Empty: none. */
  readonly problem: string;
}

/** Runs the program once. */
export async function runProgram(
  file: string,
  { kind, ...numbers }: PoolWork,
  env: Readonly<Record<string, string>> = {},
): Promise<ProgramReport> {
  const words = [kind, `threads=${THREADS}`, ...Object.entries(numbers).map(([name, value]) => `${name}=${value}`)];
  const { stdout } = await promisify(execFile)(file, words, {
    // How threads wait is the contestant's matter, not that of who runs the bench.
    env: { ...process.env, OMP_WAIT_POLICY: undefined, ...env },
    maxBuffer: OUTPUT_BYTES_MAX,
  });
  return JSON.parse(stdout) as ProgramReport;
}

function createProgram(file: string, work: PoolWork, env: Readonly<Record<string, string>> | undefined): Contestant {
  let problem = '';
  return {
    async round() {
      const report = await runProgram(file, work, env);
      if (problem === '') problem = report.problem;
      return report.figures;
    },
    check: () => ({ digest: DIGEST, ...(problem === '' ? {} : { problem }) }),
  };
}

export default async function createPoolContestant(options: PoolContestantOptions): Promise<Contestant> {
  const { caseId, contestant, quick, file } = options;
  const one = findPoolCase(caseId);
  if (one === undefined) throw new RangeError(`there is no case '${caseId}'`);
  const work = quick ? one.quick : one.full;
  const { module, env } = contestantOf(contestant);
  if (work.kind !== 'completion') return createProgram(file!, work, env);
  const { open } = (await import(new URL(`./completion/${module}.js`, import.meta.url).href)) as { open: OpenCalls };
  return createCalls(await open(file), work, DIGEST);
}
