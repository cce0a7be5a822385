/** The words of a once for explore.ts, beside those of its mutex, and what parties do with them. */
import type * as OnceWords from '../../src/once/once-words.ts';
import type { Next, PartyPlan, PartyView, Subject } from './explore.ts';
import { mutex, take, type MutexCode } from './mutex.ts';

export type OnceCode = MutexCode & typeof OnceWords;
type View = PartyView<OnceCode>;
type Plan = PartyPlan<OnceCode>;

/** It is done by one, and by nobody after that. */
export const once: Subject<OnceCode> = {
  ...mutex,
  files: [...mutex.files, 'once/once-words.ts'],
  conflict: (inside) => (inside.length > 1 ? `one is at it, another ${inside.join(', ')}` : undefined),
  afterwards: (party) => {
    if (!party.protocol.isDone(party.words)) return mutex.afterwards(party);
    return 'told';
  },
};

/** As in once.ts; `looksAgain`: with the mutex. */
export function runner(looksAgain = true): Plan {
  const operations: Record<string, (party: View) => Next | undefined> = {
    start: ({ protocol, words }) => (protocol.isDone(words) ? undefined : { next: 'lock' }),
    lock: (party) => {
      const outcome = take(party);
      return { next: outcome === party.protocol.TAKEN_ABANDONED ? 'repair' : 'begin' };
    },
    repair: ({ protocol, words }) => {
      protocol.repair(words);
      return { next: 'begin' };
    },
    begin: ({ protocol, words }) =>
      looksAgain && protocol.isDone(words) ? { next: 'release' } : { next: 'done it', inside: 'runs it', told: true },
    'done it': ({ protocol, words }) => {
      protocol.setDone(words);
      return { next: 'release and keep', told: true };
    },
    'release and keep': ({ protocol, words, registry, id }) => {
      protocol.release(words, registry, id);
      return { next: 'done', inside: 'has done it', told: true };
    },
    release: ({ protocol, words, registry, id }) => void protocol.release(words, registry, id),
  };
  return { operations };
}
export const mortal = (party: Plan): Plan => ({ ...party, mayDie: true });
