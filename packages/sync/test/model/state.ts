/** Where an exploration is: the memory, and what each party has done. Two orders that lead to the same state are followed once. */

export type Value = number | string;

/** Never changed once it is in a state. */
export interface Party {
  readonly at: string;
  readonly log: readonly Value[];
  /** The last anchor in this operation: which one, and from where on the log is part of the state. */
  readonly anchor: string;
  /** Where in the code that was. */
  readonly place: string;
  readonly anchorAt: number;
  /** Where in the log its word for news is, -1: nowhere. */
  readonly newsAt: number;
  /** Cell on which it sleeps; -1: awake. */
  readonly sleepsOn: number;
  readonly life: 'living' | 'done' | 'dead' | 'buried';
  readonly inside: string;
  readonly isInLine: boolean;
  /** By party: how often that one got the lock after this one had looked and found that it has to wait. */
  readonly overtakenBy: readonly number[];
  key?: string;
}

export interface State {
  readonly memory: number[];
  readonly parties: Party[];
  /** The party whose life is being ended now, and how far that is; -1: nobody's. */
  buried: number;
  burial: readonly Value[];
  deathsLeft: number;
  /** A party died while it was inside, and nobody was told yet. */
  isDirty: boolean;
}

export const AWAKE = -1;
export const NOWHERE = { log: [], anchor: '', anchorAt: 0, newsAt: -1, place: '' } as const;

export function clone(state: State): State {
  return { ...state, memory: state.memory.slice(), parties: state.parties.slice() };
}

export function keyOfParty(party: Party): string {
  const { at, life, sleepsOn, inside, isInLine, overtakenBy, log, anchor, anchorAt, place } = party;
  const past = log.slice(anchorAt);
  return `${at} ${life} ${sleepsOn} ${inside} ${isInLine} ${overtakenBy.join()} ${anchor} ${place} ${past.join()}`;
}
