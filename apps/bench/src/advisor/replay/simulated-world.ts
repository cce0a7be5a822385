// A machine with any number of cores that nobody has measured: the calls that were recorded here, handed out to so many workers (schedule.ts), with the costs
// that were measured here. What is assumed is said in ASSUMPTIONS, which the report prints. Pure.
import type { FixedBackend } from '../contestants.ts';
import type { Recording, WorkloadProfile } from '../record/recording.ts';
import type { AdvisorWorkload } from '../workloads.ts';
import { meanMs } from './curve.ts';
import { Pattern } from './pattern.ts';
import { callKindOf } from './question.ts';
import { schedule, type Piece, type Places } from './schedule.ts';
import type { Leaving, Workers, World } from './world.ts';

export const ASSUMPTIONS: readonly string[] = [
  'A core does what one of this machine does: the same clock, its caches for itself, no other work beside. So a call takes what it took here alone, on any core.',
  'Calls are handed out in their order, each to the worker that is free first; short ones in groups, so that there are 256 for each worker at most.',
  'A call costs the caller’s thread and the worker what was measured here with one worker, for as many calls as were made before (code that is not compiled yet takes ten times as long), besides half of its copies each, and what its bytes take on the wire. The caller’s thread has only one core: what it has to send bounds everything.',
  'All work together takes at least its processor time by the number of cores.',
  'Calls of a MiB and more read and write memory eight times their size (two copies, the pass), and all cores together get no more than two threads got here. A larger machine has more of it, so this is a lower bound of what workers gain.',
  'The first worker starts alone; the caller’s thread is held by the start of each other one, and they start beside each other, one on each core. With two cores a start takes from the caller’s work what was measured here, with more only what it holds the thread.',
  'A new pool pays once what the measured inline pool took more in its first job than in its second, wherever the calls run.',
  'Calls that wait take on one thread what they took here 512 at a time, and run one at a time in a worker.',
  'A pool that moves takes calls on its own thread too until all workers are there, and starts one worker after the other.',
  'The model of the advisor counts in much the same way. So what both leave out (wake-ups, collections, code that is new in each worker) shows only in the comparison with what was measured here.',
];

/** Groups of calls for each worker, at most. */
const GROUPS = 256;
/** What does not stay in caches. A guess. */
const LARGE_BYTES = 2 ** 20;
const MEMORY_PASSES = 8;

export interface SimulatedParts {
  readonly workload: AdvisorWorkload;
  readonly profile: WorkloadProfile;
  readonly recording: Recording;
  readonly cores: number;
  /** What the first job of a new pool takes more. */
  readonly setUpMs: number;
}

export interface SimulatedWorld extends World {
  /** A pool of one backend, in the first job (from the making of its workers on, without `setUpMs`) and in the second. */
  fixedMs(backend: FixedBackend, isNew: boolean): number;
}

