/**
 * Where calls run, as the rest of a pool that chooses hears it: by a plain rule as long as that is certain, else by the judge, which is loaded
 * with the first question. Loading it takes longer than the whole of little work does (docs/decisions/023-auto.md).
 *
 * Where the judge can't be loaded (its file is gone, no file can be opened any more), the pool goes on by rule: inline, unless a call asks for what inline can't
 * give or its function has ended a worker. Which is said by `explain()`.
 */
import type { Decision } from '@heddle/advisor';
import type { Explanation, FunctionExplanation } from '../pool/explanation.ts';
import { explainSize } from '../pool/size-sentence.ts';
import type { Backend } from '../transport/transport.ts';
import { INLINE_CALL_MS, THREAD_START_MS } from './first-costs.ts';
import type { Judge, JudgeParts, Matter } from './judge.ts';
import type { FunctionMeasures } from './run-measures.ts';

export interface CounselParts extends JudgeParts {
  /** Throws where it can't be loaded. */
  readonly load: (parts: JudgeParts) => Judge;
}

/** A failure may pass: of the limit of open files, or of the stack. One that stays costs so many attempts. */
const LOADS_MAX = 3;

export class Counsel {
  readonly #parts: CounselParts;
  #judge: Judge | undefined;
  #failures = 0;
  /** Of the last attempt to load it, in words. */
  #problem = '';

  constructor(parts: CounselParts) {
    this.#parts = parts;
  }

  /**
   * Is it certain, without a question, that so many calls that run inline stay there? Their work takes no longer than the start of a worker,
   * with all that there was before, and none is there or on its way; or they wait; and no rule takes them away.
   */
  isSurelyInline(measures: FunctionMeasures, calls: number): boolean {
    const { partOf, measures: all } = this.#parts;
    const { available, wishes } = this.#parts.plan();
    const { itemMs, crashes, isForThisProcess, seemsToWait } = measures;
    if (!available.has('inline') || wishes.objective === 'latency' || crashes > 0) return false;
    if (seemsToWait) return true;
    if (partOf('threads') !== undefined || partOf('processes') !== undefined || isForThisProcess) return false;
    // No worker was there: what a start takes was neither measured nor read.
    return itemMs === undefined || calls * (itemMs + INLINE_CALL_MS) + all.crowdMs < THREAD_START_MS;
  }

  ask(name: string, matter: Matter): Decision {
    return this.#loaded()?.ask(name, matter) ?? this.#byRule(this.#parts.measures.of(name), matter.isDemanded);
  }

  /** Where workers are to be when nothing is known of any function: for a pool that has to have them. */
  askFirst(): Backend {
    return this.#loaded()?.askFirst().backend ?? this.#workers(false);
  }

  explain(): Explanation {
    return this.#loaded()?.explain() ?? this.#explainRule();
  }

  // Of what follows only a judge knows something, or nobody.

  started(backend: Backend, ms: number): void {
    this.#judge?.started(backend, ms);
  }

  readCalibration(): void {
    this.#judge?.readCalibration();
  }

  keepCalibration(): void {
    this.#judge?.keepCalibration();
  }

  #loaded(): Judge | undefined {
    if (this.#judge !== undefined || this.#failures >= LOADS_MAX) return this.#judge;
    const { load, ...parts } = this.#parts;
    try {
      this.#judge = load(parts);
    } catch (error) {
      this.#failures++;
      this.#problem = error instanceof Error ? error.message.split('\n', 1)[0]! : String(error);
    }
    return this.#judge;
  }

  // ---- without a judge ----

  #byRule({ name, crashes, memoryCrashes }: FunctionMeasures, isDemanded: boolean): Decision {
    const { available } = this.#parts.plan();
    const mustLeave = isDemanded || crashes > 0;
    const backend = available.has('inline') && !mustLeave ? 'inline' : this.#workers(memoryCrashes > 0);
    const reason = crashes > 0 ? 'calls of it have ended workers' : 'it can’t be stopped there from outside';
    return {
      backend,
      workers: 1,
      why: 'unknown',
      predictedMs: {},
      ruledOut: mustLeave ? [{ backend: 'inline', rule: crashes > 0 ? 'crashed' : 'interruption', reason }] : [],
      computingShare: 1,
      isFallback: true,
      sentence: `${name}: ${backend === 'inline' ? backend : `in ${backend}`}, by rule. ${this.#excuse}`,
    };
  }

  /** The kind that is there, if it will do; inline where there is no other. */
  #workers(isOutOfMemory: boolean): Backend {
    const { plan, partOf } = this.#parts;
    const kinds: readonly Backend[] = isOutOfMemory ? ['processes', 'threads'] : ['threads', 'processes'];
    const used = isOutOfMemory ? undefined : kinds.find((backend) => partOf(backend) !== undefined);
    return used ?? kinds.find((backend) => plan().available.has(backend)) ?? 'inline';
  }

  get #excuse(): string {
    return `Nothing is weighed, because what weighs could not be loaded: ${this.#problem}`;
  }

  #explainRule(): Explanation {
    const { plan, measures, partOf } = this.#parts;
    const kinds: readonly Backend[] = ['inline', 'threads', 'processes'];
    return {
      backend: 'auto',
      sentence: this.#excuse,
      functions: [...measures.all].map((each) => this.#explainFunction(each)),
      unavailable: plan().unavailable,
      costs: undefined,
      workers: kinds.flatMap((backend) => {
        const part = partOf(backend);
        return part === undefined ? [] : explainSize(part.scheduler.stats());
      }),
      calibration: undefined,
    };
  }

  #explainFunction(measures: FunctionMeasures): FunctionExplanation {
    const { name, sent, actualMs, crashes } = measures;
    const { wallMs, cpuMs = wallMs } = measures.times();
    const { backend, workers, predictedMs, ruledOut, sentence } = this.#byRule(measures, false);
    const computingShare = wallMs === undefined || !(wallMs.median > 0) ? 1 : cpuMs!.median / wallMs.median;
    const features = { wallMs, computingShare, cloneMs: undefined, crashes };
    const decided = { backend, workers, decidedFor: 1, predictedMs, ruledOut, sentence };
    return { name, ...decided, calls: { ...sent }, features, actualMs: { ...actualMs } };
  }
}
