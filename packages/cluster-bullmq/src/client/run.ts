/**
 * One run as its client sees it: inputs cut into chunks and sent, outcomes fetched and handed out, each once.
 *
 * A chunk is `sent` until its outcome is in Redis, then `done`, then handed out and forgotten. Its inputs are kept here while it is sent: a
 * Redis that lost them, or the job, gets both again, under the same names, which makes no second of either. News come by a channel; a look
 * each LOOK_MS finds what news were lost, so nothing rests on them.
 *
 * Memory: chunks and inputs as window.ts allows are under way, and outcomes are fetched for one chunk and the next one.
 *
 * Whatever happens is written to a field and `#wake` is called; who waits looks at the fields again. First failure wins.
 */
import { createHash } from 'node:crypto';
import type { Queue } from 'bullmq';
import type { HeddleError } from '@heddle/ts-orchestrator';
import { CHUNK_BYTES, LOOK_MS } from '../deadlines.ts';
import { clusterError } from '../errors.ts';
import { asClusterError, ownError, type Connection } from '../redis/connect.ts';
import { jobIdOf, type RunKeys } from '../redis/keys.ts';
import { CANCEL, CLAIM, LOOK, OPEN } from '../redis/scripts.ts';
import { borderOf, parseBorder, type RunIdentity, type RunManner } from '../run-spec.ts';
import { decodeList, decodeOutcomes, type Decoded } from '../values/items.ts';
import { putTogether, type Thrown } from '../values/thrown.ts';
import { whenAborted } from './aborts.ts';
import type { ChunkSize } from './chunk-size.ts';
import type { DoneChunk } from './item-steps.ts';
import type { NodeWatch } from './node-watch.ts';
import type { Source } from './source.ts';
import { Window } from './window.ts';

export interface RunParts {
  readonly connection: Connection;
  readonly keys: RunKeys;
  readonly projectNews: string;
  /** Resolves when `hear` is told what the channel of the run says. */
  readonly subscribe: () => Promise<unknown>;
  readonly queue: Queue;
  readonly nodes: NodeWatch;
  readonly id: string;
  /** The id is this call's own: nobody can resume it, and it is deleted at the end. */
  readonly isPrivate: boolean;
  readonly is: RunIdentity;
  readonly how: RunManner;
  readonly source: Source;
  readonly size: ChunkSize;
  readonly ordered: boolean;
  readonly signal: AbortSignal | undefined;
  readonly Heddle: typeof HeddleError;
}

interface Chunk {
  readonly first: number;
  readonly count: number;
  readonly bytes: Buffer;
  readonly border: string;
  state: 'sent' | 'done';
}