export function simulatedWorld({ workload, profile, recording, cores, setUpMs }: SimulatedParts): SimulatedWorld {
  const { calls, mode } = workload;
  const kind = callKindOf(workload);
  const pattern = new Pattern(profile.itemMs);
  const meanItemMs = pattern.before(calls) / calls;
  /** Part of a call that its worker computes. */
  const computes = Math.min(1, profile.computesMs / meanItemMs);
  const partFrom = (first: number) => pattern.between(first, calls) / pattern.before(calls);
  const inlineCallMs = meanMs(recording.costs.inline.calls[kind], calls, calls, 'ms') + profile.copyMs;
  const workersMax = Math.min(cores, calls);

  /** Of a call in workers of this kind: the worker's part beside the function, and the caller's. `isFresh`: workers that have run nothing yet. */
  function costsOf(backend: Workers, isFresh: boolean): { workerMs: number; handMs: number } {
    const { calls: soFar, wireMsPerMiB } = recording.costs[backend];
    const each = calls / workersMax;
    const copyMs = profile.copyMs + (profile.bytes / 2 ** 20) * wireMsPerMiB;
    return {
      workerMs: meanMs(soFar[kind], isFresh ? 0 : each, each, 'ms') + copyMs / 2,
      handMs: meanMs(soFar[kind], isFresh ? 0 : calls, calls, 'callerMs') + copyMs / 2,
    };
  }

  function inlineMs(first: number): number {
    const left = calls - first;
    if (left <= 0) return 0;
    if (mode === 'serial') return pattern.between(first, calls) + left * inlineCallMs;
    // As many at a time as there may be: what they took so, whatever each takes alone.
    return profile.togetherMs * calls * partFrom(first) + left * inlineCallMs;
  }

  function piecesFrom(first: number, backend: Workers, isFresh: boolean): Piece[] {
    const { workerMs, handMs } = costsOf(backend, isFresh);
    const size = Math.max(1, Math.ceil((calls - first) / (workersMax * GROUPS)));
    const pieces: Piece[] = [];
    for (let at = first; at < calls; at += size) {
      const end = Math.min(calls, at + size);
      const count = end - at;
      const runMs = pattern.between(at, end);
      const awayMs = runMs + count * workerMs;
      const hereMs = runMs * (profile.togetherMs / meanItemMs) + count * inlineCallMs;
      pieces.push({ awayMs, hereMs, handMs: count * handMs });
    }
    return pieces;
  }

  /** From `first` on with these places: what the pieces take, and what the cores, the memory and the way there take at least. */
  function awayMs(backend: Workers, first: number, places: Places, isFresh: boolean): number {
    const left = calls - first;
    if (left <= 0) return 0;
    const { latencyMs } = recording.costs[backend];
    if (mode === 'serial') {
      const { workerMs } = costsOf(backend, isFresh);
      const atMs = Math.min(...places.workersAtMs);
      return atMs + pattern.between(first, calls) + left * Math.max(latencyMs, workerMs);
    }
    const done = schedule(piecesFrom(first, backend, isFresh), places);
    const waitedMs = pattern.between(first, calls) * (1 - computes);
    const beginMs = Math.min(...places.workersAtMs);
    const coresMs = (done.hereMs + done.awayMs - waitedMs) / cores + (places.here ? 0 : beginMs);
    const bytes = profile.bytes < LARGE_BYTES ? 0 : left * profile.bytes * MEMORY_PASSES;
    return Math.max(done.endMs, coresMs, bytes / recording.memoryBytesPerMs) + latencyMs;
  }

  const takesMs = (backend: Workers) => {
    const { startHoldMs, startTakesMs } = recording.costs[backend];
    return cores > 2 ? startHoldMs : startTakesMs;
  };

  /** A pool of one backend starts them all: the first alone, the others once it is there. */
  function startsOf(backend: Workers): Places {
    const { startMs } = recording.costs[backend];
    const holdMs = takesMs(backend);
    const others = workersMax - 1;
    const workersAtMs = Array.from({ length: workersMax }, (_, k) =>
      k === 0 ? startMs : startMs + k * holdMs + startMs * Math.ceil(k / cores),
    );
    return { workersAtMs, here: false, busyUntilMs: startMs + others * holdMs };
  }

  return {
    cores,
    calls,
    setUpMs,
    itemMs: (index) => pattern.at(index) * (profile.togetherMs / meanItemMs) + inlineCallMs,
    inlineMs,
    startMs: (backend) => recording.costs[backend].startMs,
    readyMs,
    leavingMs(backend, first, there): Leaving {
      if (there >= workersMax) return { ms: readyMs(backend, first), there };
      const { startMs } = recording.costs[backend];
      // One after the other; the last one would only take this thread's place.
      const lanes = Math.max(1, workersMax - 1);
      const workersAtMs = Array.from({ length: Math.max(lanes, there) }, (_, k) =>
        k < there ? 0 : (k - there + 1) * startMs,
      );
      const busyUntilMs = there === 0 ? Math.min(startMs, takesMs(backend)) : 0;
      const ms = awayMs(backend, first, { workersAtMs, here: true, busyUntilMs }, there === 0);
      // Those that were asked for by then are there for the next job, or nearly.
      const started = Math.min(workersAtMs.length, there + Math.max(1, Math.ceil(ms / startMs)));
      return { ms, there: started };
    },
    fixedMs(backend, isNew) {
      if (backend === 'inline') return inlineMs(0);
      return isNew ? awayMs(backend, 0, startsOf(backend), true) : readyMs(backend, 0);
    },
  };

  function readyMs(backend: Workers, first: number): number {
    return awayMs(backend, first, { workersAtMs: Array.from({ length: workersMax }, () => 0), here: false }, false);
  }
}
