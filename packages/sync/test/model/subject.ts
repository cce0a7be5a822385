/** What a subject says of a protocol that is explored: its words, what parties do with them, and what is wrong (explore.ts). */
import type * as Lives from '../../src/registry/lives.ts';

/** What is to be done next, "done": nothing more, and it keeps what it has; undefined: the party has finished. */
export interface Next {
  readonly next: string;
  /** What it has, until the first access of the next operation. */
  readonly inside?: string;
  /** It was told that the owner before it had died. */
  readonly told?: boolean;
}

export type LivesCode = typeof Lives;

/** What an operation knows. */
export interface PartyView<Code> {
  readonly protocol: Code;
  readonly words: Int32Array;
  /** Of subjects that have two pieces of memory. */
  readonly extra: Int32Array;
  readonly registry: Int32Array;
  readonly id: number;
  /** For accesses of the operation's own. */
  readonly atomics: Pick<typeof Atomics, 'load' | 'store'>;
}

export interface PartyPlan<Code> {
  /** By name; begins with 'start'. */
  readonly operations: Readonly<Record<string, (party: PartyView<Code>) => Next | undefined>>;
  /** Done before everything begins; gives what the party has then. */
  readonly before?: (party: PartyView<Code>) => string | undefined;
  /** Done by a thread that lived in the same slot and has ended, before everything begins. */
  readonly predecessor?: (party: PartyView<Code>) => void;
  /** It asks several times. */
  readonly asksAgain?: boolean;
  /** It may end at any point; somebody then does `endLife`. */
  readonly mayDie?: boolean;
  /** Its sleep may time out; a list: in these operations. */
  readonly mayTimeOut?: boolean | readonly string[];
}

export interface Scenario<Code> {
  readonly parties: readonly PartyPlan<Code>[];
  /** Deaths in all. */
  readonly deaths?: number;
  /** Counts how often parties are overtaken. */
  readonly countsOvertaking?: boolean;
}

/** An access of a party to a shared word of the subject, or what may become of one. */
export interface WordAccess<Code> {
  readonly protocol: Code;
  readonly index: number;
  readonly writes: boolean;
  /** The party that makes it, -1: none of them. */
  readonly actor: number;
  readonly ids: readonly number[];
  read(index: number): number;
  /** The party in this slot, -1: none. */
  partyIn(slot: number): number;
  lifeOf(party: number): 'living' | 'done' | 'dead' | 'buried';
  /** May it die, now or later? */
  mayDie(party: number): boolean;
  /** Does any party ask several times? */
  readonly asksAgain: boolean;
}

/** Where an operation is, as the list of what its accesses gave. */
export interface Tracker {
  /** The last anchor in this operation. */
  readonly anchor: string;
  readonly id: number;
  readonly isMutated: boolean;
  /** What comes from here on depends on nothing before, but on this name, and on the word for news if `keepsNews`. */
  forget(anchor: string, keepsNews?: boolean): void;
  /** It is where it was at the last anchor. */
  rewind(): void;
}

export interface Subject<Code extends LivesCode> {
  readonly files: readonly string[];
  wordCount(code: Code): number;
  /** Of `extra`, whose words have EXTRA added to their index below. */
  extraCount?(code: Code): number;
  prepare?(code: Code, words: Int32Array): void;
  /** Can nobody tell when this access is made? */
  isUnseen?(access: WordAccess<Code>): boolean;
  /** Does it look how often lives were ended? */
  readonly readsDeaths?: boolean;
  /** Is the place of an anchor in the code part of the state? Needed where its name doesn't tell it. */
  readonly hasPlaces?: boolean;
  /** Before a load that is to be made now, and after anything else: sets anchors. */
  beforeLoad?(index: number, tracker: Tracker): void;
  afterWrite?(kind: string, index: number, value: number, tracker: Tracker): void;
  afterNotify?(tracker: Tracker): void;
  /** Words that are no part of the state now. */
  isIdle?(index: number, read: (index: number) => number): boolean;
  /** Who comes to have it by this change, -1: nobody. */
  winner?(index: number, before: number, after: number, ids: readonly number[]): number;
  /** What is wrong with those who have it at the same time. */
  conflict(inside: readonly string[], real: Code): string | undefined;
  /** May this party sleep for ever, as nothing is there for it? */
  mayRest?(party: number, read: (index: number) => number): boolean;
  /** Does a death with this have to be told to the next who has one of `heirs`? */
  leavesDirt?(inside: string): boolean;
  clears?(inside: string): boolean;
  /** After everything: what becomes of somebody who comes now and has nobody's help; undefined: nothing has to. */
  afterwards(party: PartyView<Code>): 'had' | 'told' | 'refused' | 'waits';
}

export interface Findings {
  readonly states: number;
  /** One sentence each; the exploration ends with the first. */
  readonly faults: readonly string[];
  /** How often one other party got the lock while a party stood in line, at most. */
  readonly overtaken: number;
  /** Operations that finished, by name: what the exploration has reached at all. */
  readonly reached: ReadonlySet<string>;
}

/** Words of `extra` are told from the others by this. */
export const EXTRA = 1 << 20;