export class Run {
  readonly #parts: RunParts;
  /** In the order of the inputs. */
  readonly #chunks = new Map<number, Chunk>();
  readonly #window = new Window();
  readonly #fetches = new Map<number, Promise<Buffer | null>>();
  #next = 0;
  #hasBorders = false;
  #isAllSent = false;
  #bytes = 0;
  #failure: { readonly error: unknown } | undefined;
  /** What the source threw, or what is wrong with an input: told in its place, after the results before it. */
  #sourceError: { readonly error: unknown } | undefined;
  #isOver = false;
  #ended: Promise<void> | undefined;
  #hasMoved = true;
  /** Before that, what stands in Redis may be of whoever had the run before. */
  #isOpen = false;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #changed: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  constructor(parts: RunParts) {
    this.#parts = parts;
  }

  /** What the channel of the run says. */
  hear(text: string): void {
    const [what, first] = text.split(' ');
    if (what === 'done') this.#markDone(Number(first));
    else void this.look();
  }

  /** The connection was lost and is there again, or the run has news: how do the chunks stand? One look at a time. */
  look(): Promise<void> {
    if (!this.#isOpen) return Promise.resolve();
    return (this.#looking ??= this.#look()
      .catch((error: unknown) => this.fail(ownError(error, this.#parts.connection.address)))
      .finally(() => {
        this.#looking = undefined;
        clearTimeout(this.#timer);
        if (!this.#isOver) this.#timer = setTimeout(() => void this.look(), LOOK_MS);
      }));
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  /** Fails it, and ends it also if nobody goes on with the iteration. */
  stop(error: unknown): Promise<void> {
    this.fail(error);
    return this.#end(false);
  }

  /** Chunks with their outcomes, each once. Ends the run when the iteration ends, for whatever reason. */
  async *chunks(): AsyncGenerator<DoneChunk, void, undefined> {
    const { signal, connection, nodes } = this.#parts;
    const onAbort = () => void this.stop(signal!.reason);
    let isComplete = false;
    let forgetSignal: (() => void) | undefined;
    try {
      signal?.throwIfAborted();
      forgetSignal = signal && whenAborted(signal, onAbort);
      await this.#orFailure(this.#parts.subscribe());
      void nodes.refresh().catch(() => undefined); // said by the first look
      await this.#open();
      this.#isOpen = true;
      this.#timer = setTimeout(() => void this.look(), LOOK_MS);
      void this.#send().catch((error: unknown) => this.fail(ownError(error, connection.address)));
      for (let chunk = await this.#nextDone(); chunk !== undefined; chunk = await this.#nextDone()) {
        const bytes = await this.#orFailure(this.#fetch(chunk.first));
        this.#fetches.delete(chunk.first);
        if (bytes === null) {
          // Redis has lost it again: it is run once more.
          chunk.state = 'sent';
          await this.#orFailure(this.#sendAgain([chunk]));
          continue;
        }
        this.#fetchNext(chunk);
        const { elapsedMs, outcomes } = decodeOutcomes(bytes, chunk.count);
        this.#parts.size.measured(chunk.count, elapsedMs);
        this.#window.measured(elapsedMs, bytes.length);
        const { first } = chunk;
        yield { first, outcomes: outcomes.map((outcome, place) => this.#rebuilt(outcome, first + place)) };
        this.#chunks.delete(chunk.first);
        this.#bytes -= chunk.bytes.length;
        this.#wake();
      }
      isComplete = true;
    } finally {
      forgetSignal?.();
      await this.#end(isComplete);
    }
  }

  #rebuilt(outcome: Decoded, index: number): Decoded {
    if (!outcome.isThrown) return outcome;
    return { isThrown: true, value: putTogether(outcome.value as Thrown, this.#parts.Heddle, index) };
  }

  async #open(): Promise<void> {
    const { connection, keys, is, how, id } = this.#parts;
    const words = [how.expiryMs, JSON.stringify(is), JSON.stringify(how)];
    const asked = connection.redis.eval(OPEN, 3, keys.run, keys.chunks, keys.out, ...words);
    const [state, found] = (await this.#orFailure(
      asked.catch((error: unknown) => {
        throw asClusterError(error, connection.address);
      }),
    )) as [string, string | number];
    if (state === 'other') throw clusterError('CLUSTER_RUN_MISMATCH', id, differences(is, String(found)));
    this.#hasBorders = Number(found) > 0;
  }

  /** Sends chunks as long as there is room for them. */
  async #send(): Promise<void> {
    const { nodes } = this.#parts;
    for (;;) {
      while (!this.#window.hasRoom(this.#chunks.size, this.#bytes, nodes.places) && !this.#isStopped())
        await this.#change();
      if (this.#isStopped()) return;
      const chunk = await this.#cut();
      if (chunk === undefined) {
        this.#isAllSent = true;
        return this.#wake();
      }
      if (chunk.state === 'sent') await this.#addJobs([chunk]);
      this.#wake();
    }
  }

  /** The next chunk, in Redis and in `#chunks`. Its borders are those that the run has, if it has any there. */
  async #cut(): Promise<Chunk | undefined> {
    const { connection, keys, source, size, id } = this.#parts;
    const first = this.#next;
    let border = this.#hasBorders ? await connection.redis.hget(keys.chunks, String(first)) : null;
    for (;;) {
      const fixed = border === null ? undefined : parseBorder(border).count;
      const bytesMax = fixed === undefined ? CHUNK_BYTES : Number.POSITIVE_INFINITY;
      const count = fixed ?? size.next();
      try {
        await source.hold(count, fixed !== undefined, bytesMax);
      } catch (error) {
        this.#sourceError = { error };
      }
      if (this.#isStopped()) return undefined;
      const items = source.peek(count, bytesMax);
      if (fixed !== undefined && items.length < fixed && this.#sourceError !== undefined) return undefined;
      if (fixed !== undefined && items.length < fixed)
        throw clusterError(
          'CLUSTER_RUN_MISMATCH',
          id,
          `inputs: it has ${first + fixed} or more of them, and here are ${first + items.length}`,
        );
      if (items.length === 0) return undefined;
      const bytes = Buffer.concat(items);
      const mine = borderOf(items.length, createHash('sha256').update(bytes).digest('base64url').slice(0, 22));
      const chunk: Chunk = { first, count: items.length, bytes, border: mine, state: 'sent' };
      // Before it is sent: its news may come before the answer.
      this.#chunks.set(first, chunk);
      const answer = await this.#claim(chunk);
      if (answer === 'gone') return undefined;
      if (answer === 'sent' || answer === 'done') {
        if (answer === 'done') this.#markDone(first);
        source.drop(items.length);
        this.#next += items.length;
        this.#bytes += bytes.length;
        return chunk;
      }
      this.#chunks.delete(first);
      if (parseBorder(answer).count === items.length)
        throw clusterError('CLUSTER_RUN_MISMATCH', id, `inputs from number ${first} on`);
      border = answer;
    }
  }

  /** 'sent', 'done', or the border that is there; 'gone' when the run was ended meanwhile. */
  async #claim({ first, bytes, border }: Chunk): Promise<string> {
    const { connection, keys, how } = this.#parts;
    const names = [keys.run, keys.chunks, keys.out, keys.input(first)];
    for (;;) {
      const answer = (await connection.redis.eval(CLAIM, 4, ...names, how.expiryMs, first, border, bytes)) as string;
      if (answer !== 'gone' || this.#isStopped()) return answer;
      await this.#open();
    }
  }

  /** A job that is there already stays the one that it is. */
  async #addJobs(chunks: readonly Chunk[]): Promise<void> {
    const { queue, id } = this.#parts;
    await queue.addBulk(
      chunks.map(({ first }) => ({ name: 'chunk', data: { run: id, first }, opts: { jobId: jobIdOf(id, first) } })),
    );
  }

  async #sendAgain(chunks: readonly Chunk[]): Promise<void> {
    for (const chunk of chunks) {
      const answer = await this.#claim(chunk);
      if (answer === 'gone') return;
      if (answer === 'done') this.#markDone(chunk.first);
      else if (answer !== 'sent')
        throw clusterError('CLUSTER_RUN_MISMATCH', this.#parts.id, `inputs from number ${chunk.first} on`);
    }
    await this.#addJobs(chunks.filter(({ state }) => state === 'sent'));
  }

  async #look(): Promise<void> {
    const { connection, keys, nodes, how, id } = this.#parts;
    if (this.#isStopped()) return;
    const sent = [...this.#chunks.values()].filter(({ state }) => state === 'sent');
    const names = [keys.run, keys.chunks, keys.out, ...sent.map(({ first }) => keys.input(first))];
    const answer = (await connection.redis.callBuffer(
      'EVAL',
      LOOK,
      names.length,
      ...names,
      how.expiryMs,
      ...sent.map(({ first }) => String(first)),
    )) as Buffer[];
    if (String(answer[0]) === 'gone') {
      await this.#open();
      await this.#sendAgain(sent);
    } else {
      const [failure, cancelled, ...states] = answer;
      if (failure!.length > 0) {
        const [told] = decodeList(failure!, 'the failure of a run');
        return this.fail(putTogether(told!.value as Thrown, this.#parts.Heddle));
      }
      if (cancelled!.length > 0) return this.fail(clusterError('CLUSTER_RUN_CANCELLED', id));
      for (const [place, state] of states.entries()) if (String(state) === 'done') this.#markDone(sent[place]!.first);
      await this.#sendAgain(sent.filter((_, place) => String(states[place]) === 'lost'));
      // Where nothing has moved since the last look, the jobs may be what was lost.
      if (!this.#hasMoved) await this.#addJobs(sent.filter(({ state }) => state === 'sent'));
    }
    this.#hasMoved = false;
    await nodes.refresh();
    const overdue = sent.length > 0 ? nodes.overdue() : undefined;
    if (overdue !== undefined) this.fail(overdue);
  }

  #markDone(first: number): void {
    const chunk = this.#chunks.get(first);
    if (chunk === undefined || chunk.state === 'done') return;
    chunk.state = 'done';
    this.#hasMoved = true;
    this.#wake();
  }

  /** The chunk whose outcomes are to be handed out now; undefined when all are. */
  async #nextDone(): Promise<Chunk | undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.error;
      const chunk = this.#firstDone();
      if (chunk !== undefined) return chunk;
      if (this.#isAllSent && this.#chunks.size === 0) {
        if (this.#sourceError !== undefined) throw this.#sourceError.error;
        return undefined;
      }
      await this.#change();
    }
  }

  #firstDone(after = -1): Chunk | undefined {
    for (const chunk of this.#chunks.values()) {
      if (chunk.first <= after) continue;
      if (chunk.state === 'done' && chunk.first < this.#next) return chunk;
      if (this.#parts.ordered) return undefined;
    }
    return undefined;
  }

  #fetch(first: number): Promise<Buffer | null> {
    const known = this.#fetches.get(first);
    if (known !== undefined) return known;
    const { connection, keys } = this.#parts;
    const bytes = connection.redis.hgetBuffer(keys.out, String(first)).catch((error: unknown) => {
      throw asClusterError(error, connection.address);
    });
    bytes.catch(() => undefined);
    this.#fetches.set(first, bytes);
    return bytes;
  }

  #fetchNext(chunk: Chunk): void {
    const next = this.#firstDone(chunk.first);
    if (next !== undefined) void this.#fetch(next.first);
  }

  #isStopped(): boolean {
    return this.#isOver || this.#failure !== undefined;
  }

  /** The promise, or the failure that comes first: a command waits as long as the connection is away. */
  async #orFailure<T>(promise: Promise<T>): Promise<T> {
    const wait = { isOver: false };
    const end = () => void (wait.isOver = true);
    const over = promise.then(end, end);
    while (!wait.isOver && this.#failure === undefined) await Promise.race([over, this.#change()]);
    if (this.#failure !== undefined) throw this.#failure.error;
    return promise;
  }

  #change(): Promise<void> {
    if (this.#changed === undefined) {
      let resolve!: () => void;
      const promise = new Promise<void>((done) => (resolve = done));
      this.#changed = { promise, resolve };
    }
    return this.#changed.promise;
  }

  #wake(): void {
    this.#changed?.resolve();
    this.#changed = undefined;
  }

  #end(isComplete: boolean): Promise<void> {
    return (this.#ended ??= this.#endOnce(isComplete));
  }

  async #endOnce(isComplete: boolean): Promise<void> {
    const { connection, keys, isPrivate, source, signal, id, projectNews } = this.#parts;
    this.#isOver = true;
    clearTimeout(this.#timer);
    source.end();
    this.#wake();
    // Without a connection nothing can be said: what is left expires.
    if (connection.redis.status !== 'ready') return;
    try {
      if (!isComplete && (isPrivate || signal?.aborted === true))
        await connection.redis.eval(CANCEL, 1, keys.run, keys.news, projectNews, id);
      if (!isPrivate) return;
      const inputs = [...this.#chunks.keys()].map((first) => keys.input(first));
      await connection.redis.unlink(keys.run, keys.chunks, keys.out, ...inputs);
    } catch {
      // The same: they expire.
    }
  }
}

/** What of a run is other than it was: names of properties. */
function differences(is: RunIdentity, found: string): string {
  try {
    const other = JSON.parse(found) as Record<string, unknown>;
    const names = Object.entries(is).filter(([key, value]) => other[key] !== value);
    return names.map(([key]) => key).join(', ');
  } catch {
    return 'contents';
  }
}
