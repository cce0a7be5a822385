/**
 * How many chunks a client has under way: so many that nobody is idle while the first of them waits for a node that has died, since results
 * are handed out in order. A chunk that loses its node twice comes about RECOVERY_MS late each time; so what the nodes do in
 * WINDOW_MS is under way, by what chunks have taken so far. Bounded by bytes too: inputs stay here (run.ts), outcomes in Redis.
 */
import {
  WINDOW_BYTES,
  WINDOW_CHUNKS_LEAST,
  WINDOW_CHUNKS_MOST,
  WINDOW_CHUNKS_PER_PLACE,
  WINDOW_MS,
  WINDOW_OUTCOME_BYTES,
} from '../deadlines.ts';

/** Weight of the newest chunk. */
const NEWEST = 0.3;

export class Window {
  #chunkMs: number | undefined;
  #outcomeBytes = 0;
  #measured = 0;

  /** May one more be sent, with so many chunks and bytes of inputs under way, and so many places where nodes run one? */
  hasRoom(chunks: number, bytes: number, places: number): boolean {
    return chunks < this.chunks(places) && bytes < WINDOW_BYTES;
  }

  /** Most chunks under way. It at most doubles with each chunk that has come: the first ones may mislead. */
  chunks(places: number): number {
    const perPlace = WINDOW_CHUNKS_PER_PLACE + Math.ceil(WINDOW_MS / Math.max(this.#chunkMs ?? WINDOW_MS, 1));
    const byTime = Math.min(places * perPlace, 2 * this.#measured, WINDOW_CHUNKS_MOST);
    const byBytes = WINDOW_OUTCOME_BYTES / Math.max(this.#outcomeBytes, 1);
    return Math.max(WINDOW_CHUNKS_LEAST, WINDOW_CHUNKS_PER_PLACE * places, Math.floor(Math.min(byTime, byBytes)));
  }

  /** What a node has told of a chunk: it ran so long, and its outcomes have so many bytes. */
  measured(elapsedMs: number, outcomeBytes: number): void {
    const weight = this.#measured++ === 0 ? 1 : NEWEST;
    this.#chunkMs = (this.#chunkMs ?? 0) * (1 - weight) + elapsedMs * weight;
    // A large one is believed at once: memory is what it takes.
    this.#outcomeBytes = Math.max(outcomeBytes, this.#outcomeBytes * (1 - weight) + outcomeBytes * weight);
  }
}
