// One backend of a workload: every round is a fresh program, so that the code is as cold as a user's.
import { fileURLToPath } from 'node:url';
import type { Contestant } from '@heddle/measure';
import type { ProgramOptions, Said } from './program.ts';
import { runProgram } from './run-program.ts';

const PROGRAM = fileURLToPath(new URL('./program.js', import.meta.url));

export default function createAdvisorContestant(options: ProgramOptions): Contestant {
  const digests = new Set<number>();
  let last: Said | undefined;
  return {
    async round() {
      last = await runProgram<Said>(PROGRAM, JSON.stringify(options));
      digests.add(last.digest);
      return { newMs: last.newMs, knownMs: last.knownMs };
    },
    check: () => ({
      digest: [...digests].join(' '),
      ...(digests.size > 1 ? { problem: 'it gave other results in another round' } : {}),
      notes: { places: JSON.stringify(last?.places ?? []) },
    }),
  };
}
