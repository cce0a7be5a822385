/** What is waited for, as the one who waits knows it. */
import type { Membership } from '../registry/membership.ts';
import { ARRIVED, FOR_COUNT, FOR_PARTIES, FOR_SHARES, MAX_HOLDS, type WaitFacts } from './wait-records.ts';

export interface WaitSubject {
  readonly kind: typeof FOR_SHARES | typeof FOR_PARTIES | typeof FOR_COUNT;
  readonly number: number;
  /** In messages. */
  readonly label: string;
  readonly total: number;
  readonly want: number;
  /** Of things with a line in which nobody is passed: the place in it, undefined when there is none. */
  readonly place?: () => number | undefined;
  /** The threads without which it does not end, except this one. */
  readonly parties?: () => readonly number[];
  /** False: it may end by somebody of whom nothing is known. */
  readonly isReliant?: () => boolean;
  /** Of a wait in a line, or for others, which may be over before this thread knows: does it go on? */
  readonly isWaiting?: () => boolean;
  /** False: the call can't fail without its mutex. */
  readonly canFail?: false;
}

/** How it waits: by what is held meanwhile, and whether that is known. */
export interface WaitMeans {
  readonly holds: readonly number[];
  readonly isProven: boolean;
}

/** Undefined: it can't be said now on whom the wait depends. */
export function factsOf(subject: WaitSubject, { holds, isProven }: WaitMeans): WaitFacts | undefined {
  const { kind, number, total, want, canFail = true } = subject;
  if (subject.isReliant?.() === false) return undefined;
  // What does not fit may be that it has arrived somewhere, and must not be left out.
  if (holds.length > MAX_HOLDS && holds.includes(ARRIVED)) return undefined;
  const place = subject.place === undefined ? 0 : subject.place();
  if (place === undefined) return undefined;
  return { kind, number, total, want, place, canFail, isProven, holds, parties: subject.parties?.() ?? [] };
}

export function isSame(one: WaitFacts, other: WaitFacts): boolean {
  return (
    one.place === other.place &&
    one.isProven === other.isProven &&
    areEqual(one.holds, other.holds) &&
    areEqual(one.parties, other.parties)
  );
}

function areEqual(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}

/** What a thread says of one of its waits, when it is asked (texts.ts). */
export interface Description {
  readonly ticket: number;
  readonly awaited: string;
  readonly stack: string;
  /** Of what it holds: number, label, and where it was had if that is known. */
  readonly holds: readonly (readonly [number, string, string])[];
}

export function describe(
  { holdings }: Membership,
  ticket: number,
  subject: WaitSubject,
  holds: readonly number[],
  stack: string,
): Description {
  const described: [number, string, string][] = [];
  for (let index = 0; index < holds.length && described.length < 8; index += 2) {
    const holding = holdings.find(holds[index]!);
    if (holding !== undefined) described.push([holding.number, holding.label, holding.hadAt?.slice(0, 300) ?? '']);
  }
  return { ticket, awaited: subject.label, stack, holds: described };
}
