/**
 * Who the contract is asked of: how a pool of it is opened, which promises it can't keep and why, and in which words it says what others
 * say otherwise. Here are the backends of this package; a pool of another one makes a subject of its own.
 */
import { createPool, type Backend, type IsolationLevel, type Pool, type PoolOptions } from '@heddle/ts-orchestrator';
import type { UntypedModule } from '../src/task/module-types.ts';
import { deferred } from './helpers.ts';

export type AnyPool = Pool<UntypedModule>;

export interface Subject {
  /** What its suite is called. */
  readonly name: string;
  /** Where a call runs that asks for nothing. */
  readonly backend: Backend;
  /** Does a call that asks for more run in a worker instead? */
  readonly isMixed: boolean;
  /** `module`: as `createPool` takes it. */
  readonly open: (module: string, options: PoolOptions) => Promise<AnyPool>;
  /** Why it can't keep a promise; undefined where it does. */
  readonly exceptionTo: (promise: string) => string | undefined;
  /** Promises that `exceptionTo` knows. */
  readonly exceptions: Iterable<string>;
  /** For one call: resolves when its task has told that it runs. The options are for that call. */
  readonly watchStart: (pool: AnyPool) => { readonly options: object; readonly started: Promise<void> };
  /** Codes of its own for what it refuses itself, by those of a pool of this package. */
  readonly codes?: Readonly<Record<string, string>>;
  /** Options with which each item of a map travels alone. */
  readonly apart?: object;
  /** Has it `stats()` and `drain()`? Parts of promises that only these show are left out where not. */
  readonly isCounted: boolean;
  /** Does it move buffers? */
  readonly isTransferring: boolean;
  /** Does the clock of this program end its tasks? */
  readonly isTimedHere: boolean;
  /** Most items that a map of short ones has pulled and not given out. */
  readonly aheadMost: number;
}

const SHARES_FATE = 'the task runs in the host itself, which nothing can end for it';
const NO_SHARED_MEMORY = 'JavaScript has no memory that two processes share';
const CRASH_TAKES_HOST = 'a crash in native code takes the whole process, and a thread lives in it';

/** Where a pool is told to run tasks: a backend, or that it may choose. */
export type Asked = Backend | 'auto';

/**
 * What inline can't keep, and `auto` does: the call, or the pool, says what it needs, and that rules inline out. All else that is the host's
 * fate inline is it here too, as long as nothing is asked for: the first calls of a function run inline.
 */
const KEPT_BY_AUTO: ReadonlySet<string> = new Set([
  'ends a busy loop at its time-out',
  'tells where a busy loop stood when it was ended',
  'tells where a blocking wait stood when it was ended',
  'tells that a task only waited when it was ended',
  'ends a busy loop on abort',
  'ends a blocking wait on abort',
  'runs a task again whose worker died, when told to',
  'quarantines a task that used up its retries by ending workers',
  'survives a worker that runs out of memory',
  'gives workers their environment',
  'stops the one item that takes too long',
]);

const TWO_LINES = 'what needs a worker waits for one, and what may run inline does not wait behind it';
/** Promises that only hold between calls of one backend. */
const NOT_ACROSS_BACKENDS: ReadonlyMap<string, string> = new Map([
  ['refuses what is over its limit', TWO_LINES],
  ['goes by priority, then by arrival', TWO_LINES],
]);

