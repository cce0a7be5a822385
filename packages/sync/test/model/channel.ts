/** The words of a channel for explore.ts, and what parties do with them. */
import type * as ChannelWords from '../../src/channel/channel-words.ts';
import type * as Sleep from '../../src/registry/sleep.ts';
import { EXTRA, type LivesCode, type Next, type PartyPlan, type PartyView, type Subject } from './explore.ts';

export type ChannelCode = LivesCode & typeof Sleep & typeof ChannelWords;
type View = PartyView<ChannelCode>;
type Plan = PartyPlan<ChannelCode>;

const CLOSED = 16;
const DEATHS_SEEN = 20;
const SKIPPED = 21;
const ROWS = 80;
const RING = 1104;
const KIND_MASK = 3;
const FREE = 0;
const FULL = 2;

// Of `extra`: what is in the slots, and for each value whether its sender was done, and whether somebody has read it.
const SENT = 16;
const READ = 32;
const EXTRA_WORDS = 48;

/**
 * Values are numbers; a sender's later ones are larger, and those of two senders differ in the tens. What is found wrong: a value that is
 * received twice, in the wrong order, or in two pieces; one that was sent and is not there afterwards; a channel that can't be filled and
 * emptied afterwards. `does`: for each party a letter, whether it sends, receives or closes. `isLeftClosed`: nobody comes to
 * empty it after it was closed, because nobody died while it received. Anchors: a look at CLOSED, with which each attempt begins; a value published; out of the line.
 */
export function channel(capacity: number, does: string, isLeftClosed = false): Subject<ChannelCode> {
  return {
    files: ['registry/lives.ts', 'registry/sleep.ts', 'channel/channel-words.ts'],
    wordCount: (code) => code.channelWords(capacity, 1),
    extraCount: () => EXTRA_WORDS,
    prepare: (code, words) => code.formatChannel(words, capacity, 1),
    hasPlaces: true,
    readsDeaths: true,
    isUnseen: ({ index, writes, actor, ids, partyIn, lifeOf, mayDie }) => {
      if (index >= EXTRA) return index >= EXTRA + SENT;
      if (index === SKIPPED || (index === CLOSED && !does.includes('c'))) return true;
      if (index === DEATHS_SEEN) return !ids.some((_id, party) => mayDie(party));
      if (index < ROWS || index >= RING) return false;
      const whose = partyIn((index - ROWS) >> 2);
      const side = (index & 2) === 0 ? 's' : 'r';
      if (whose < 0 || does[whose] !== side) return true;
      return !writes && (lifeOf(whose) === 'done' || ((index & 1) === 1 && whose === actor));
    },
    beforeLoad: (index, tracker) => {
      if (index === CLOSED) tracker.forget('attempt', true);
    },
    afterWrite: (kind, index, value, tracker) => {
      if (kind !== 'store' || index >= EXTRA) return;
      if (index >= RING && (value & KIND_MASK) === FULL) tracker.forget('published', true);
      else if (index >= ROWS && index < RING && (index & 1) === 0 && value === 0) tracker.forget('left', true);
    },
    // While nothing is wanted, the place in the line is known to its party alone.
    isIdle: (index, read) =>
      index === SKIPPED || (index >= ROWS && index < RING && (index & 1) === 1 && read(index - 1) === 0),
    conflict: (inside) => {
      const all = inside.flatMap((list) => list.split(' '));
      if (new Set(all).size < all.length) return `a value was received twice: ${inside.join(', ')}`;
      return inside.some(isDisordered) ? `values came in the wrong order: ${inside.join(', ')}` : undefined;
    },
    leavesDirt: () => false,
    // A slot that somebody has when all sleep is a dead one's.
    mayRest: (party, read) => {
      const kinds = Array.from({ length: capacity }, (_slot, at) => read(RING + at) & KIND_MASK);
      const rest = does[party] === 's' ? FULL : FREE;
      return read(CLOSED) === 0 && kinds.every((kind) => kind === rest);
    },
    afterwards: (party) => {
      const { protocol, words, registry, id, atomics, extra } = party;
      if (!isLeftClosed || !protocol.isClosed(words))
        for (let value = receive(party); value !== NOTHING && value !== ENDED;) value = receive(party);
      for (let value = 0; value < READ - SENT; value++)
        if (atomics.load(extra, SENT + value) !== 0 && atomics.load(extra, READ + value) === 0) return 'waits';
      // What is there from now on is for who waits.
      const sides = [protocol.SENDERS, protocol.RECEIVERS] as const;
      if (sides.some((side) => protocol.waiting(words, registry, side) > 0)) return 'had';
      if (protocol.isClosed(words))
        return protocol.claimToSend(words, registry, id) === protocol.NEVER ? 'refused' : 'waits';
      for (let slot = 0; slot < capacity; slot++) if (send(party, 0) !== 'sent') return 'waits';
      for (let slot = 0; slot < capacity; slot++) if (receive(party) !== 0) return 'waits';
      return 'had';
    },
  };
}

