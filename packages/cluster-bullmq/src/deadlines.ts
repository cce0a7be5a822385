/** Every time and size that is not an option, with its unit and reason; and how a wait is bounded. */

/** A lock that is not renewed for so long is lost. With STALLED_MS it bounds the time in which a killed node is noticed: about their sum. */
export const LOCK_MS = 2_000;
/** How often nodes look for chunks without a lock. BullMQ marks in one look and takes back in a later one. */
export const STALLED_MS = 1_000;
/**
 * An idle node looks for chunks at least so often. It is woken for one by a mark, which goes to a single connection: who ends as he gets it
 * takes it along.
 */
export const IDLE_LOOK_MS = 1_000;
/** How often a node tells that it lives. */
export const BEAT_MS = 1_000;
/** A node that was silent for so long is not counted on. */
export const BEAT_LOST_MS = 5_000;
/** A node that was silent for so long is forgotten. */
export const BEAT_FORGET_MS = 60_000;
/** A module is served so long after a client has last wanted it, which clients say with each look. */
export const WANT_MS = 60_000;
/** How often a client looks how its chunks stand. News come at once; this finds what news were lost. */
export const LOOK_MS = 1_000;
/** Chunks whose node died so often are run item by item, each try counted before it begins. */
export const STALLS_BEFORE_CARE = 2;
/** Attempts of a chunk that fail for a reason of the node's own (its pool can't be opened), before the run is told. */
export const NODE_FAULTS_MAX = 5;
export const NODE_FAULT_DELAY_MS = 500;
/** A module whose worker did not start, for another reason than its content, is tried again after so long: each try starts a process. */
export const LOAD_AGAIN_MS = 5_000;
/** A node that ends at once waits so long for what it has told to end. */
export const END_MS = 5_000;
/** BullMQ's own log of a queue: nobody reads it. */
export const EVENTS_KEPT = 100;
/** Inputs are taken together for so long, when the source is slower than that. */
export const LINGER_MS = 20;
/** A chunk should take a node about so long: long beside what a chunk costs Redis (about 1 ms), short beside what a death loses. */
export const CHUNK_TARGET_MS = 200;
/** Before anything was measured. */
export const CHUNK_ITEMS_FIRST = 10;
export const CHUNK_ITEMS_MAX = 1_000;
/** A chunk is closed when it holds so many bytes. */
export const CHUNK_BYTES = 4 * 2 ** 20;
/** Chunks that a client has under way: at least; for each place that nodes have for one; and at most, which its look each second bears. */
export const WINDOW_CHUNKS_LEAST = 8;
export const WINDOW_CHUNKS_PER_PLACE = 3;
export const WINDOW_CHUNKS_MOST = 1_000;
/** Beyond that, what the nodes do in so long: a chunk may lose its node twice, five seconds each, and nobody is idle. */
export const WINDOW_MS = 10_000;
/** Bytes of inputs that a client has under way: it keeps them until their outcomes are there, to send them again. */
export const WINDOW_BYTES = 64 * 2 ** 20;
/** Bytes of outcomes that may wait in Redis for their turn, by the size of those that came. */
export const WINDOW_OUTCOME_BYTES = 256 * 2 ** 20;

/** What a promise gives, or undefined when it takes longer. A promise that is left goes on by itself. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), ms)));
  promise.catch(() => undefined);
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
