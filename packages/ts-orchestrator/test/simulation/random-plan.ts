/**
 * A plan from a seed. Each seed has its own mood: calm or wild in each way, so that faults come alone and together.
 */
import type { RetryPredicate } from '../../src/task/task-options.ts';
import type { PoolOptions } from '../../src/pool/pool-options.ts';
import {
  CALM_WORKER,
  type Call,
  type MapCall,
  type Plan,
  type Reentry,
  type RunCall,
  type StreamCall,
  type Work,
  type WorkerPlan,
} from './plan.ts';
import { Chance, STREAMS } from './chance.ts';

interface Mood {
  readonly crashes: number;
  readonly badStarts: number;
  readonly badEnds: number;
  readonly stuckKills: number;
  readonly deaths: number;
  /** Do tasks call their own pool? */
  readonly nesting: number;
  readonly lastChild: { key: number };
  readonly growth: number;
  /** How long workers say that tasks take: a small number lets the host send many ahead. */
  readonly toldMs: number | undefined;
  readonly aborts: number;
  readonly timeouts: number;
  readonly reentries: number;
  /** May tasks run for ever? Then the last close cancels. */
  readonly neverEnds: boolean;
}

export function randomPlan(seed: number): Plan {
  const random = new Chance(seed, STREAMS.plan);
  const backend = random.pick(['processes', 'processes', 'threads', 'threads', 'inline'] as const);
  const mood: Mood = {
    // Inline a crash is the host's own end.
    crashes: backend === 'inline' ? 0 : random.pick([0, 0, 0.1, 0.4]),
    badStarts: random.pick([0, 0, 0.1, 0.5]),
    badEnds: random.pick([0, 0, 0.3]),
    stuckKills: random.pick([0, 0, 0, 0.3]),
    deaths: random.pick([0, 0, 0.2]),
    lastChild: { key: CHILD_KEYS },
    nesting: random.pick([0, 0, 0, 0.4]),
    growth: random.pick([0, 0, 0, 0.3]),
    aborts: random.pick([0, 0.1, 0.4]),
    timeouts: random.pick([0, 0.1, 0.5]),
    reentries: random.pick([0, 0, 0.2]),
    neverEnds: random.chance(0.3),
    toldMs: random.pick([undefined, 0.01, 0.01, 0.3]),
  };
  const options = randomOptions(random, backend);
  return {
    seed,
    options,
    wire: {
      latencyMsMax: random.pick([0, 1, 5]),
      hasExaminer: random.chance(0.3),
      hasWords: random.chance(0.85),
      losesMessages: random.chance(0.5),
      repeatsExit: random.chance(0.1),
    },
    stalls: random.chance(0.3) ? { chance: 0.05, msMax: random.pick([2, 30, 400]) } : { chance: 0, msMax: 1 },
    calls: randomCalls(random, mood),
    worker: (number) => randomWorker(new Chance(seed, STREAMS.worker + number), mood, backend === 'inline', number),
  };
}

const PREDICATES: readonly RetryPredicate[] = [
  () => true,
  (_error, attempt) => attempt < 2,
  () => {
    throw new Error('the caller of the pool failed');
  },
];

function randomOptions(random: Chance, backend: 'inline' | 'threads' | 'processes'): PoolOptions {
  const options: { -readonly [K in keyof PoolOptions]: PoolOptions[K] } = {
    backend,
    workers: random.pick([1, 1, 2, 2, 3, 5]),
    cancelGraceMs: random.pick([0, 1, 10, 250]),
    idleTimeoutMs: random.pick([1, 5, 30, 1000, Infinity]),
    spawnTimeoutMs: 50,
    loadTimeoutMs: 40,
    setupTimeoutMs: 30,
    teardownTimeoutMs: 25,
    terminateTimeoutMs: random.pick([20, 120]),
  };
  if (random.chance(0.3)) options.queueLimit = random.pick([0, 1, 3]);
  if (random.chance(0.5))
    options.restartLimit = { count: random.pick([0, 1, 2, 5]), windowMs: random.pick([10, 300, 30_000]) };
  if (random.chance(0.5)) {
    options.retries = random.pick([0, 1, 3]);
    options.retryOn = random.pick<NonNullable<PoolOptions['retryOn']>>(['crash', 'crash', 'error', ...PREDICATES]);
    options.retryDelayMs = random.pick([0, 1, 30]);
  }
  if (backend !== 'inline') {
    options.spares = random.pick([0, 0, 0, 1, 2]);
    if (random.chance(0.2)) options.recycleAfterTasks = random.pick([1, 2, 5]);
  }
  if (random.chance(0.2)) options.taskTimeoutMs = random.pick([1, 5, 40]);
  return options;
}

