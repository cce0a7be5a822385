/** Options of `compareContestants`: parsed once to a frozen value; unknown keys are refused. */
import type { ContestantSpec } from '../contestant.ts';
import type { ErrorReport } from '../errors.ts';
import { argumentError } from '../errors.ts';

/** What goes on, for a progress line. */
export interface Progress {
  /** `start`: a runner is being started; `warmup`, `round`, `memory`: a round begins; `failed`: a contestant is out. */
  phase: 'start' | 'warmup' | 'round' | 'memory' | 'failed';
  id: string;
  label: string;
  /** Round of this phase, from 1; 0 in `start` and `failed`. */
  round: number;
  /** Since the comparison began. */
  elapsedMs: number;
  budgetMs: number;
  /** Only in `failed`. */
  error?: ErrorReport;
}

export interface CompareOptions {
  /**
   * Time for everything: starting the runners, warm-up, timed rounds, checks and the memory round. No further rounds are
   * begun that would probably exceed it, but `minRounds` are always kept. Milliseconds, > 0.
   */
  budgetMs: number;
  /** Timed rounds of each contestant at least, whatever the budget. 1..10,000, default 3. */
  minRounds?: number;
  /** Timed rounds of each contestant at most. `minRounds`..10,000, default 50. */
  maxRounds?: number;
  /** Rounds of each contestant before the first timed one. 0..1,000, default 1. */
  warmupRounds?: number;
  /**
   * Runners that start at the same time. 1..64, default 1: each start is undisturbed and its time means something; more
   * make a short comparison shorter.
   */
  startsAtOnce?: number;
  /**
   * One more, untimed round at the end, during which the memory of the runner's tree is sampled. Default true.
   * `'warmup'`: the last warm-up round serves for it, which is shorter and sees code that is not yet compiled;
   * `warmupRounds` must then be at least 1.
   */
  memory?: boolean | 'warmup';
  /** A round, or a check, that takes longer counts as hung. Milliseconds, > 0, default 120,000. */
  roundTimeoutMs?: number;
  /** Limit of starting a runner and creating its contestant. Milliseconds, > 0, default 60,000. */
  startTimeoutMs?: number;
  /** Limit of a contestant's `close()`. Milliseconds, > 0, default 5,000. */
  closeTimeoutMs?: number;
  /** Ends every runner; the comparison resolves with what it has. */
  signal?: AbortSignal;
  /** Called on the host's main loop before each step; must not throw. */
  onProgress?: (progress: Progress) => void;
}

export type ParsedOptions = Readonly<Required<Omit<CompareOptions, 'signal' | 'onProgress'>>> &
  Readonly<Pick<CompareOptions, 'signal' | 'onProgress'>>;

const DEFAULTS: Required<Omit<CompareOptions, 'budgetMs' | 'signal' | 'onProgress'>> = {
  minRounds: 3,
  maxRounds: 50,
  warmupRounds: 1,
  startsAtOnce: 1,
  memory: true,
  roundTimeoutMs: 120_000,
  startTimeoutMs: 60_000,
  closeTimeoutMs: 5_000,
};

const MAX_ROUNDS = 10_000;
const MAX_WARMUP_ROUNDS = 1_000;
const MAX_STARTS_AT_ONCE = 64;
/** Longest delay of Node's timers. */
const MAX_MS = 2 ** 31 - 1;
const KNOWN = new Set(['budgetMs', ...Object.keys(DEFAULTS), 'signal', 'onProgress']);

/** @throws RangeError `HEDDLE_ARGUMENT` naming the option. */
export function parseOptions(options: CompareOptions): ParsedOptions {
  for (const key of Object.keys(options)) {
    if (!KNOWN.has(key)) throw argumentError(`options: unknown key '${key}'; known are ${[...KNOWN].join(', ')}`);
  }
  const given = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as CompareOptions;
  const parsed = { ...DEFAULTS, ...given };
  for (const key of ['budgetMs', 'roundTimeoutMs', 'startTimeoutMs', 'closeTimeoutMs'] as const) {
    const value: unknown = parsed[key];
    if (typeof value !== 'number' || !(value > 0 && value <= MAX_MS)) {
      throw argumentError(`options.${key}: expected milliseconds from 1 to ${MAX_MS}, got ${String(value)}`);
    }
  }
  expectInteger('minRounds', parsed.minRounds, 1, MAX_ROUNDS);
  // A default must not contradict a given minimum.
  if (given.maxRounds === undefined) parsed.maxRounds = Math.max(parsed.maxRounds, parsed.minRounds);
  expectInteger('maxRounds', parsed.maxRounds, parsed.minRounds, MAX_ROUNDS);
  expectInteger('startsAtOnce', parsed.startsAtOnce, 1, MAX_STARTS_AT_ONCE);
  expectInteger('warmupRounds', parsed.warmupRounds, 0, MAX_WARMUP_ROUNDS);
  if (parsed.memory === 'warmup' && parsed.warmupRounds === 0)
    throw argumentError(`options.memory: 'warmup' needs options.warmupRounds of at least 1, got 0`);
  return Object.freeze(parsed);
}

/** @throws RangeError `HEDDLE_ARGUMENT` for an id used twice, a module that is no `file:` URL, an empty list. */
export function checkSpecs(specs: readonly ContestantSpec[]): void {
  if (specs.length === 0) throw argumentError('specs: expected at least one contestant, got none');
  const ids = new Set<string>();
  for (const { id, module } of specs) {
    if (ids.has(id)) throw argumentError(`specs: expected unique ids, got '${id}' twice`);
    ids.add(id);
    if (!module.startsWith('file:'))
      throw argumentError(`specs: expected a file: URL as module of '${id}', got '${module}'`);
  }
}

function expectInteger(name: string, value: unknown, low: number, high: number): void {
  if (!Number.isInteger(value) || (value as number) < low || (value as number) > high) {
    throw argumentError(`options.${name}: expected an integer from ${low} to ${high}, got ${String(value)}`);
  }
}