const NOTHING = -1;
const ENDED = -2;

function isDisordered(list: string): boolean {
  const values = list.split(' ').map(Number);
  return values.some((value, at) => values.slice(0, at).some((other) => other > value && sameSender(other, value)));
}
const sameSender = (one: number, other: number): boolean => Math.floor(one / 4) === Math.floor(other / 4);

/** As in local-channel.ts, when it does not wait. */
function send(party: View, value: number): 'sent' | 'refused' | 'full' {
  const { protocol, words, registry, id } = party;
  const position = protocol.claimToSend(words, registry, id);
  if (position === protocol.NOT_NOW) return 'full';
  return position === protocol.NEVER ? 'refused' : written(party, position, value);
}

function receive(party: View): number {
  const { protocol, words, registry, id } = party;
  const position = protocol.claimToReceive(words, registry, id);
  if (position === protocol.NOT_NOW) return NOTHING;
  return position === protocol.NEVER ? ENDED : readOf(party, position);
}

function written({ protocol, words, extra, registry, atomics }: View, position: number, value: number): 'sent' {
  atomics.store(extra, position % protocol.capacityOf(words), value);
  protocol.publish(words, registry, position);
  atomics.store(extra, SENT + value, 1);
  return 'sent';
}

function readOf({ protocol, words, extra, registry, atomics }: View, position: number): number {
  const value = atomics.load(extra, position % protocol.capacityOf(words));
  atomics.store(extra, READ + value, 1);
  protocol.finish(words, registry, position);
  return value;
}

/** As in local-channel.ts, when it blocks: gives the position, or NOT_NOW when it was too late. */
function sleepOn(party: View, side: ChannelWords.Side): number {
  const { protocol, words, registry, id } = party;
  const { NOT_NOW, WAIT, TAKEN } = protocol;
  let position =
    side === protocol.SENDERS
      ? protocol.claimToSend(words, registry, id)
      : protocol.claimToReceive(words, registry, id);
  if (position !== NOT_NOW) return position;
  protocol.enter(words, side, id);
  const outcome = protocol.sleep(registry, id, Infinity, () => {
    position = protocol.look(words, registry, side, id);
    return position === NOT_NOW ? WAIT : TAKEN;
  });
  if (outcome === WAIT) protocol.leave(words, registry, side, id);
  return outcome === WAIT ? NOT_NOW : position;
}

type Operation = (party: View) => Next | undefined;

/** Sends these values, one after the other, as long as it can. */
export function sender(values: readonly number[], how: 'wait' | 'try' = 'wait'): Plan {
  const operations: Record<string, Operation> = {};
  for (const [index, value] of values.entries())
    operations[index === 0 ? 'start' : `send ${value}`] = (party) => {
      const after = values[index + 1];
      const next = after === undefined ? undefined : { next: `send ${after}` };
      if (how === 'try') return send(party, value) === 'sent' ? next : undefined;
      const position = sleepOn(party, party.protocol.SENDERS);
      if (position < 0) return undefined;
      written(party, position, value);
      return next;
    };
  return { operations, asksAgain: values.length > 1 };
}

/** Receives so many values, or until there are no more. */
export function receiver(count: number, how: 'wait' | 'try' = 'wait'): Plan {
  const after = (list: string): Operation => {
    const had = list === '' ? [] : list.split(' ');
    return (party) => {
      let value: number;
      if (how === 'try') value = receive(party);
      else {
        const position = sleepOn(party, party.protocol.RECEIVERS);
        value = position < 0 ? NOTHING : readOf(party, position);
      }
      if (value < 0) return list === '' ? undefined : { next: 'done', inside: list };
      const inside = [...had, value].join(' ');
      return had.length + 1 < count ? { next: inside, inside } : { next: 'done', inside };
    };
  };
  const operations = new Proxy<Record<string, Operation>>(
    {},
    { get: (_target, name: string) => after(name === 'start' ? '' : name) },
  );
  return { operations, asksAgain: count > 1 };
}

export const closer = (): Plan => ({
  operations: {
    start: ({ protocol, words, registry }) => void protocol.close(words, registry),
  },
});
export const mortal = (party: Plan): Plan => ({ ...party, mayDie: true });
export const impatient = (party: Plan): Plan => ({ ...party, mayTimeOut: true });
/** The channel has these values already. */
export const having = (party: Plan, values: readonly number[]): Plan => ({
  ...party,
  before: (view) => {
    for (const value of values) send(view, value);
    return undefined;
  },
});
