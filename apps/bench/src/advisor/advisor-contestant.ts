// One backend of a workload: every round is a fresh program, so that the code is as cold as a user's.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Contestant } from '@heddle/measure';
import type { ProgramOptions, Said } from './program.ts';

const PROGRAM = fileURLToPath(new URL('./program.js', import.meta.url));

async function runProgram(options: ProgramOptions): Promise<Said> {
  const program = spawn(process.execPath, [PROGRAM, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said, [code, signal]] = await Promise.all([text(program.stdout), once(program, 'exit')]);
  if (code !== 0) throw new Error(`the program ended with ${String(signal ?? code)}`);
  return JSON.parse(said) as Said;
}

export default function createAdvisorContestant(options: ProgramOptions): Contestant {
  const digests = new Set<number>();
  let last: Said | undefined;
  return {
    async round() {
      last = await runProgram(options);
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
