/**
 * Who waits for what, for explore.ts: the records (`extra`) and the search in them, around locks that are as simple as can be. A party says
 * what it waits for, searches, and sleeps, as blocked-wait.ts does. Of two or three parties each takes locks one after the other.
 */
import type * as Circle from '../../src/deadlock/circle.ts';
import type * as WaitRecords from '../../src/deadlock/wait-records.ts';
import type * as Sleep from '../../src/registry/sleep.ts';
import { EXTRA, type LivesCode, type Next, type PartyPlan, type PartyView, type Subject } from './explore.ts';

export type DeadlockCode = LivesCode & typeof Sleep & typeof WaitRecords & typeof Circle;
type View = PartyView<DeadlockCode>;
type Plan = PartyPlan<DeadlockCode>;

/** Whose a lock is: an id, 0. */
const LOCKS = 16;
/** By slot, for which lock it waits, and with which it then waits; only the check of an alarm reads them. */
const WANTS = 32;
const RECORDS = 16 + 256;
const RECORD_WORDS = 32;
const RECORDS_PER_SLOT = 8;
const TICKET = 0;
const FALSE_ALARM = 'an alarm, though the other does not wait for it';

/** `again`: the parties that wait more than once. */
export const deadlock = (again: readonly number[] = []): Subject<DeadlockCode> => ({
  files: ['registry/lives.ts', 'registry/sleep.ts', 'deadlock/wait-records.ts', 'deadlock/circle.ts'],
  wordCount: () => 64,
  extraCount: (code) => code.GRAPH_WORDS,
  isUnseen: ({ index, partyIn, read, writes, actor }) => {
    if (index < EXTRA) return index >= WANTS && partyIn(index - WANTS) < 0;
    const at = index - EXTRA - RECORDS;
    if (at < 0) return false;
    const whose = partyIn(Math.floor(at / (RECORDS_PER_SLOT * RECORD_WORDS)));
    if (at % RECORD_WORDS === TICKET) return whose < 0 || (!writes && whose === actor);
    // Of who waits once, what a record says is read only after its ticket, and then stays.
    return whose < 0 || !again.includes(whose) || (writes && read(index - (at % RECORD_WORDS)) !== 0);
  },
  conflict: (inside) => inside.find((what) => what === FALSE_ALARM),
  leavesDirt: () => false,
  afterwards: () => 'had',
});

/** Takes the lock when it is free, or its owner is dead. */
function look({ protocol, words, registry, id, atomics }: View, lock: number): boolean {
  const at = LOCKS + lock;
  const owner = atomics.load(words, at);
  if (owner !== 0 && protocol.isAlive(registry, owner)) return false;
  return (atomics as typeof Atomics).compareExchange(words, at, owner, id) === owner;
}

export interface Order {
  /** It looks for a circle before it says that it waits. */
  readonly searchesFirst?: boolean;
  /** It does not say that its wait is over. */
  readonly staysPublished?: boolean;
  /** It does not search, can't fail, and tells all that it waits: one who searches is enough to be deceived, and there are fewer orders. */
  readonly onlyTells?: boolean;
  /** It does not tell who has to fail. */
  readonly tellsNobody?: boolean;
}

