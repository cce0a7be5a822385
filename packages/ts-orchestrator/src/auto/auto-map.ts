/**
 * The items of one map, each to the backend that is the right one when it is pulled. The iteration is one, whatever becomes of its items:
 * order, window, failures and leaving early are pool/map.ts alone, which asks here where an item goes. So a move to another backend leaves
 * no gap: what is under way there goes on, the next items go elsewhere, in batches where that backend takes them so.
 *
 * It begins inline with a few items, which tell what the function takes. Then it is decided anew in chunks of a twentieth of the items, by
 * then with what the items have really taken, so that a choice that was wrong is left soon. A choice that stays is asked about less and less often.
 * Each move doubles the chunks: work that is as
 * fast here as there, or differs from item to item, is not moved to and fro. While workers start, items go on inline, few ahead; while some
 * of them are there, items go to them and inline (side-by-side.ts), and nothing is judged.
 */
import type { Decision } from '@heddle/advisor';
import { isPrimitive } from '@heddle/codec';
import type { CancelItem, MapTarget, OnOutcome } from '../pool/map.ts';
import type { Backend } from '../transport/transport.ts';
import { isRuledOut, type Matter } from './judge.ts';
import type { Part } from './part.ts';
import { isForThisProcess } from './plan.ts';
import { inlineWindow, PROBE_CALLS, PROBE_MS, type FunctionMeasures } from './run-measures.ts';
import { SideBySide } from './side-by-side.ts';

export interface AutoMapParts {
  readonly measures: FunctionMeasures;
  /** How many items there will be; undefined: nobody knows. */
  readonly total: number | undefined;
  /** Each item needs what inline can't give. */
  readonly isDemanded: boolean;
  readonly targetIn: (part: Part) => MapTarget<unknown>;
  readonly ask: (matter: Matter) => Decision;
  /** Is it certain, without a question, that so many items stay inline? */
  readonly isSurelyInline: (items: number) => boolean;
  /** The part of a backend, whether it has workers by now or not. */
  readonly open: (backend: Backend) => Part;
  /** The part where the first items go, unless they can't; undefined: there is no inline. */
  readonly inline: Part | undefined;
  /** Milliseconds. */
  readonly now: () => number;
}

/** Part of the items that makes a chunk, where their number is known; else of those that there were. */
const CHUNK_SHARE = 0.05;
const CHUNK_SHARE_UNKNOWN = 0.25;
const CHUNK_ITEMS_MIN = 4;
/** Whatever its items: a chunk is over then, so that a slow place is left although there are many items. */
const CHUNK_MS_MAX = 25;
/**
 * Each answer that changes nothing makes the next chunk twice as long, up to so many times: a question takes 0.15 to 0.3 ms, and a map of 300
 * short items asked 21 of them. Items that take otherwise than before (by NEWS) end that.
 */
const PATIENCE_MAX = 4;
const NEWS = 1.25;
/** The first items in workers don't count: their code is new there, and the next worker is about to start. */
const LEAD_ITEMS = 4;
/** Nor is judged what a backend does before all its workers are there, for so long at most. */
const LATE_WORKERS_MS = 1_000;
/** Less time than this tells nothing: timers and collections are of that size. */
const CHUNK_MS_MIN = 2;
/** Where items go to two places, so many times what is under way may wait for the turn of one that takes longer. */
const OUT_OF_TURN = 4;

/** Items that have settled since the last look, of those that went to one backend since it was chosen. */
class Stretch {
  readonly firstIndex: number;
  readonly #now: () => number;
  #startedAt: number;
  /** Items still to come that don't count. */
  #lead: number;
  #settled = 0;

  constructor(firstIndex: number, now: () => number, lead = 0) {
    this.firstIndex = firstIndex;
    this.#now = now;
    this.#lead = lead;
    this.#startedAt = now();
  }

