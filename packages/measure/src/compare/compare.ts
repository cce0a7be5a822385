/**
 * The comparison: one runner per contestant, kept for the whole of it, rounds alternating A B C, B C A, C A B …
 *
 * 1. start the runners, one after the other unless told otherwise, note the time of each, read the memory of each tree;
 * 2. warm-up rounds, then a first check;
 * 3. timed rounds until the budget is used;
 * 4. a second check, whose digest must equal the first;
 * 5. one untimed round each, with the memory of the tree sampled (or sampled in the last warm-up round);
 * 6. close, and end every process.
 *
 * Only one contestant has a round at a time; checks and closing, which nothing is timed by, run at once. One that fails is ended at once and reported; the others go on.
 */
import type { ContestantSpec } from '../contestant.ts';
import { describeError } from '../errors.ts';
import { Reaper } from '../host/reaper.ts';
import { RunnerFailure } from '../host/runner.ts';
import { descendantsCpuMs, readTreeMemory, type TreeMemory } from '../host/process-tree.ts';
import { isChecked, type Comparison, type Phase } from './comparison.ts';
import { checkSpecs, parseOptions, type CompareOptions, type ParsedOptions, type Progress } from './options.ts';
import { resultOf, Seat } from './seat.ts';
import { cycleOrder, hasTimeForCycle } from './schedule.ts';

/** Time between two readings of a tree's memory. 20 ms (a guess): a reading of a few large processes takes 1 to 5 ms. */
const MEMORY_SAMPLE_MS = 20;

/**
 * Measures contestants against each other. Never rejects because of a contestant: a failure is reported in its place.
 * When it settles, every runner and every process of its tree is gone.
 *
 * Costs one Node process per contestant for the time of the comparison. The host should be idle: it takes part in the
 * exchange between the rounds.
 *
 * @throws RangeError `HEDDLE_ARGUMENT` for wrong specs or options, before anything is started.
 */
export async function compareContestants(
  specs: readonly ContestantSpec[],
  options: CompareOptions,
): Promise<Comparison> {
  checkSpecs(specs);
  const run = new ComparisonRun(specs, parseOptions(options));
  return run.run();
}

class ComparisonRun {
  readonly #options: ParsedOptions;
  readonly #seats: Seat[];
  readonly #reaper = new Reaper();
  readonly #order: string[][] = [];
  readonly #startedMs = performance.now();

  constructor(specs: readonly ContestantSpec[], options: ParsedOptions) {
    this.#options = options;
    this.#seats = specs.map((spec) => new Seat(spec));
  }

