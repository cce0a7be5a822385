/** What parties do with the lock, in the terms of explore.ts. */
import type { Next, PartyPlan, PartyView } from './explore.ts';

/** As in local-lock.ts. */
function take({ protocol, words, registry, id }: PartyView): number {
  if (protocol.tryTake(words, id)) return protocol.TAKEN;
  protocol.request(words, id);
  return protocol.sleepForLock(words, registry, id, Infinity);
}

/** As in local-lock.ts; with what an aborted request does when it leaves. */
function attempt({ protocol, words, registry, id }: PartyView): number {
  if (protocol.tryTake(words, id)) return protocol.TAKEN;
  return askAndLeave({ protocol, words, registry, id });
}

function askAndLeave({ protocol, words, registry, id }: PartyView): number {
  protocol.request(words, id);
  const outcome = protocol.look(words, registry, id);
  if (outcome === protocol.WAIT) protocol.withdraw(words, registry, id);
  return outcome;
}

/** Locks `rounds` times; an abandoned lock it repairs or poisons. */
function plan(how: (party: PartyView) => number, rounds: number, ill: 'repair' | 'poison'): PartyPlan {
  const operations: Record<string, (party: PartyView) => Next | undefined> = {};
  for (let round = 0; round < rounds; round++) {
    const named = (name: string) => (round === 0 ? name : `${name} ${round}`);
    const after = round + 1 < rounds ? { next: `start ${round + 1}` } : undefined;
    operations[named('start')] = (party) => {
      const outcome = how(party);
      if (outcome === party.protocol.TAKEN) return { next: named('release'), inside: true };
      if (outcome !== party.protocol.TAKEN_ABANDONED) return after;
      return { next: named(ill), inside: true, told: true };
    };
    operations[named('repair')] = ({ protocol, words }) => {
      protocol.repair(words);
      return { next: named('release'), inside: true, told: true };
    };
    operations[named('poison')] = ({ protocol, words, registry, id }) => {
      if (!protocol.poison(words, registry, id)) throw new Error('poison() without the lock');
      return after;
    };
    operations[named('release')] = ({ protocol, words, registry, id }) => {
      if (!protocol.release(words, registry, id)) throw new Error('release() without the lock');
      return after;
    };
  }
  return { operations, asksAgain: rounds > 1 };
}

export const locker = (rounds = 1): PartyPlan => plan(take, rounds, 'repair');
export const poisoner = (): PartyPlan => plan(take, 1, 'poison');
export const leaver = (): PartyPlan => plan(attempt, 1, 'repair');
export const impatient = (): PartyPlan => ({ ...plan(take, 1, 'repair'), mayTimeOut: true });
export const mortal = (party: PartyPlan): PartyPlan => ({ ...party, mayDie: true });
/** Changes its mind, and then asks again. */
export const fickle = (): PartyPlan => {
  const { start, release } = plan(askAndLeave, 1, 'repair').operations;
  const again = plan(take, 2, 'repair').operations;
  const first = (party: PartyView) => start!(party) ?? { next: 'start 1' };
  return {
    operations: { ...again, start: first, release: (party) => release!(party) ?? { next: 'start 1' } },
    asksAgain: true,
  };
};
/** Has the lock already, and gives it up. */
export const holder = (): PartyPlan => {
  const { operations } = locker();
  return { operations: { start: operations['release']! }, holds: true };
};