  settle(): void {
    if (this.#lead === 0) this.#settled++;
    else if (--this.#lead === 0) this.#startedAt = this.#now();
  }

  get elapsedMs(): number {
    return this.#now() - this.#startedAt;
  }

  /** Milliseconds per item; undefined: too few to tell. */
  itemMs(least: number): number | undefined {
    const { elapsedMs } = this;
    return this.#settled < least || elapsedMs < CHUNK_MS_MIN ? undefined : elapsedMs / this.#settled;
  }
}

export class AutoMap implements MapTarget<unknown> {
  readonly #parts: AutoMapParts;
  readonly #targets = new Map<Part, MapTarget<unknown>>();
  readonly #observedMs: Partial<Record<Backend, number>> = {};
  #at: Part | undefined;
  #begunAt = 0;
  #submitted = 0;
  #lookAt = 0;
  #decidedAt = 0;
  #movedAt = 0;
  /** That make sense where the last decision was for. */
  #workers = 1;
  #stretch: Stretch;
  #chunkFactor = 1;
  #patience = 1;
  /** Where it will go on as soon as there are workers. */
  #wanted: SideBySide | undefined;
  /** Items that those have which are there. */
  readonly #away = new Set<number>();
  #isRefillingSoon = false;
  #isBatched = false;
  /** The window that was given last is less than the backend's own. */
  #isNarrow = false;
  /** Of the iteration, while it goes on. */
  refill: (() => void) | undefined;
  #hears: OnOutcome | undefined;

  constructor(parts: AutoMapParts) {
    this.#parts = parts;
    this.#stretch = new Stretch(0, parts.now);
  }

  readonly batchItems = (): number => {
    this.#look();
    return this.#isProbing ? 1 : this.#target.batchItems();
  };

  readonly window = (batchItems: number, ready: number): number => {
    const sides = this.#sides;
    if (sides !== undefined) {
      this.#isNarrow = true;
      const most = Math.max(batchItems, sides.hereMax + sides.awayMax);
      return Math.min(most + ready, OUT_OF_TURN * most);
    }
    const window = this.#target.window(batchItems, ready);
    const narrow = this.#at === this.#parts.inline ? Math.max(batchItems, this.#inlineWindow()) : window;
    this.#isNarrow = narrow < window;
    return Math.min(narrow, window);
  };

  /** Something is known now that wasn't: more may be under way, or somewhere else. */
  widen(): void {
    if (this.#isNarrow) this.refill?.();
  }

  readonly submit = (item: unknown, index: number, onOutcome: OnOutcome): CancelItem => {
    this.#isBatched = isPrimitive(item);
    const part = this.#place(index, 1);
    try {
      return this.#targetIn(part).submit(item, index, this.#heard(onOutcome));
    } catch (error) {
      if (!isForThisProcess(error) || !this.#leave(part, index)) throw error;
      return this.#target.submit(item, index, this.#heard(onOutcome));
    }
  };

  readonly submitBatch = (items: readonly unknown[], firstIndex: number, onOutcome: OnOutcome): CancelItem => {
    const part = this.#place(firstIndex, items.length);
    return this.#targetIn(part).submitBatch(items, firstIndex, this.#heard(onOutcome));
  };

  /** Where the next items go, which are counted there. */
  #place(firstIndex: number, items: number): Part {
    const sides = this.#sides;
    const isAway = sides !== undefined && this.#away.size < sides.awayMax;
    if (isAway) for (let index = firstIndex; index < firstIndex + items; index++) this.#away.add(index);
    const part = isAway ? sides.part : this.#at!;
    const { measures, inline } = this.#parts;
    this.#submitted += items;
    measures.countSent(part.backend, items);
    if (part === inline && sides === undefined) measures.countCrowd(items);
    return part;
  }

  /** Set while workers and this thread take items side by side. */
  get #sides(): SideBySide | undefined {
    const wanted = this.#wanted;
    return wanted !== undefined && wanted.part.isReady && !wanted.isComplete ? wanted : undefined;
  }

  get #target(): MapTarget<unknown> {
    return this.#targetIn(this.#at!);
  }

  #targetIn(part: Part): MapTarget<unknown> {
    let target = this.#targets.get(part);
    if (target === undefined) this.#targets.set(part, (target = this.#parts.targetIn(part)));
    return target;
  }

  /** One function for all items: they all come from the same iteration. */
  #heard(onOutcome: OnOutcome): OnOutcome {
    return (this.#hears ??= (index, outcome) => {
      this.#away.delete(index);
      if (index >= this.#stretch.firstIndex) this.#stretch.settle();
      onOutcome(index, outcome);
      if (this.#sides !== undefined) this.#refillSoon();
    });
  }

  /** Not in the middle of the outcome that has made room. */
  #refillSoon(): void {
    if (this.#isRefillingSoon) return;
    this.#isRefillingSoon = true;
    queueMicrotask(() => {
      this.#isRefillingSoon = false;
      this.widen();
    });
  }

  // ---- inline ----

  get #isProbing(): boolean {
    const { inline, measures } = this.#parts;
    if (this.#at !== inline || measures.seemsToWait || measures.calls >= PROBE_CALLS) return false;
    return measures.calls === 0 || this.#parts.now() - this.#begunAt < PROBE_MS;
  }

  /** Items that may be under way here. */
  #inlineWindow(): number {
    return inlineWindow(this.#parts.measures, this.#wanted !== undefined || this.#isProbing);
  }

  // ---- where to ----

