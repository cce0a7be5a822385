/**
 * Finds those who wait for each other for ever.
 *
 * Of the waits that are known those are taken away, again and again, that would end if everybody else did all they can: released what
 * they hold, arrived, counted. The waits that remain can only be ended by each other. Among them is a circle; who only waits for one is
 * no part of it.
 *
 * Why a circle that is found is one. The waits are read, one after the other, and then it is looked once more whether each of those on
 * which the answer rests still goes on. Let t be the moment between the two. A wait that was there before t, and with the same ticket after t,
 * was there at t (wait-records.ts), and so was what it holds. So at t all of them held what the others want: nobody else could give it to
 * them, and none of them could go on, also not by a grant that is under way, because what is held was not released. From t on this stays so, until
 * one of them dies or is told to end. Standing in line behind another is written by who stands there, when it has seen the other in line and
 * then that itself was not granted yet (`findBefore`); from then on it is not granted before the other.
 *
 * Why no circle is missed. Who begins to wait first says so, then searches. In a circle there is one who said so last, and finds all the others.
 * A circle that is closed by what another does, a grant to a thread that sleeps, is closed by news to that thread, which searches whenever
 * it has news. Whoever has to see that it waits in a circle is told by who finds it.
 *
 * All who search find the same circle, and choose in it the same wait to end, so one ends: of those without which nobody of them would be
 * stuck the one that began last, or simply that, if there is no such one.
 */
import { FOR_COUNT, FOR_PARTIES, goesOn, readWaits, type Wait } from './wait-records.ts';

export interface Circle {
  /** In the order in which each waits for the next; the last waits for the first. All are of the same circle, but not all of it. */
  readonly way: readonly Wait[];
  /** Which one is to end; undefined: none of them can. */
  readonly victim: Wait | undefined;
}

/** What has to be asked, or done. */
export interface Verdict {
  readonly circle?: Circle;
  /** There would be a circle if it was known that these hold what they hold until their wait ends. */
  readonly unproven: readonly Wait[];
}

/** Each time something has changed meanwhile. A guess; after it the search is left to the next news, which the caller gives itself. */
const MAX_READS = 16;
const NOTHING: Verdict = { unproven: [] };

/** Is the wait with this ticket in a circle? Undefined: too much has changed while it was looked. */
export function search(graph: Int32Array, registry: Int32Array, ticket: number): Verdict | undefined {
  for (let reads = 0; reads < MAX_READS; reads++) {
    const waits = readWaits(graph, registry);
    const proven = waits.filter(({ isProven }) => isProven);
    let found = findCircle(proven, ticket);
    if (found === undefined && proven.length < waits.length) found = findCircle(waits, ticket);
    if (found === undefined) return NOTHING;
    if (!found.ground.every((wait) => goesOn(graph, registry, wait))) continue;
    const unproven = found.ground.filter(({ isProven }) => !isProven);
    return unproven.length > 0 ? { unproven } : { circle: found.circle, unproven };
  }
  return undefined;
}

/** A wait in the same line before the one with this ticket, which will be there for as long as anything. For `standBehind`; see there. */
export function findBefore(graph: Int32Array, registry: Int32Array, ticket: number): Wait | undefined {
  const waits = readWaits(graph, registry);
  const mine = waits.find((wait) => wait.ticket === ticket);
  if (mine === undefined) return undefined;
  const isBefore = (wait: Wait) =>
    wait !== mine && wait.number === mine.number && wait.kind === mine.kind && ((wait.place - mine.place) | 0) < 0;
  return waits.filter(isBefore).toSorted((one, other) => (one.place - other.place) | 0)[0];
}

interface Found {
  readonly circle: Circle;
  /** All waits on which the answer rests. */
  readonly ground: readonly Wait[];
}

/** Of waits that all go on. */
export function findCircle(waits: readonly Wait[], ticket: number): Found | undefined {
  const stuck = withoutThoseWhoCanGoOn(waits);
  const mine = stuck.find((wait) => wait.ticket === ticket);
  if (mine === undefined) return undefined;
  const ground = reachable(mine, stuck);
  const circle = [...ground].filter((wait) => reachable(wait, stuck).has(mine));
  if (!circle.includes(mine)) return undefined;
  const victims = circle.filter(({ canFail }) => canFail).toSorted((one, other) => (other.ticket - one.ticket) | 0);
  const frees = (victim: Wait) => {
    const left = withoutThoseWhoCanGoOn(stuck.filter((wait) => wait !== victim));
    return !circle.some((wait) => left.includes(wait));
  };
  const victim = victims.find(frees) ?? victims[0];
  return { circle: { way: wayAround(mine, circle, stuck), victim }, ground: [...new Set([mine, ...ground])] };
}

function withoutThoseWhoCanGoOn(waits: readonly Wait[]): readonly Wait[] {
  let left = waits;
  for (;;) {
    const stuck = left.filter((wait) => blockersOf(wait, left).length > 0);
    if (stuck.length === left.length) return stuck;
    left = stuck;
  }
}

/** Those of `waits` which keep `wait` from ending, together; none: they don't. */
export function blockersOf(wait: Wait, waits: readonly Wait[]): readonly Wait[] {
  if (wait.kind === FOR_PARTIES)
    return waits.filter(
      (other) =>
        other.isThread &&
        wait.parties.includes(other.owner) &&
        !(other.kind === FOR_PARTIES && other.number === wait.number),
    );
  const holders = waits.filter((other) => heldBy(other, wait.number) > 0);
  const held = holders.reduce((sum, other) => sum + heldBy(other, wait.number), 0);
  if (wait.kind === FOR_COUNT) return holders;
  if (held > wait.total - wait.want) return holders;
  if (wait.behind === 0) return [];
  return waits.filter((other) => other.ticket === wait.behind && other.number === wait.number);
}

/** How much of the thing with this number. */
export function heldBy({ holds }: Wait, number: number): number {
  let amount = 0;
  for (let index = 0; index < holds.length; index += 2) if (holds[index] === number) amount += holds[index + 1]!;
  return amount;
}

/** Everybody for whom `from` waits, directly or not; itself only if it waits for itself in the end. */
function reachable(from: Wait, waits: readonly Wait[]): ReadonlySet<Wait> {
  const reached = new Set<Wait>();
  const open = [from];
  for (let wait = open.pop(); wait !== undefined; wait = open.pop())
    for (const other of blockersOf(wait, waits)) {
      if (reached.has(other)) continue;
      reached.add(other);
      open.push(other);
    }
  return reached;
}

/** The shortest way from `mine` over blockers back to it. */
function wayAround(mine: Wait, circle: readonly Wait[], stuck: readonly Wait[]): readonly Wait[] {
  let ways: (readonly Wait[])[] = [[mine]];
  const seen = new Set<Wait>();
  for (;;) {
    const longer: (readonly Wait[])[] = [];
    for (const way of ways)
      for (const next of blockersOf(way.at(-1)!, stuck)) {
        if (next === mine) return way;
        if (seen.has(next) || !circle.includes(next)) continue;
        seen.add(next);
        longer.push([...way, next]);
      }
    ways = longer;
  }
}
