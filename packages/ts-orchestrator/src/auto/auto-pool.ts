/**
 * A pool that chooses. It holds a pool for each backend that has come to be used, inline first, and hands each call to one of them; what
 * becomes of the call is that pool's alone. All parts number tasks and workers from one count.
 *
 * A call that asks for what inline can't give (see `demandOf`) goes to workers and waits for their start. Any other runs inline as long as
 * nothing better is known and ready: workers that would be worth it are started in the background, and nobody waits for them.
 *
 * Of a burst of calls the first few run, and the others are held (call-line.ts) until they have told what they take.
 *
 * Invariants: a call that is in a part is there for good. No part is assembled once the pool is being closed. What a call of a task calls stays in
 * that task's part.
 */
import type { Decision } from '@heddle/advisor';
import { monotonicMs } from '../clock/clock.ts';
import { checkSource, overItems } from '../pool/pool.ts';
import type { CloseOptions } from '../pool/pool.ts';
import type { Explanation } from '../pool/explanation.ts';
import type { PoolStats } from '../pool/pool-stats.ts';
import { parseMapOptions, type MapOptions, type RunOptions } from '../task/task-options.ts';
import type { Backend } from '../transport/transport.ts';
import { AutoMap, countOf } from './auto-map.ts';
import { joinStats } from './auto-stats.ts';
import { CallLine } from './call-line.ts';
import { Counsel } from './counsel.ts';
import { isRuledOut, type Judge, type JudgeParts, type MachineView, type Matter } from './judge.ts';
import { Part, type Assembled } from './part.ts';
import { demandOf, isForThisProcess, type AutoPlan } from './plan.ts';
import { inlineWindow, type FunctionMeasures, type RunMeasures } from './run-measures.ts';
import { SideBySide } from './side-by-side.ts';

export interface PartHooks {
  /** Workers that there may be now. */
  readonly workersLimit: () => number;
  readonly onWorkers: () => void;
  readonly onDeath: (name: string, isOutOfMemory: boolean) => void;
}

export interface AutoPoolParts {
  readonly plan: AutoPlan;
  /** Finds out what takes longer: whether there can be processes, when they would make sense for the first time. Never rejects. Undefined: all is known. */
  readonly completePlan: (() => Promise<AutoPlan>) | undefined;
  /** Hears what runs inline. */
  readonly observer: RunMeasures;
  readonly assemble: (backend: Backend, hooks: PartHooks) => Assembled;
  readonly machine: MachineView;
  /** Who weighs, when something is to be weighed for the first time. Throws where that can't be had. */
  readonly loadJudge: (parts: JudgeParts) => Judge;
}

/** Where single calls of a function go, and what was known when that was decided. */
interface Route {
  readonly backend: Backend;
  /** Its workers that make sense. */
  readonly workers: number;
  /** May a call run inline as long as that backend has no worker? */
  readonly isInlineAllowed: boolean;
  /** Calls under way, and calls measured, as powers of two. */
  readonly crowd: number;
  readonly known: number;
  readonly changes: number;
}

export class AutoPool {
  #plan: AutoPlan;
  #completePlan: AutoPoolParts['completePlan'];
  readonly #measures: RunMeasures;
  readonly #assemble: AutoPoolParts['assemble'];
  readonly #counsel: Counsel;
  readonly #parts = new Map<Backend, Part>();
  readonly #routes = new Map<string, Route>();
  readonly #maps = new Set<AutoMap>();
  readonly #lines = new Map<string, CallLine>();
  /** Of functions of which calls are held, or go to two places. */
  readonly #sides = new Map<string, SideBySide>();
  #isWideningSoon = false;
  /** Set from `open` on: inline, where it may be used. */
  #first!: Part;
  /** Workers that came or went, and other news that make a decision old. */
  #changes = 0;

