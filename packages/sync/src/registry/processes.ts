/**
 * The processes that share a registry, and how the end of one becomes known: words behind those of lives.ts.
 *
 * | word | written by | says |
 * | --- | --- | --- |
 * | `SPACES` | who makes the registry | where the numbers of its processes are valid |
 * | `CHECKED` | who looks for ended processes, by compare-and-swap | when somebody looked last |
 * | `IDENTITY` of a slot, 64 bits | a main thread, from 0 to its process; back to 0 by who found that this one has ended, and has said so | which process has this slot for its main thread, or is about to |
 *
 *     IDENTITY = 0 ──a process reserves──> process ──it has ended, its life too, all are told──> 0
 *     LIFE of the slot: not alive ──by the process, while IDENTITY is its own──> alive, watched by itself
 *
 * The main thread of each process watches itself; the process's workers it watches as lives.ts says. It reserves the slot first, so that
 * there is never a life of a process which nobody could find out to be over. A slot in which a worker thread of somebody lives it
 * leaves again.
 *
 * Whoever waits looks now and then whether a process of the registry has ended (`endEnded`), by the operating system. First the process is
 * known to have ended: from then on it writes nothing. Then LIFE is loaded, then IDENTITY once more: when that is unchanged, this LIFE was
 * loaded before anybody else could have the slot, so it is of that process, if it watches itself. It is ended as in lives.ts, by its value. All
 * threads are told before IDENTITY is taken away: who dies before that leaves it to whoever looks next, who then tells again.
 *
 * Several may do so at once, and any of them may die: each step is right when it is done twice, and wrong steps fail by their
 * compare-and-swap, because no identity and no life comes again.
 */
import { claimSlot, endLife, idIn, isOwnWatcher, MAX_THREADS, REGISTRY_WORDS, tellOfDeath } from './lives.ts';

const SPACES = 0;
const SPACE_COUNT = 2;
const CHECKED = 4;
/** In 64-bit words. */
const IDENTITY = 4;

/** The words of lives.ts come first. */
const FIRST = Math.ceil(REGISTRY_WORDS / 16) * 16;
export const PROCESS_REGISTRY_WORDS = FIRST + 2 * (IDENTITY + MAX_THREADS);

/** How often, at most, all processes are looked at for one registry. A guess: what a death may cost in time, against a look at each. */
export const CHECK_MS = 50;

export interface ProcessWords {
  readonly registry: Int32Array;
  readonly rows: Int32Array;
  readonly identities: BigInt64Array;
}

export function processWordsOf(memory: ArrayBuffer): ProcessWords {
  const bytes = Int32Array.BYTES_PER_ELEMENT;
  return {
    registry: new Int32Array(memory, 0, REGISTRY_WORDS),
    rows: new Int32Array(memory, FIRST * bytes, 2 * IDENTITY),
    identities: new BigInt64Array(memory, (FIRST + 2 * IDENTITY) * bytes, MAX_THREADS),
  };
}

/** Before anybody else has the words. */
export function formatProcesses({ rows, identities }: ProcessWords, spaces: readonly number[], identity: bigint): void {
  for (const [at, space] of spaces.slice(0, SPACE_COUNT).entries()) rows[SPACES + at] = space;
  // The root's slot is the first.
  Atomics.store(identities, 0, identity);
}

export function isInSpaces({ rows }: ProcessWords, spaces: readonly number[]): boolean {
  return spaces.every((space, at) => rows[SPACES + at] === space);
}

/** A slot for the main thread of this process; gives its owner id, 0 when all are taken. */
export function claimProcess({ registry, identities }: ProcessWords, identity: bigint, threadId: number): number {
  for (let slot = 0; slot < MAX_THREADS; slot++) {
    if (Atomics.compareExchange(identities, slot, 0n, identity) !== 0n) continue;
    const id = claimSlot(registry, slot, slot, threadId, undefined);
    if (id !== 0) return id;
    Atomics.store(identities, slot, 0n);
  }
  return 0;
}

/** The owner id of the main thread of the process `identity`, 0: it has none here. */
export function originOf({ registry, identities }: ProcessWords, identity: bigint): number {
  for (let slot = 0; slot < MAX_THREADS; slot++) {
    if (Atomics.load(identities, slot) !== identity) continue;
    const id = idIn(registry, slot);
    if (id !== 0 && isOwnWatcher(registry, id)) return id;
  }
  return 0;
}

/** Is it time to look at the processes, and up to this thread? `nowMs`: of a clock that is one for all processes. */
export function mayCheck({ rows }: ProcessWords, nowMs: number): boolean {
  const checkedMs = Atomics.load(rows, CHECKED);
  // Who has looked may have died in it, so the next look comes in any case.
  if (checkedMs !== 0 && (nowMs - checkedMs) >>> 0 < CHECK_MS) return false;
  return Atomics.compareExchange(rows, CHECKED, checkedMs, nowMs | 0) === checkedMs;
}

/** Ends what belongs to processes that have ended. True: there was one. */
export function endEnded(
  { registry, identities }: ProcessWords,
  own: bigint,
  hasEnded: (identity: bigint) => boolean,
): boolean {
  let isOne = false;
  for (let slot = 0; slot < MAX_THREADS; slot++) {
    const identity = Atomics.load(identities, slot);
    if (identity === 0n || identity === own || !hasEnded(identity)) continue;
    const id = idIn(registry, slot);
    const isStillIts = Atomics.load(identities, slot) === identity;
    if (!isStillIts) continue;
    if (id !== 0 && isOwnWatcher(registry, id)) endLife(registry, id);
    // Also when its life was over: who ended it may have died before this.
    tellOfDeath(registry);
    Atomics.compareExchange(identities, slot, identity, 0n);
    isOne = true;
  }
  return isOne;
}
