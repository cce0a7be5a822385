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
 * one of them dies or is told to end. Two things can't be seen from what is held, because they may be over before who waits has noticed, so
 * who waits says them itself (`SEEN`): that it still waited after the other was blocked. Standing in line behind another: as both were in
 * the line then, it is from then on not granted before the other has left it. Waiting for a party, or for who has promised to count: that one
 * was blocked without having arrived or counted, and from then on can't.
 *
 * Why no circle is missed. Who begins to wait first says so, then searches. In a circle there is one who said so last, and finds all the others.
 * A circle that is closed by what another does, a grant to a thread that sleeps, is closed by news to that thread, which searches whenever
 * it has news. Whoever has to see that it waits in a circle is told by who finds it.
 *
 * All who search find the same circle, and choose in it the same wait to end, so one ends: of those without which nobody of them would be
 * stuck the one that began last, or simply that, if there is no such one.
 */
import { ARRIVED, FOR_PARTIES, FOR_SHARES, goesOn, readWaits, type Wait } from './wait-records.ts';

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
    const found = findCircle(proven, ticket);
    const perhaps = found ?? findCircle(waits, ticket, false);
    if (perhaps === undefined) return NOTHING;
    if (!perhaps.ground.every((wait) => goesOn(graph, registry, wait))) continue;
    if (found !== undefined) return { circle: found.circle, unproven: [] };
    return { unproven: perhaps.ground.filter((wait) => !wait.isProven || hasToLook(wait, perhaps.ground)) };
  }
  return undefined;
}

interface Found {
  readonly circle: Circle;
  /** All waits on which the answer rests. */
  readonly ground: readonly Wait[];
}

/** Of waits that all go on. Not `isStrict`: what who waits would have to see counts as seen. */
export function findCircle(waits: readonly Wait[], ticket: number, isStrict = true): Found | undefined {
  const blockersOf = isStrict ? blockersSeen : blockersPerhaps;
  const stuck = withoutThoseWhoCanGoOn(waits, blockersOf);
  const mine = stuck.find((wait) => wait.ticket === ticket);
  if (mine === undefined) return undefined;
  const ground = reachable(mine, stuck, blockersOf);
  const circle = [...ground].filter((wait) => reachable(wait, stuck, blockersOf).has(mine));
  if (!circle.includes(mine)) return undefined;
  const victims = circle.filter(({ canFail }) => canFail).toSorted((one, other) => (other.ticket - one.ticket) | 0);
  const frees = (victim: Wait) => {
    const left = withoutThoseWhoCanGoOn(
      stuck.filter((wait) => wait !== victim),
      blockersOf,
    );
    return !circle.some((wait) => left.includes(wait));
  };
  const victim = victims.find(frees) ?? victims[0];
  return {
    circle: { way: wayAround(mine, circle, stuck, blockersOf), victim },
    ground: [...new Set([mine, ...ground])],
  };
}

type BlockersOf = (wait: Wait, waits: readonly Wait[]) => readonly Wait[];

function withoutThoseWhoCanGoOn(waits: readonly Wait[], blockersOf: BlockersOf): readonly Wait[] {
  let left = waits;
  for (;;) {
    const stuck = left.filter((wait) => blockersOf(wait, left).length > 0);
    if (stuck.length === left.length) return stuck;
    left = stuck;
  }
}

/** Those of `waits` which keep `wait` from ending, together; none: they don't. */
function blockersSeen(wait: Wait, waits: readonly Wait[]): readonly Wait[] {
  const holders = holdersOfShares(wait, waits);
  return holders.length > 0 ? holders : toBeSeen(wait, waits).filter((other) => hasSeen(wait, other));
}

function blockersPerhaps(wait: Wait, waits: readonly Wait[]): readonly Wait[] {
  const holders = holdersOfShares(wait, waits);
  return holders.length > 0 ? holders : toBeSeen(wait, waits);
}

/** Those who have what is wanted; none: they leave enough. */
function holdersOfShares(wait: Wait, waits: readonly Wait[]): readonly Wait[] {
  if (wait.kind !== FOR_SHARES) return [];
  const holders = waits.filter((other) => heldBy(other, wait.number) > 0);
  const held = holders.reduce((sum, other) => sum + heldBy(other, wait.number), 0);
  return held > wait.total - wait.want ? holders : [];
}

/** Those who keep it from ending if it has gone on after they were blocked, which only who waits can tell. */
function toBeSeen(wait: Wait, waits: readonly Wait[]): readonly Wait[] {
  if (wait.kind === FOR_SHARES) return waits.filter((other) => isBefore(other, wait));
  if (wait.kind === FOR_PARTIES) return waits.filter((other) => isMissing(other, wait));
  return waits.filter((other) => heldBy(other, wait.number) > 0);
}

/** Does it stand in the same line before `wait`? Known of threads only; without a line all places are the same. */
function isBefore(other: Wait, { isThread, kind, number, place }: Wait): boolean {
  const isSameLine = isThread && other.isThread && other.kind === kind && other.number === number;
  return isSameLine && ((other.place - place) | 0) < 0;
}

/** Is it a thread that `wait` needs, blocked elsewhere, and has not arrived? */
function isMissing(other: Wait, { parties, number }: Wait): boolean {
  const isThere = heldBy(other, number) === ARRIVED || (other.kind === FOR_PARTIES && other.number === number);
  return other.isThread && parties.includes(other.owner) && !isThere;
}

/** Has it been seen that `wait` goes on while the other is blocked? */
function hasSeen(wait: Wait, other: Wait): boolean {
  return wait.seen !== 0 && ((wait.seen - other.ticket) | 0) >= 0;
}

function hasToLook(wait: Wait, waits: readonly Wait[]): boolean {
  if (holdersOfShares(wait, waits).length > 0) return false;
  return toBeSeen(wait, waits).some((other) => !hasSeen(wait, other));
}

/** How much of the thing with this number. */
export function heldBy({ holds }: Wait, number: number): number {
  let amount = 0;
  for (let index = 0; index < holds.length; index += 2) if (holds[index] === number) amount += holds[index + 1]!;
  return amount;
}

/** Everybody for whom `from` waits, directly or not; itself only if it waits for itself in the end. */
function reachable(from: Wait, waits: readonly Wait[], blockersOf: BlockersOf): ReadonlySet<Wait> {
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
function wayAround(
  mine: Wait,
  circle: readonly Wait[],
  stuck: readonly Wait[],
  blockersOf: BlockersOf,
): readonly Wait[] {
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
