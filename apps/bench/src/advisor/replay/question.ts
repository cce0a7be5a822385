// What a pool that chooses would ask about a recorded workload. Pure.
import type { BackendCosts, Question } from '@heddle/advisor';
import { FIXED_BACKENDS, type FixedBackend } from '../contestants.ts';
import type { CallKind, CallsSoFar, KnownOfCalls, Recording } from '../record/recording.ts';
import { compiled } from './curve.ts';
import type { AdvisorWorkload } from '../workloads.ts';
import type { Workers, World } from './world.ts';

/** Calls that a thread without workers has under way at a time: the default of a pool. */
const AT_ONCE = 512;
/** Items of a map travel together where they are no objects. */
export function callKindOf({ task, mode }: AdvisorWorkload): CallKind {
  if (mode === 'serial') return 'serial';
  return task === 'computeNumber' && mode === 'map' ? 'batched' : 'single';
}

export interface Asked {
  readonly calls: number;
  readonly current: FixedBackend | undefined;
  /** The kind of workers that the pool has, and whether one takes calls. */
  readonly kind: Workers | undefined;
  /** Milliseconds of calls that ran inline and could have run beside each other. */
  readonly crowdMs: number;
  /** Elapsed time of a call inline, where enough have told. */
  readonly inlineMs: number | undefined;
}

export function questionOf(
  workload: AdvisorWorkload,
  known: KnownOfCalls,
  recording: Recording,
  world: World,
  { calls, current, kind, crowdMs, inlineMs }: Asked,
): Question {
  const { wallMs, spreadMs: spread, computingShare, cloneMs } = known;
  const costsOf = (backend: FixedBackend): BackendCosts => {
    const believed = recording.believed[backend];
    const isThere = backend === 'inline' || backend === kind;
    // What a pool takes batched items for is told by no explain(): what they take in code that is compiled.
    const ofCalls =
      callKindOf(workload) === 'batched' ? compiledCosts(recording.costs[backend].calls.batched, backend) : {};
    const startMs = isThere && backend !== 'inline' ? world.startMs(backend) : believed.startMs;
    return { ...believed, ...ofCalls, startMs, isReady: isThere };
  };
  return {
    profile: {
      name: workload.task,
      wallMs: wallMs === undefined ? undefined : { median: wallMs, spread },
      cpuMs: wallMs === undefined ? undefined : { median: wallMs * computingShare, spread },
      cloneMs,
    },
    work: { calls, atOnce: AT_ONCE },
    machine: { cores: world.cores, pressure: 0 },
    costs: { inline: costsOf('inline'), threads: costsOf('threads'), processes: costsOf('processes') },
    workersMax: world.cores,
    observedMs: inlineMs === undefined ? {} : { inline: inlineMs },
    current,
    missedMs: crowdMs * (1 - 1 / world.cores),
    // One kind of workers is enough.
    unavailable:
      kind === undefined
        ? []
        : FIXED_BACKENDS.filter((each) => each !== 'inline' && each !== kind).map((backend) => ({
            backend,
            reason: `the pool has ${kind} already`,
          })),
  };
}

function compiledCosts(
  calls: readonly CallsSoFar[],
  backend: FixedBackend,
): Pick<BackendCosts, 'callerMs' | 'workerMs'> {
  return { callerMs: compiled(calls, 'callerMs'), workerMs: backend === 'inline' ? 0 : compiled(calls, 'ms') };
}
