/**
 * The callers of the pool: they act by plan, with the public methods only, and write down what they saw.
 */
import type { PoolCore } from '../../src/pool/pool.ts';
import type { History } from './history.ts';
import { CALM_WORK, type Call, type MapCall, type Reentry, type RunCall, type StreamCall } from './plan.ts';
import type { World } from './world.ts';

/** The first key of tasks that are submitted from inside a callback. */
export const REENTRY_KEYS = 100_000;

export class Client {
  readonly signals: AbortSignal[] = [];
  /** Calls that have not come to their end. */
  pending = 0;
  readonly #pool: PoolCore;
  readonly #world: World;
  readonly #history: History;
  #lastReentryKey = REENTRY_KEYS;
  readonly #aborts = new Map<number, AbortController>();

  constructor(pool: PoolCore, world: World, history: History) {
    this.#pool = pool;
    this.#world = world;
    this.#history = history;
  }

  do(call: Call): void {
    switch (call.do) {
      case 'run':
        return this.#begin(this.#run(call));
      case 'map':
        return this.#begin(this.#map(call));
      case 'stream':
        return this.#begin(this.#stream(call));
      case 'drain':
        return this.#begin(this.#drain());
      case 'close':
        return this.#begin(this.#close(call.cancel));
      case 'block':
        return this.#world.block(call.ms);
    }
  }

  /** What a getter in the arguments of `call` does. */
  onPack(call: RunCall): void {
    if (call.onPack !== undefined) this.#reenter(call.onPack, call.key);
  }

