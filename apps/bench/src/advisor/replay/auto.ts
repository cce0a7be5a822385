// What a pool that chooses would do with a recorded job, and how long that would take, by the rules of packages/ts-orchestrator/src/auto in a few lines:
// a probe, questions of which there are fewer the longer an answer stays, the work that was missed for want of workers. The decision itself is no copy: it
// is `decide`. Left out: work that is not what it was (observed times of workers, ways back), memory, pressure, and what the choice itself takes.
import { decide, type Tuning } from '@heddle/advisor';
import type { FixedBackend } from '../contestants.ts';
import type { KnownOfCalls, Recording } from '../record/recording.ts';
import type { AdvisorWorkload } from '../workloads.ts';
import { questionOf, type Asked } from './question.ts';
import type { Workers, World } from './world.ts';

/** As in auto/run-measures.ts. */
const PROBE_CALLS = 8;
const PROBE_MS = 20;
/** As in auto/auto-map.ts. */
const CHUNK_SHARE = 0.05;
const CHUNK_SHARE_UNKNOWN = 0.25;
const CHUNK_ITEMS_MIN = 4;
const CHUNK_MS = 25;
const CHUNK_MS_MIN = 2;
const PATIENCE_MAX = 4;

/** What a pool keeps from one job to the next. */
export interface PoolState {
  readonly seen: number;
  readonly crowdMs: number;
  readonly kind: Workers | undefined;
  readonly there: number;
}

const NEW_POOL: PoolState = { seen: 0, crowdMs: 0, kind: undefined, there: 0 };

export interface Replayed {
  readonly ms: number;
  /** Inline, or the workers that it was left for. */
  readonly backend: FixedBackend;
  readonly after: PoolState;
}

export interface ReplayParts {
  readonly workload: AdvisorWorkload;
  readonly known: KnownOfCalls;
  readonly recording: Recording;
  readonly world: World;
  readonly tuning: Tuning;
}

/** One job, without the set-up of a new pool. */
export function replayJob(parts: ReplayParts, before: PoolState): Replayed {
  const { workload, known, world, tuning } = parts;
  const waits = known.wallMs === undefined || known.computingShare < tuning.computesShare;
  // Calls that wait are not asked about; single calls, each after the one before, never come to more than one.
  if (waits) return stays(world, before, before.crowdMs);
  const inline = new InlineRun(parts, before);
  if (workload.mode === 'serial') {
    const backend = inline.ask(1);
    return backend === 'inline' ? stays(world, before, before.crowdMs) : inline.leave(backend);
  }
  inline.probe();
  while (!inline.isOver) {
    const backend = inline.ask(inline.toCome);
    if (backend !== 'inline') return inline.leave(backend);
    inline.goOn();
  }
  return stays(world, before, inline.crowdMs);
}

function stays(world: World, { seen, kind, there }: PoolState, crowdMs: number): Replayed {
  return { ms: world.inlineMs(0), backend: 'inline', after: { seen: seen + world.calls, crowdMs, kind, there } };
}

/** Both jobs of a pool, the set-up in the first. */
export function replayPool(parts: ReplayParts): readonly [Replayed, Replayed] {
  const first = replayJob(parts, NEW_POOL);
  return [{ ...first, ms: parts.world.setUpMs + first.ms }, replayJob(parts, first.after)];
}

/** A job as long as it runs inline. */
class InlineRun {
  readonly #parts: ReplayParts;
  readonly #before: PoolState;
  #done = 0;
  #elapsedMs = 0;
  #patience = 1;
  #current: FixedBackend | undefined;
  crowdMs: number;

  constructor(parts: ReplayParts, before: PoolState) {
    this.#parts = parts;
    this.#before = before;
    this.crowdMs = before.crowdMs;
  }

  get isOver(): boolean {
    return this.#done >= this.#parts.world.calls;
  }

  /** As far as the pool knows. */
  get toCome(): number {
    const { workload, world } = this.#parts;
    const left = world.calls - this.#done;
    if (workload.mode === 'stream') return Math.max(1, this.#done);
    return workload.mode === 'burst' ? left + 1 : left;
  }

  probe(): void {
    const { seen } = this.#before;
    while (!this.isOver && seen + this.#done < PROBE_CALLS && this.#elapsedMs < PROBE_MS) this.#runOne();
  }

  /** What `counsel.ts` does without a question, and else the decision. */
  ask(calls: number): FixedBackend {
    const { workload, known, recording, world, tuning } = this.#parts;
    const { kind } = this.#before;
    const { callerMs } = recording.believed.inline;
    const isLittle = calls * (known.wallMs! + callerMs) + this.crowdMs < recording.believed.threads.startMs;
    if (kind === undefined && isLittle) return 'inline';
    const hasTold = this.#done >= CHUNK_ITEMS_MIN && this.#elapsedMs >= CHUNK_MS_MIN && workload.mode !== 'burst';
    const asked: Asked = {
      calls,
      current: this.#current,
      kind,
      crowdMs: this.crowdMs,
      inlineMs: hasTold ? this.#elapsedMs / this.#done : undefined,
    };
    this.#current = 'inline';
    return decide(questionOf(workload, known, recording, world, asked), tuning).backend;
  }

  /** To the next question. */
  goOn(): void {
    const { workload, world } = this.#parts;
    if (workload.mode === 'burst') {
      // Asked anew where the calls to come, or those that are known, are another power of two.
      const power = (calls: number) => 32 - Math.clz32(calls);
      const [crowd, known] = [power(world.calls - this.#done), power(this.#before.seen + this.#done)];
      do this.#runOne();
      while (
        !this.isOver &&
        power(world.calls - this.#done) === crowd &&
        power(this.#before.seen + this.#done) === known
      );
      return;
    }
    this.#patience = Math.min(PATIENCE_MAX, this.#patience * 2);
    const share = workload.mode === 'stream' ? this.#done * CHUNK_SHARE_UNKNOWN : world.calls * CHUNK_SHARE;
    const lookAt = this.#done + Math.max(CHUNK_ITEMS_MIN, Math.ceil(share)) * this.#patience;
    const untilMs = this.#elapsedMs + CHUNK_MS * this.#patience;
    do this.#runOne();
    while (!this.isOver && this.#done < lookAt && this.#elapsedMs < untilMs);
  }

  leave(backend: Workers): Replayed {
    const { world } = this.#parts;
    const { seen, kind, there: before } = this.#before;
    const { ms, there } = world.leavingMs(backend, this.#done, kind === backend ? before : 0);
    // Enough of those that are left run here too, beside workers that start.
    const after = { seen: seen + world.calls, crowdMs: 0, kind: backend, there };
    return { ms: this.#elapsedMs + ms, backend, after };
  }

  #runOne(): void {
    this.#elapsedMs += this.#parts.world.itemMs(this.#done++);
    this.crowdMs += this.#parts.known.wallMs!;
  }
}
