// Parties as processes of our own, each with the module of its contestant.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { inherit } from '@heddle/sync';
import type { SyncWork } from '../case-table.ts';
import type { PartyTimes, Rig } from './rig.ts';
import { nameOf } from './segment-name.ts';
import type { Prepare } from './threads.ts';

const FIRST_FD = 4;
const PARTY = fileURLToPath(new URL('./process-party.js', import.meta.url));

/** `words` over memory that processes share. */
export async function processesRig(module: URL, work: SyncWork, words: Int32Array): Promise<Rig> {
  const { prepare } = (await import(module.href)) as { prepare: Prepare };
  const { handles, descriptors } = inherit({ shared: prepare(work), words: nameOf(words.buffer) }, FIRST_FD);
  const children = Array.from({ length: work.parties }, (_party, index) => {
    const stdio = ['ignore' as const, 'inherit' as const, 'inherit' as const, 'ipc' as const, ...descriptors];
    const child = fork(PARTY, [], { execArgv: [], stdio });
    child.send({ ...handles, module: module.href, work, index });
    return child;
  });
  const says = async (child: (typeof children)[number]) => {
    const ended = once(child, 'exit').then(([code, signal]) => {
      throw new Error(`a party ended with ${String(code ?? signal)}`);
    });
    return ((await Promise.race([once(child, 'message'), ended])) as [unknown])[0];
  };
  await Promise.all(children.map(says));
  return {
    async round() {
      const done = Promise.all(children.map(says));
      for (const child of children) child.send('go');
      return (await done) as PartyTimes[];
    },
    async close() {
      await Promise.all(
        children.map(async (child) => {
          const exit = once(child, 'exit');
          child.kill('SIGKILL');
          await exit;
        }),
      );
    },
  };
}