  #look(): void {
    if (this.#at === undefined) return this.#begin();
    if (this.#isFixed) return;
    if (this.#wanted !== undefined) {
      this.#wanted.grow(this.#toCome);
      if (this.#wanted.isComplete) return this.#move(this.#wanted.part);
      if (this.#sides !== undefined) return;
    }
    const isLong = this.#parts.now() - this.#decidedAt >= CHUNK_MS_MAX * this.#chunkFactor * this.#patience;
    if ((!isLong && this.#submitted < this.#lookAt) || this.#isProbing) return;
    this.#observe();
    this.#decide();
  }

  /** There is nothing to come back to, or nothing to go to. */
  get #isFixed(): boolean {
    const { inline, isDemanded } = this.#parts;
    return inline === undefined || isDemanded;
  }

  #begin(): void {
    const { inline, measures } = this.#parts;
    this.#begunAt = this.#decidedAt = this.#parts.now();
    if (this.#isFixed) {
      this.#at = this.#parts.open(this.#ask(undefined).backend);
      return;
    }
    this.#at = inline;
    // Known from before: nothing has to be probed, or must be, here.
    if (measures.calls >= PROBE_CALLS || measures.crashes > 0) this.#decide();
  }

  /** What the items of the last chunk took, if it was long enough. */
  #observe(): void {
    const { backend, readyWorkers } = this.#at!;
    const isLate = this.#parts.now() - this.#movedAt >= LATE_WORKERS_MS;
    if (this.#at !== this.#parts.inline && readyWorkers < this.#workers && !isLate) {
      this.#stretch = new Stretch(this.#stretch.firstIndex, this.#parts.now, LEAD_ITEMS);
      return;
    }
    const itemMs = this.#stretch.itemMs(CHUNK_ITEMS_MIN);
    if (itemMs === undefined) return;
    const before = this.#observedMs[backend];
    if (before !== undefined && (itemMs > before * NEWS || itemMs < before / NEWS)) this.#patience = 1;
    this.#observedMs[backend] = before === undefined ? itemMs : (before + itemMs) / 2;
    this.#parts.measures.actualMs[backend] = this.#observedMs[backend];
    this.#stretch = new Stretch(this.#stretch.firstIndex, this.#parts.now);
  }

  #decide(): void {
    if (this.#at === this.#parts.inline && this.#wanted === undefined && this.#parts.isSurelyInline(this.#toCome)) {
      this.#lookAt = this.#submitted + this.#chunk();
      this.#decidedAt = this.#parts.now();
      return;
    }
    const decision = this.#ask(this.#at!.backend);
    const { backend, workers } = decision;
    this.#patience = backend === this.#at!.backend ? Math.min(PATIENCE_MAX, this.#patience * 2) : 1;
    this.#lookAt = this.#submitted + this.#chunk();
    this.#decidedAt = this.#parts.now();
    this.#wants(undefined);
    this.#workers = workers;
    if (backend === this.#at!.backend) return;
    const part = this.#parts.open(backend);
    const mustLeave = isRuledOut(decision, this.#at!.backend);
    const isThere = part === this.#parts.inline || part.readyWorkers >= workers;
    if (isThere || mustLeave) return this.#move(part);
    this.#wants(new SideBySide(part, workers, this.#parts.measures));
    // To start processes holds this thread for some time, which is nothing that items take.
    this.#stretch = new Stretch(this.#stretch.firstIndex, this.#parts.now);
  }

  #wants(workers: SideBySide | undefined): void {
    this.#wanted?.end();
    this.#wanted = workers;
  }

  /** No items come any more. */
  end(): void {
    this.#wants(undefined);
  }

  #ask(current: Backend | undefined): Decision {
    const { isDemanded, ask } = this.#parts;
    return ask({ calls: this.#toCome, current, isDemanded, isBatched: this.#isBatched, observedMs: this.#observedMs });
  }

  /** Items: of an unknown number as many as there were. */
  get #toCome(): number {
    const { total } = this.#parts;
    return Math.max(1, total === undefined ? this.#submitted : total - this.#submitted);
  }

  #chunk(): number {
    const { total } = this.#parts;
    const items = total === undefined ? this.#submitted * CHUNK_SHARE_UNKNOWN : total * CHUNK_SHARE;
    return Math.max(CHUNK_ITEMS_MIN, Math.ceil(items)) * this.#chunkFactor * this.#patience;
  }

  /** From where a value can't go. False: there is nowhere else to go. */
  #leave(part: Part, index: number): boolean {
    const { measures, open } = this.#parts;
    measures.isForThisProcess = true;
    this.#away.delete(index);
    if (part !== this.#at) {
      this.#wants(undefined);
      return true;
    }
    const { backend } = this.#ask(undefined);
    if (backend === this.#at!.backend) return false;
    this.#move(open(backend));
    return true;
  }

  #move(part: Part): void {
    this.#at = part;
    this.#wants(undefined);
    this.#lookAt = this.#submitted + this.#chunk();
    this.#decidedAt = this.#movedAt = this.#parts.now();
    this.#chunkFactor *= 2;
    this.#stretch = new Stretch(this.#submitted, this.#parts.now, part === this.#parts.inline ? 0 : LEAD_ITEMS);
    // What it took there is measured anew.
    delete this.#observedMs[part.backend];
  }
}

/** Of those sources that say how many items they have. */
export function countOf(source: unknown): number | undefined {
  if (Array.isArray(source) || ArrayBuffer.isView(source)) return (source as { length?: number }).length;
  return source instanceof Set || source instanceof Map ? source.size : undefined;
}