  constructor({ plan, completePlan, observer, assemble, machine, loadJudge }: AutoPoolParts) {
    this.#plan = plan;
    this.#completePlan = completePlan;
    this.#measures = observer;
    this.#assemble = assemble;
    this.#counsel = new Counsel({
      load: loadJudge,
      plan: () => this.#plan,
      measures: observer,
      machine,
      now: monotonicMs,
      cloning: () => this.stats().cloning,
      onCosts: () => {
        this.#changes++;
      },
      isPending: (backend) => backend === 'processes' && this.#completePlan !== undefined,
      onWanted: () => void this.#onWanted(),
      partOf: (backend) => this.#parts.get(backend),
    });
    observer.onWaited = () => this.#widenSoon();
  }

  async open(): Promise<void> {
    const first = this.#assembled(this.#plan.available.has('inline') ? 'inline' : this.#counsel.askFirst());
    this.#first = first;
    await first.open();
  }

  // ---- calls ----

  run(name: string, args?: readonly unknown[], options?: RunOptions): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject };
      // What a call says about itself, its part has to know at once: its signal, its priority, when it has to be over.
      if (options === undefined && this.#mayHold && !this.#first.core.isCalledFromWithin)
        return this.#lineOf(name).take(args, waiter);
      const submit = (part: Part) => part.core.submit(name, args, options, waiter);
      this.#send(name, this.#partFor(name, options), submit, () => this.#partFor(name, options));
    });
  }

  /** A value that can't leave this process takes its call, and all that follow, to where it can go. */
  #send(name: string, part: Part, submit: (part: Part) => void, again: () => Part): void {
    try {
      submit(part);
      return this.#count(name, part);
    } catch (error) {
      if (!isForThisProcess(error)) throw error;
      this.#measures.of(name).isForThisProcess = true;
      this.#changes++;
      const other = again();
      if (other === part) throw error;
      submit(other);
      this.#count(name, other);
    }
  }

  /** There is somewhere else to go, and nobody reads how long calls wait. */
  get #mayHold(): boolean {
    return this.#inline !== undefined && this.#hasWorkers && !this.#plan.recordTimes && !this.#isDemanded({});
  }

  #lineOf(name: string): CallLine {
    this.#first.scheduler.assertCanRun(name);
    let line = this.#lines.get(name);
    if (line !== undefined) return line;
    const measures = this.#measures.of(name);
    const inline = this.#inline!;
    const route = () => (measures.isProbed || measures.crashes > 0 ? this.#route(measures) : inline);
    line = new CallLine({
      name,
      inline,
      route,
      window: () =>
        this.#sides.get(name)?.hereMax ?? inlineWindow(measures, !measures.isProbed || this.#isLeaving(name)),
      awayMax: (part) => this.#awayMax(measures, part),
      heldMax: this.#plan.available.get('inline')!.queueLimit,
      submit: (part, args, waiter) =>
        this.#send(name, part, (to) => to.core.submit(name, args, undefined, waiter), route),
      submitHeld: (part, held, waiter) => {
        this.#send(name, part, (to) => to.core.submitHeld(name, held, to === inline, waiter), route);
        if (part === inline && !this.#sides.has(name)) measures.countCrowd(1);
      },
      onIdle: () => this.#endSides(name),
    });
    this.#lines.set(name, line);
    return line;
  }

  /** Calls of a line that workers may have. */
  #awayMax({ name }: FunctionMeasures, part: Part): number {
    const { workers, isInlineAllowed } = this.#routes.get(name)!;
    if (!isInlineAllowed || part.readyWorkers >= workers) {
      this.#endSides(name);
      return Infinity;
    }
    let sides = this.#sides.get(name);
    if (sides?.part !== part) {
      this.#endSides(name);
      this.#sides.set(name, (sides = new SideBySide(part, workers, this.#measures.of(name))));
    }
    sides.grow(this.#lines.get(name)!.held + 1);
    return sides.awayMax;
  }

  #endSides(name: string): void {
    this.#sides.get(name)?.end();
    this.#sides.delete(name);
  }

  /** Calls of it are to go to workers that are not there yet. */
  #isLeaving(name: string): boolean {
    const backend = this.#routes.get(name)?.backend;
    return backend !== undefined && backend !== 'inline';
  }

  stream(name: string, args?: readonly unknown[], options?: RunOptions) {
    // One call, of which nobody knows how long it takes: moving it elsewhere gains nothing that can be told beforehand.
    const isFree = !this.#isDemanded(options) && !this.#measures.hasCrashed(name);
    const part = isFree ? this.#first : this.#partFor(name, options);
    const items = part.core.stream(name, args, options);
    this.#count(name, part);
    return items;
  }

  map(name: string, source: Iterable<unknown> | AsyncIterable<unknown>, options?: MapOptions) {
    if (this.#first.core.isCalledFromWithin) return this.#first.core.map(name, source, options);
    const call = parseMapOptions(options);
    // What is wrong with the options is told now, whichever part takes the items.
    this.#first.core.mapTarget(name, call);
    const items = checkSource(name, source);
    this.#first.scheduler.assertCanRun(name);
    const measures = this.#measures.of(name);
    const map = new AutoMap({
      measures,
      total: countOf(source),
      isDemanded: this.#isDemanded(call),
      targetIn: (part) => part.core.mapTarget(name, call),
      ask: (matter) => this.#ask(name, matter),
      isSurelyInline: (items) => this.#counsel.isSurelyInline(measures, items),
      open: (backend) => this.#partOf(backend),
      inline: this.#inline,
      now: monotonicMs,
    });
    return overItems(name, items, call, map, (refill) => {
      map.refill = refill;
      this.#maps.add(map);
      return () => {
        map.end();
        this.#maps.delete(map);
      };
    });
  }

  #partFor(name: string, options: RunOptions | undefined): Part {
    if (this.#first.core.isCalledFromWithin) return this.#first;
    this.#first.scheduler.assertCanRun(name);
    return this.#isDemanded(options) ? this.#partOnDemand(name) : this.#route(this.#measures.of(name));
  }

  #count(name: string, { backend }: Part): void {
    this.#measures.of(name).countSent(backend, 1);
  }

  #isDemanded(options: RunOptions | MapOptions | undefined): boolean {
    if (options === undefined || options === null || !this.#hasWorkers) return false;
    const { signal, timeoutMs, retries, retryOn } = options;
    const { retry } = this.#plan;
    const rule = { retries: retries ?? retry.retries, retryOn: retryOn ?? retry.retryOn };
    return demandOf({ signal, timeoutMs, ...rule }) !== undefined;
  }

  /** Its task waits for the start of its worker, if need be. */
  #partOnDemand(name: string): Part {
    const matter = { calls: 1, current: this.#working?.backend, isDemanded: true, isBatched: false };
    const part = this.#partOf(this.#ask(name, matter).backend);
    if (part !== this.#first) {
      part.letGrow();
      part.warm(1);
    }
    return part;
  }

  #route(measures: FunctionMeasures): Part {
    const { name, calls } = measures;
    const underWay = this.#underWay;
    if (this.#counsel.isSurelyInline(measures, underWay + 1)) return this.#inline!;
    const crowd = 32 - Math.clz32(underWay);
    const known = 32 - Math.clz32(calls);
    let route = this.#routes.get(name);
    if (route?.crowd !== crowd || route.known !== known || route.changes !== this.#changes) {
      const current = route?.backend;
      const decision = this.#ask(name, { calls: underWay + 1, current, isDemanded: false, isBatched: false });
      const isInlineAllowed = !isRuledOut(decision, 'inline');
      const { backend, workers } = decision;
      route = { backend, workers, isInlineAllowed, crowd, known, changes: this.#changes };
      this.#routes.set(name, route);
      if (decision.backend !== 'inline') this.#partOf(decision.backend).warm(1);
    }
    const part = this.#partOf(route.backend);
    return part.isReady || !route.isInlineAllowed ? part : (this.#inline ?? part);
  }

  #ask(name: string, matter: Matter): Decision {
    return this.#counsel.ask(name, matter);
  }

  /** Once: processes would make sense. */
  async #onWanted(): Promise<void> {
    const complete = this.#completePlan;
    this.#completePlan = undefined;
    if (complete === undefined) return;
    this.#plan = await complete();
    this.#changes++;
  }

  // ---- parts ----

  get #inline(): Part | undefined {
    return this.#parts.get('inline');
  }

  /** The part with workers that is used already. */
  get #working(): Part | undefined {
    return this.#parts.get('threads') ?? this.#parts.get('processes');
  }

  get #hasWorkers(): boolean {
    return this.#plan.available.has('threads') || this.#plan.available.has('processes');
  }

  /**
   * While the pool is open, else the first, which refuses what is new. Workers that can't be had, or not yet, are replaced by other workers
   * where there are some: what asks for them may have ended one, and would end the program here.
   */
  #partOf(backend: Backend): Part {
    const part = this.#parts.get(backend);
    if (part !== undefined) return part;
    if (!this.#first.scheduler.isOpen) return this.#first;
    if (!this.#plan.available.has(backend)) return (backend === 'inline' ? undefined : this.#working) ?? this.#first;
    const opened = this.#assembled(backend);
    opened.scheduler.openKnowing(this.#first.scheduler.taskNames!);
    return opened;
  }

  #assembled(backend: Backend): Part {
    const assembled = this.#assemble(backend, {
      workersLimit: () => part.workersLimit,
      onWorkers: () => {
        part.onWorkers();
        this.#changes++;
        for (const map of this.#maps) map.widen();
        for (const line of this.#lines.values()) line.handOn();
      },
      onDeath: (name, isOutOfMemory) => {
        const measures = this.#measures.of(name);
        measures.crashes++;
        if (isOutOfMemory) measures.memoryCrashes++;
        this.#changes++;
      },
    });
    const part = new Part(backend, assembled, (ms) => {
      this.#counsel.started(backend, ms);
      this.#measures.forgetCrowd();
    });
    this.#parts.set(backend, part);
    if (backend !== 'inline') this.#counsel.readCalibration();
    return part;
  }

  /** After the call that has told it: it is in the middle of its own turn. */
  #widenSoon(): void {
    if (this.#isWideningSoon || (this.#maps.size === 0 && this.#held === 0)) return;
    this.#isWideningSoon = true;
    queueMicrotask(() => {
      this.#isWideningSoon = false;
      for (const map of this.#maps) map.widen();
      for (const line of this.#lines.values()) line.handOn();
    });
  }

  // ---- the whole ----

  /** Calls that no part has yet. */
  get #held(): number {
    let calls = 0;
    for (const { held } of this.#lines.values()) calls += held;
    return calls;
  }

  get #underWay(): number {
    let tasks = this.#held;
    for (const { scheduler } of this.#parts.values()) tasks += scheduler.unsettled;
    return tasks;
  }

  async drain(): Promise<void> {
    do {
      await Promise.all([...this.#parts.values()].map(({ core }) => core.drain()));
      // What came meanwhile is waited for too, also in a part that was not there before.
    } while (this.#underWay > 0);
  }

  async close(options?: CloseOptions): Promise<void> {
    for (const line of this.#lines.values()) line.flush();
    // All of them refuse what is new before anything is waited for.
    const ends = await Promise.allSettled([...this.#parts.values()].map(({ core }) => core.close(options)));
    this.#counsel.keepCalibration();
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  stats(): PoolStats {
    return joinStats(
      [...this.#parts.values()].map(({ scheduler }) => scheduler.stats()),
      this.#held,
    );
  }

  explain(): Explanation {
    return this.#counsel.explain();
  }
}