  async run(): Promise<Comparison> {
    const { signal } = this.#options;
    const onAbort = (): void => {
      for (const seat of this.#seats) void seat.end();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      await this.#measure();
    } finally {
      signal?.removeEventListener('abort', onAbort);
      await Promise.all(this.#seats.map((seat) => seat.end()));
      await this.#reaper.close();
    }
    return this.#comparison();
  }

  async #measure(): Promise<void> {
    const { warmupRounds, memory, startsAtOnce } = this.#options;
    const waiting = [...this.#seats];
    const startWaiting = async (): Promise<void> => {
      for (let seat = waiting.shift(); seat && !this.#isAborted(); seat = waiting.shift()) await this.#start(seat);
    };
    await Promise.all(Array.from({ length: startsAtOnce }, startWaiting));
    if (this.#isAborted()) return;
    if (memory) for (const seat of this.#running()) seat.baseMemory = memoryOf(seat);
    for (let round = 1; round <= warmupRounds; round++) {
      for (const seat of this.#running()) {
        this.#tell('warmup', seat, round);
        const isMemoryRound = memory === 'warmup' && round === warmupRounds && seat.baseMemory !== undefined;
        await this.#step(seat, 'warmup', () => (isMemoryRound ? this.#memoryRound(seat) : this.#untimedRound(seat)));
      }
    }
    if (warmupRounds > 0) await this.#checkAll();
    await this.#timedRounds();
    await this.#checkAll();
    if (memory === true) {
      for (const seat of this.#running()) {
        this.#tell('memory', seat, 1);
        await this.#step(seat, 'memory', () => this.#memoryRound(seat));
      }
    }
    await Promise.all(this.#running().map((seat) => this.#close(seat)));
  }

  async #start(seat: Seat): Promise<void> {
    this.#tell('start', seat, 0);
    await this.#step(seat, 'create', () => seat.start(this.#reaper, this.#options.startTimeoutMs));
  }

  /** Those that have not failed, in the order of the specs; none after an abort. */
  #running(): Seat[] {
    if (this.#isAborted()) return [];
    return this.#seats.filter((seat) => seat.error === undefined);
  }

  #isAborted(): boolean {
    return this.#options.signal?.aborted === true;
  }

  /** Runs one step of one contestant; a failure takes the contestant out and ends its runner. */
  async #step(seat: Seat, phase: Phase, action: () => Promise<unknown>): Promise<void> {
    if (this.#isAborted() || seat.error !== undefined) return;
    try {
      await action();
    } catch (thrown) {
      if (this.#isAborted()) return;
      const report = thrown instanceof RunnerFailure ? thrown.report : describeError(thrown);
      seat.error = { ...report, phase };
      await seat.end();
      this.#tell('failed', seat, 0);
    }
  }

  async #timedRounds(): Promise<void> {
    const { minRounds, maxRounds, budgetMs } = this.#options;
    let cycleMs = 0;
    for (let cycle = 0; this.#running().length > 0; cycle++) {
      const elapsedMs = this.#elapsedMs();
      // Checks cost about nothing beside a round (an assumption), the memory round is one more cycle.
      const tailMs = this.#options.memory === true ? cycleMs : 0;
      if (!hasTimeForCycle({ cyclesDone: cycle, minRounds, maxRounds, elapsedMs, budgetMs, cycleMs, tailMs })) return;
      const order = cycleOrder(this.#running(), cycle);
      this.#order.push(order.map((seat) => seat.spec.id));
      for (const seat of order) {
        this.#tell('round', seat, cycle + 1);
        await this.#step(seat, 'round', () => this.#timedRound(seat));
      }
      cycleMs = this.#elapsedMs() - elapsedMs;
    }
  }

  async #timedRound(seat: Seat): Promise<void> {
    const before = descendantsCpuMsOf(seat);
    const report = await seat.ask('round', null, this.#options.roundTimeoutMs);
    const after = descendantsCpuMsOf(seat);
    seat.rounds.push(report);
    if (before === undefined || after === undefined) seat.cpuMs = undefined;
    else if (seat.cpuMs !== undefined) seat.cpuMs += report.cpuMs + after - before;
  }

  async #checkAll(): Promise<void> {
    const check = (seat: Seat): Promise<void> =>
      this.#step(seat, 'check', async () => {
        seat.checks.push(await seat.ask('check', null, this.#options.roundTimeoutMs));
      });
    // The first one alone: what it writes once for all, such as a picture, the others find done.
    const [first, ...others] = this.#running();
    if (first) await check(first);
    await Promise.all(others.map(check));
  }

  async #untimedRound(seat: Seat): Promise<void> {
    await seat.ask('round', null, this.#options.roundTimeoutMs);
  }

  async #memoryRound(seat: Seat): Promise<void> {
    const base = seat.baseMemory;
    if (base === undefined) return;
    const peak = { ...base };
    const sample = (): void => {
      const now = memoryOf(seat);
      if (now === undefined) return;
      peak.pssBytes = Math.max(peak.pssBytes, now.pssBytes);
      peak.aloneBytes = Math.max(peak.aloneBytes, now.aloneBytes);
      peak.processes = Math.max(peak.processes, now.processes);
    };
    const timer = setInterval(sample, MEMORY_SAMPLE_MS);
    try {
      await this.#untimedRound(seat);
    } finally {
      clearInterval(timer);
    }
    sample();
    seat.memory = {
      peakPssBytes: peak.pssBytes,
      basePssBytes: base.pssBytes,
      peakAloneBytes: peak.aloneBytes,
      baseAloneBytes: base.aloneBytes,
      processes: peak.processes,
    };
  }

  async #close(seat: Seat): Promise<void> {
    try {
      await seat.ask('close', null, this.#options.closeTimeoutMs);
    } catch (thrown) {
      if (this.#isAborted()) return;
      seat.closeError = {
        ...(thrown instanceof RunnerFailure ? thrown.report : describeError(thrown)),
        phase: 'close',
      };
    }
  }

  #elapsedMs(): number {
    return performance.now() - this.#startedMs;
  }

  #tell(phase: Progress['phase'], seat: Seat, round: number): void {
    this.#options.onProgress?.({
      phase,
      id: seat.spec.id,
      label: seat.spec.label,
      round,
      elapsedMs: this.#elapsedMs(),
      budgetMs: this.#options.budgetMs,
      ...(seat.error === undefined ? {} : { error: seat.error }),
    });
  }

  #comparison(): Comparison {
    const results = this.#seats.map((seat) => resultOf(seat));
    const reference = results.find((result) => isChecked(result));
    for (const result of results) {
      if (reference !== undefined && result.digest !== undefined && result.digest !== reference.digest) {
        result.differsFrom = reference.id;
      }
    }
    return {
      contestants: Object.fromEntries(results.map((result) => [result.id, result])),
      order: this.#order,
      budgetMs: this.#options.budgetMs,
      elapsedMs: this.#elapsedMs(),
      aborted: this.#isAborted(),
    };
  }
}

function memoryOf(seat: Seat): TreeMemory | undefined {
  return seat.pid === undefined ? undefined : readTreeMemory(seat.pid);
}

function descendantsCpuMsOf(seat: Seat): number | undefined {
  return seat.pid === undefined ? undefined : descendantsCpuMs(seat.pid);
}