/** Promises a backend can't keep, and why. */
const EXCEPTIONS: ReadonlyArray<{
  readonly backend: Backend;
  readonly promise: string;
  readonly reason: string;
  /** Only at these levels of isolation; undefined: at all. */
  readonly isolation?: readonly IsolationLevel[];
}> = [
  { backend: 'inline', promise: 'ends a busy loop at its time-out', reason: SHARES_FATE },
  { backend: 'inline', promise: 'tells where a busy loop stood when it was ended', reason: SHARES_FATE },
  { backend: 'inline', promise: 'tells where a blocking wait stood when it was ended', reason: SHARES_FATE },
  { backend: 'inline', promise: 'tells that a task only waited when it was ended', reason: SHARES_FATE },
  { backend: 'inline', promise: 'ends a busy loop on abort', reason: SHARES_FATE },
  { backend: 'inline', promise: 'ends a blocking wait on abort', reason: SHARES_FATE },
  { backend: 'inline', promise: 'rejects the task of a worker that exits, and no other', reason: SHARES_FATE },
  { backend: 'inline', promise: 'give a task to another when one ends before it began', reason: SHARES_FATE },
  { backend: 'inline', promise: 'rejects the task of a worker that dies of an uncaught error', reason: SHARES_FATE },
  { backend: 'inline', promise: 'runs a task again whose worker died, when told to', reason: SHARES_FATE },
  { backend: 'inline', promise: 'of one that dies are told to the caller, which lives on', reason: SHARES_FATE },
  { backend: 'inline', promise: 'quarantines a task that used up its retries by ending workers', reason: SHARES_FATE },
  { backend: 'inline', promise: 'survives a worker that runs out of memory', reason: SHARES_FATE },
  { backend: 'inline', promise: 'survives a worker that is killed by a signal', reason: SHARES_FATE },
  { backend: 'inline', promise: 'survives a worker that aborts', reason: SHARES_FATE },
  { backend: 'inline', promise: 'gives the last lines of a dead worker', reason: SHARES_FATE },
  { backend: 'inline', promise: 'gives workers their environment', reason: "the environment is the host's own" },
  { backend: 'inline', promise: 'tells in a worker that it is one', reason: 'there is no worker but the host' },
  { backend: 'inline', promise: 'bounds the load of a module', reason: 'a busy loop at load blocks the host too' },
  { backend: 'inline', promise: 'that ends its worker as it loads is told', reason: SHARES_FATE },
  { backend: 'inline', promise: 'loses the one item that its worker died of', reason: SHARES_FATE },
  { backend: 'inline', promise: 'stops the one item that takes too long', reason: SHARES_FATE },
  { backend: 'threads', promise: 'survives a worker that is killed by a signal', reason: CRASH_TAKES_HOST },
  { backend: 'processes', promise: 'shares arrays in both directions', reason: NO_SHARED_MEMORY },
  {
    backend: 'processes',
    promise: 'gives workers their environment',
    reason: 'isolated, some variables of the host are passed on whatever `env` says',
    isolation: ['process', 'sandbox'],
  },
  ...['tells where a busy loop stood when it was ended', 'tells where a blocking wait stood when it was ended'].map(
    (promise) => ({
      backend: 'processes' as const,
      promise,
      reason: 'no inspector is opened in a sandbox',
      isolation: ['sandbox'] as const,
    }),
  ),
  {
    backend: 'processes',
    promise: 'runs setup with its data before the first task and teardown at the end',
    reason: 'it is told by a file, and a sandbox writes none',
    isolation: ['sandbox'],
  },
];

const BY_ISOLATION: Readonly<Record<IsolationLevel, Backend>> = {
  none: 'inline',
  heap: 'threads',
  process: 'processes',
  sandbox: 'processes',
};

/** A pool of this package, with each worker so much isolated. */
export function localSubject(asked: Asked, isolation?: IsolationLevel): Subject {
  const backend = asked !== 'auto' ? asked : BY_ISOLATION[isolation ?? 'none'];
  const isMixed = asked === 'auto' && backend === 'inline';
  return {
    name: `backend ${asked}${isolation === undefined ? '' : `, isolation ${isolation}`}`,
    backend,
    isMixed,
    open(module, options) {
      // Not the options of the test runner, which resolve this package to its sources.
      const execArgv = asked === 'inline' ? {} : { execArgv: [] };
      const level = isolation === undefined ? {} : { require: { isolation } };
      return createPool(module, { backend: asked, ...level, ...execArgv, ...options });
    },
    exceptionTo(promise) {
      const exception = EXCEPTIONS.find(
        (each) =>
          each.backend === backend &&
          each.promise === promise &&
          (each.isolation === undefined || (isolation !== undefined && each.isolation.includes(isolation))),
      );
      const mixed = isMixed ? NOT_ACROSS_BACKENDS.get(promise) : undefined;
      return mixed ?? (isMixed && KEPT_BY_AUTO.has(promise) ? undefined : exception?.reason);
    },
    exceptions: [...EXCEPTIONS.map(({ promise }) => promise), ...KEPT_BY_AUTO, ...NOT_ACROSS_BACKENDS.keys()],
    watchStart() {
      const started = deferred();
      return { options: { onProgress: () => started.resolve() }, started: started.promise };
    },
    isCounted: true,
    isTransferring: true,
    isTimedHere: true,
    aheadMost: backend === 'inline' ? 256 : 2 * 4 * 256,
  };
}