function randomCalls(random: Chance, mood: Mood): Call[] {
  const calls: Call[] = [];
  const count = random.int(1, 14);
  let at = 0;
  let key = 1;
  let isClosed = false;
  for (let n = 0; n < count; n++) {
    // Often at the same moment, or close by.
    at += random.pick([0, 0, 0, 1, 2, 10, 60]);
    const kind = random.int(0, 19);
    if (kind < 11) {
      const run: RunCall = {
        do: 'run',
        ...taskBase(random, mood, at, key),
        work: randomWork(random, mood),
        onPack: random.chance(mood.reentries / 4)
          ? random.pick(['run', 'throw', 'close', 'block'] as const)
          : undefined,
      };
      key++;
      if (random.chance(mood.nesting))
        calls.push({ ...run, retries: 0, work: withChildren(random, mood, run.work, 2) });
      else calls.push(run);
    } else if (kind < 15) {
      const map: MapCall = {
        do: 'map',
        ...taskBase(random, mood, at, key),
        works: randomItems(random, mood),
        ordered: random.chance(0.6),
        onError: random.pick(['fail', 'collect']),
        source: random.pick(['plain', 'plain', 'async', 'slow', 'throws']),
        consumeMs: random.pick([0, 0, 1, 10]),
        leaveAfter: random.chance(0.3) ? random.int(1, 4) : undefined,
      };
      calls.push(map);
      key += map.works.length + 1;
    } else if (kind < 18) {
      const stream: StreamCall = {
        do: 'stream',
        ...taskBase(random, mood, at, key),
        work: { ...randomWork(random, mood), items: random.pick([1, 3, 9, 20]) },
        consumeMs: random.pick([0, 0, 1, 10]),
        leaveAfter: random.chance(0.3) ? random.int(1, 10) : undefined,
      };
      calls.push(stream);
      key++;
    } else if (kind === 18) calls.push({ do: 'drain', at });
    else if (random.chance(0.4)) calls.push({ do: 'block', at, ms: random.pick([3, 50, 500]) });
    else if (random.chance(0.3)) {
      isClosed = true;
      calls.push({ do: 'close', at, cancel: random.chance(0.5) });
    }
  }
  // The last close waits for what is left, and where that may run for ever it cancels.
  if (!isClosed || mood.neverEnds)
    calls.push({ do: 'close', at: at + random.pick([0, 5, 2_000]), cancel: mood.neverEnds });
  return calls;
}

/** Many of them now and then, and then mostly plain ones: they travel in batches. */
function randomItems(random: Chance, mood: Mood): Work[] {
  const isLong = random.chance(0.5);
  return Array.from({ length: isLong ? random.int(9, 40) : random.int(0, 8) }, () => {
    const work = randomWork(random, mood);
    return isLong && random.chance(0.8) ? { ...work, args: 'plain', ms: random.pick([0, 0, 0, 1]) } : work;
  });
}

function taskBase(random: Chance, mood: Mood, at: number, key: number) {
  return {
    at,
    key,
    timeoutMs: random.chance(mood.timeouts) ? random.pick([1, 3, 10, 80]) : undefined,
    priority: random.pick([0, 0, 0, 1, -1]),
    retries: random.chance(0.1) ? random.int(0, 2) : undefined,
    abortMs: random.chance(mood.aborts) ? random.pick([0, 1, 2, 5, 20]) : undefined,
    onProgress: random.chance(mood.reentries)
      ? random.pick<Reentry>(['throw', 'abort', 'run', 'close', 'block'])
      : undefined,
  };
}

function randomWork(random: Chance, mood: Mood): Work {
  return {
    kind: random.chance(0.1) ? 'throw' : mood.neverEnds && random.chance(0.1) ? 'never' : 'value',
    beginMs: random.pick([0, 0, 0, 1]),
    ms: random.pick([0, 0, 1, 2, 10, 40]),
    heedsMs: random.chance(0.7) ? random.pick([0, 0, 1, 10]) : undefined,
    progress: random.chance(mood.reentries) ? 2 : 0,
    items: 0,
    crash: random.chance(mood.crashes)
      ? { when: random.pick(['before', 'during', 'after']), times: random.pick([1, 1, 2, Infinity]) }
      : undefined,
    children: [],
    args: random.pick(['plain', 'plain', 'plain', 'object', 'moved', random.chance(0.3) ? 'uncloneable' : 'object']),
  };
}

/** Keys of tasks that tasks call, from here. */
const CHILD_KEYS = 10_000;

function withChildren(random: Chance, mood: Mood, work: Work, depthLeft: number): Work {
  const children = Array.from({ length: random.int(1, 3) }, () => {
    const key = ++mood.lastChild.key;
    const own = { ...randomWork(random, mood), args: 'plain' as const };
    return { key, work: depthLeft > 1 && random.chance(0.4) ? withChildren(random, mood, own, depthLeft - 1) : own };
  });
  return { ...work, children };
}

function randomWorker(random: Chance, mood: Mood, isInline: boolean, number: number): WorkerPlan {
  if (isInline) return CALM_WORKER;
  // The first start decides whether there is a pool at all.
  const badStarts = number === 1 ? mood.badStarts / 10 : mood.badStarts;
  return {
    spawnMs: random.pick([0, 1, 5, 20]),
    loadMs: random.pick([0, 1, 5, 20]),
    setupMs: random.pick([0, 0, 1, 20]),
    start: random.chance(badStarts)
      ? random.pick([
          'refused',
          'typescript',
          'hangs-in-spawn',
          'hangs-in-load',
          'hangs-in-setup',
          'exits-in-spawn',
          'exits-in-load',
          'exits-in-setup',
          'fails-in-load',
          'fails-in-setup',
        ])
      : 'fine',
    stop: random.chance(mood.badEnds)
      ? random.pick(['error', 'hangs', 'hangs-after', 'exits-without-word', 'crashes'])
      : 'fine',
    teardownMs: random.pick([0, 0, 1, 10]),
    kill: random.chance(mood.stuckKills) ? random.pick(['never', 'late']) : 'fine',
    exitMs: random.pick([0, 0, 1, 15]),
    toldMs: mood.toldMs,
    growsAfterMs: random.chance(mood.growth) ? random.int(0, 60) : undefined,
    diesAfterMs: random.chance(mood.deaths) ? random.int(0, 60) : undefined,
  };
}