function wait(party: View, lock: number, holds: readonly number[], order: Order): number {
  const { protocol, registry, extra: graph, id, atomics } = party;
  const say = () => {
    const ticket = atomics.load(graph, protocol.recordOf(id, 0));
    if (ticket !== 0) return ticket;
    const facts = { kind: 0, number: lock + 1, total: 1, want: 1, place: 0, isProven: true } as const;
    const held = holds.flatMap((each) => [each + 1, 1]);
    const canFail = order.onlyTells !== true;
    const mine = protocol.publish(graph, id, 0, { ...facts, canFail, holds: held, parties: [] });
    if (!canFail) protocol.tellAll(registry);
    return mine;
  };
  const beforeSleep = () => {
    const early = order.searchesFirst === true ? protocol.search(graph, registry, 1) : undefined;
    const ticket = say();
    if (order.onlyTells === true) return protocol.WAIT;
    const verdict = order.searchesFirst === true ? early : protocol.search(graph, registry, ticket);
    if (verdict === undefined) protocol.tell(registry, protocol.slotOf(id));
    const victim = verdict?.circle?.victim;
    if (victim === undefined) return protocol.WAIT;
    if (victim.ticket === ticket) return protocol.IS_DEADLOCKED;
    if (order.tellsNobody !== true) protocol.tell(registry, protocol.slotOf(victim.owner));
    return protocol.WAIT;
  };
  const lookNow = () => (look(party, lock) ? protocol.TAKEN : protocol.WAIT);
  const outcome = protocol.sleep(registry, id, Infinity, lookNow, beforeSleep);
  if (order.staysPublished !== true) protocol.unpublish(graph, id, 0);
  return outcome;
}

/** Does another really have the lock, and want one of those that this party has? */
function isReal({ words, id, atomics }: View, lock: number, holds: readonly number[], parties: number): boolean {
  const seen = new Set<number>([id]);
  for (let step = 0, wanted = lock; step < parties; step++) {
    const owner = atomics.load(words, LOCKS + wanted);
    if (owner === id) return step > 0;
    if (owner === 0 || seen.has(owner)) return false;
    seen.add(owner);
    const next = atomics.load(words, WANTS + ((owner >>> 4) & 255)) - 1;
    if (next < 0) return false;
    if (holds.includes(next)) return true;
    wanted = next;
  }
  return false;
}

/** Takes these locks, each while it has those before; `'release'` gives all up in between, and `first` it has from the beginning. One that fails gives all up, and ends. */
export function taker(
  steps: readonly (number | 'release')[],
  order: Order = {},
  parties = 2,
  first: readonly number[] = [],
): Plan {
  const operations: Record<string, (party: View) => Next | undefined> = {};
  const held: number[] = [...first];
  for (const [index, step] of steps.entries()) {
    const name = (at: number) => (at === 0 ? 'start' : at < steps.length ? `step ${at}` : 'end');
    const holds = [...held];
    if (step === 'release') {
      operations[name(index)] = (party) => {
        giveUp(party, holds);
        return { next: name(index + 1) };
      };
      held.length = 0;
      continue;
    }
    const wanted = (party: View, what: number) =>
      party.atomics.store(party.words, WANTS + party.protocol.slotOf(party.id), what);
    operations[name(index)] = (party) => {
      if (look(party, step)) return { next: name(index + 1) };
      wanted(party, step + 1);
      return { next: `wait ${index}` };
    };
    operations[`wait ${index}`] = (party) => {
      const outcome = wait(party, step, holds, order);
      return { next: outcome === party.protocol.TAKEN ? `taken ${index}` : `failed ${index}` };
    };
    operations[`taken ${index}`] = (party) => {
      wanted(party, 0);
      return { next: name(index + 1) };
    };
    operations[`failed ${index}`] = (party) =>
      isReal(party, step, holds, parties)
        ? { next: `give up ${index}` }
        : { next: `give up ${index}`, inside: FALSE_ALARM, told: true };
    operations[`give up ${index}`] = (party) => {
      wanted(party, 0);
      return giveUp(party, holds);
    };
    held.push(step);
  }
  operations['end'] = (party) => giveUp(party, held);
  const before = ({ words, id }: View) => {
    for (const lock of first) words[LOCKS + lock] = id;
    return undefined;
  };
  return { operations, before };
}

function giveUp({ protocol, words, registry, atomics }: View, holds: readonly number[]): undefined {
  for (const lock of holds) {
    atomics.store(words, LOCKS + lock, 0);
    protocol.tellAll(registry);
  }
  return undefined;
}

export const mortal = (party: Plan): Plan => ({ ...party, mayDie: true });
