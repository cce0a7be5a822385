/**
 * The order in which locks are taken, by name: two threads that take two locks in two orders may some day wait for each other, though
 * this time they did not. For tests; off it costs a look at one variable.
 */
import process from 'node:process';
import { heldAround } from '../line/holding.ts';
import type { Membership } from '../registry/membership.ts';
import type { Holding } from '../registry/holdings.ts';
import { realm } from '../registry/membership.ts';
import { stackHere } from '../deadlock/stacks.ts';
import { addPair, mayReport, readPairs, type Pair } from './order-table.ts';

/** Locks that were taken in an order that goes round: each was held while the next was taken, the last while the first was. */
export interface LockOrderInversion {
  readonly steps: readonly Pair[];
}

/** What is tried waits for nobody, so it is held in no order. */
export type Taking = 'tries' | 'waits' | 'blocks';

/** Is the order looked at in this thread? */
export let isOrderChecked = process.env['HEDDLE_SYNC_LOCK_ORDER'] === '1';

/** Pairs that this thread has recorded. */
const recorded = new Set<string>();

/**
 * From now on this thread records in which order it takes locks by name, and where: mutexes, locks of readers and writers, semaphores and
 * onces. A pair of names that has been taken in both orders, by whichever threads of the program, is told by `process.emitWarning`
 * (SYNC_LOCK_ORDER) with both stacks, once, though nothing has hung. So are longer circles. Names are those of the option `name`; locks of one
 * name are one, and what has none goes by its number.
 *
 * What counts as held: inside of `with…` what the functions around hold, and for a blocking call everything that its thread holds; of what is
 * made across processes with others that are, and the same for threads.
 *
 * For tests: each lock costs a stack. The variable HEDDLE_SYNC_LOCK_ORDER=1 does the same for every thread of the program.
 */
export function checkLockOrder(isOn = true): void {
  isOrderChecked = isOn;
}

/** What was found in the whole program until now. */
export function lockOrderInversions(): readonly LockOrderInversion[] {
  return realm.memberships.flatMap(({ order }) => {
    const pairs = [...readPairs(order).values()];
    return inversionsOf(pairs).map((steps) => ({ steps }));
  });
}

/** This thread has just taken `holding`. */
export function noteOrder(membership: Membership, holding: Holding, how: Taking): void {
  holding.hadAt = stackHere(600);
  if (how === 'tries') return;
  for (const held of how === 'blocks' ? allHeld(membership) : heldAround()) {
    if (!held.isIn(membership.holdings) || held.orderName === holding.orderName) continue;
    const key = `${realm.memberships.indexOf(membership)}\n${held.orderName}\n${holding.orderName}`;
    if (recorded.has(key)) continue;
    recorded.add(key);
    const pair = { held: held.orderName, taken: holding.orderName, heldAt: held.hadAt ?? '', takenAt: holding.hadAt };
    if (addPair(membership.order, pair)) report(membership.order);
  }
}

function* allHeld({ holdings }: Membership): Iterable<Holding> {
  for (let holding = holdings.first; holding !== undefined; holding = holding.next) yield holding;
}

function report(order: Int32Array): void {
  const pairs = readPairs(order);
  const entryOf = new Map([...pairs].map(([entry, pair]) => [pair, entry]));
  for (const steps of inversionsOf([...pairs.values()])) {
    // Of the same steps the last is the same, whoever finds them.
    const last = Math.max(...steps.map((pair) => entryOf.get(pair)!));
    if (mayReport(order, last))
      process.emitWarning(describe(steps), { type: 'LockOrderWarning', code: 'SYNC_LOCK_ORDER' });
  }
}

/** One for each pair that closes a circle with pairs before it. */
export function inversionsOf(pairs: readonly Pair[]): (readonly Pair[])[] {
  const inversions: (readonly Pair[])[] = [];
  const known = new Set<string>();
  for (const [index, pair] of pairs.entries()) {
    const key = JSON.stringify([pair.held, pair.taken]);
    if (known.has(key)) continue;
    known.add(key);
    const way = wayBetween(pair.taken, pair.held, pairs.slice(0, index));
    if (way !== undefined) inversions.push([pair, ...way]);
  }
  return inversions;
}

/** The shortest. */
function wayBetween(from: string, to: string, pairs: readonly Pair[]): readonly Pair[] | undefined {
  const seen = new Set([from]);
  let ways: (readonly Pair[])[] = [[]];
  while (ways.length > 0) {
    const longer: (readonly Pair[])[] = [];
    for (const way of ways)
      for (const pair of pairs) {
        if (pair.held !== (way.at(-1)?.taken ?? from)) continue;
        if (pair.taken === to) return [...way, pair];
        if (seen.has(pair.taken)) continue;
        seen.add(pair.taken);
        longer.push([...way, pair]);
      }
    ways = longer;
  }
  return undefined;
}

function describe(steps: readonly Pair[]): string {
  const lines = steps.map(
    ({ held, taken, heldAt, takenAt }) =>
      `${taken} was taken while ${held} was held\n    ${taken}:\n${indent(takenAt)}\n    ${held}:\n${indent(heldAt)}`,
  );
  return `locks are taken in an order that goes round, so threads may some day wait for each other:\n${lines.join('\n')}`;
}

function indent(stack: string): string {
  return stack
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n');
}