  #begin(work: Promise<void>): void {
    this.pending++;
    void work.finally(() => this.pending--);
  }

  async #run({ key, timeoutMs, priority, retries, abortMs, onProgress }: RunCall): Promise<void> {
    const signal = this.#signal(abortMs, [key]);
    this.#history.add({ e: 'submit', call: 'run', key });
    try {
      const value = await this.#pool.run('value', [key], {
        signal,
        timeoutMs,
        priority,
        retries,
        onProgress: this.#progress(onProgress, () => key),
      });
      this.#history.add({ e: 'settle', key, ok: true, value });
    } catch (error) {
      this.#history.add({ e: 'settle', key, ok: false, error });
    }
  }

  async #map(call: MapCall): Promise<void> {
    const {
      key: first,
      works,
      ordered,
      onError,
      timeoutMs,
      priority,
      retries,
      abortMs,
      consumeMs,
      leaveAfter,
      onProgress,
    } = call;
    const history = this.#history;
    const keys = works.map((_, index) => first + index);
    const signal = this.#signal(abortMs, keys);
    let left = leaveAfter;
    try {
      const iteration = this.#pool.map('value', this.#source(call), {
        signal,
        timeoutMs,
        priority,
        retries,
        ordered,
        onError,
        onProgress: this.#progress(onProgress, (index) => first + index!),
      });
      for await (const item of iteration) {
        const key = first + item.index;
        if ('error' in item) history.add({ e: 'settle', key, ok: false, error: item.error });
        else history.add({ e: 'settle', key, ok: true, value: item.value });
        if (left !== undefined && --left <= 0) {
          for (const each of keys) history.add({ e: 'cancel', key: each, why: 'left' });
          if (first % 2 === 0) throw new Error('the consumer has had enough');
          break;
        }
        if (consumeMs > 0) await this.#world.sleep(consumeMs);
      }
      history.add({ e: 'map-ended', map: first, error: undefined });
    } catch (error) {
      history.add({ e: 'map-ended', map: first, error });
    }
  }

  #source({ key: first, works, source }: MapCall): Iterable<unknown> | AsyncIterable<unknown> {
    const history = this.#history;
    const world = this.#world;
    const pull = (index: number) => {
      if (source === 'throws' && index === works.length - 1) throw new Error('the source is broken');
      history.add({ e: 'pull', map: first, key: first + index });
      history.add({ e: 'submit', call: 'map', key: first + index });
      return works[index]!.args === 'plain' ? first + index : { key: first + index };
    };
    if (source === 'plain' || source === 'throws')
      return (function* () {
        for (let index = 0; index < works.length; index++) yield pull(index);
      })();
    return (async function* () {
      for (let index = 0; index < works.length; index++) {
        if (source === 'slow') await world.sleep(3);
        yield pull(index);
      }
    })();
  }

  async #stream({
    key,
    timeoutMs,
    priority,
    retries,
    abortMs,
    consumeMs,
    leaveAfter,
    onProgress,
  }: StreamCall): Promise<void> {
    const history = this.#history;
    const signal = this.#signal(abortMs, [key]);
    let left = leaveAfter;
    history.add({ e: 'submit', call: 'stream', key });
    try {
      const items = this.#pool.stream('stream', [key], {
        signal,
        timeoutMs,
        priority,
        retries,
        onProgress: this.#progress(onProgress, () => key),
      });
      for await (const value of items) {
        history.add({ e: 'item', key, value });
        if (left !== undefined && --left <= 0) {
          history.add({ e: 'cancel', key, why: 'left' });
          break;
        }
        if (consumeMs > 0) await this.#world.sleep(consumeMs);
      }
      history.add({ e: 'settle', key, ok: true, value: undefined });
    } catch (error) {
      history.add({ e: 'settle', key, ok: false, error });
    }
  }

  async #drain(): Promise<void> {
    this.#history.add({ e: 'drain' });
    await this.#pool.drain();
    this.#history.add({ e: 'drained' });
  }

  async #close(cancel: boolean): Promise<void> {
    this.#history.add({ e: 'close', cancel });
    try {
      await this.#pool.close({ cancel });
      this.#history.add({ e: 'closed', pendingTimers: this.#world.pendingTimers });
    } catch (error) {
      this.#history.add({ e: 'close-failed', error, pendingTimers: this.#world.pendingTimers });
    }
  }

  #signal(abortMs: number | undefined, keys: readonly number[]): AbortSignal | undefined {
    if (abortMs === undefined || keys.length === 0) return undefined;
    const controller = new AbortController();
    this.signals.push(controller.signal);
    for (const key of keys) this.#aborts.set(key, controller);
    if (abortMs === 0) this.#abort(keys[0]!);
    else this.#world.outside(abortMs, () => this.#world.arrive(() => this.#abort(keys[0]!)));
    return controller.signal;
  }

  #abort(first: number): void {
    const controller = this.#aborts.get(first)!;
    if (controller.signal.aborted) return;
    for (const [key, other] of this.#aborts)
      if (other === controller) this.#history.add({ e: 'cancel', key, why: 'abort' });
    controller.abort(`aborted ${first}`);
  }

  #progress(reentry: Reentry | undefined, keyAt: (index: number | undefined) => number) {
    if (reentry === undefined) return undefined;
    return (_value: unknown, index: number | undefined) => this.#reenter(reentry, keyAt(index));
  }

  /** Inside a callback of the pool the caller calls the pool. */
  #reenter(reentry: Reentry, key: number): void {
    switch (reentry) {
      case 'throw':
        this.#history.add({ e: 'cancel', key, why: 'progress' });
        throw new Error(`the caller of ${key} failed`);
      case 'abort':
        if (this.#aborts.has(key)) this.#abort(key);
        return;
      case 'run':
        return this.do({
          do: 'run',
          at: 0,
          key: ++this.#lastReentryKey,
          work: CALM_WORK,
          timeoutMs: undefined,
          priority: 1,
          retries: undefined,
          abortMs: undefined,
          onProgress: undefined,
          onPack: undefined,
        });
      case 'close':
        return this.do({ do: 'close', at: 0, cancel: key % 2 === 0 });
      case 'block':
        return this.#world.block(5);
    }
  }
}
