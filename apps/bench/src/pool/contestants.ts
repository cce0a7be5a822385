// Who takes part, and in which setting. The order is that of the tables.
import type { BuildName } from '../native-build.ts';

/** A program made of C++ sources by ../native-build.ts, or a module of completion/ that runs in the contestant's own Node. */
export interface PoolContestant {
  readonly label: string;
  /** One line for those who would set it otherwise. */
  readonly setting: string;
  /** What is built for it; absent: nothing. */
  readonly build?: BuildName;
  /** Added to the environment of the program. */
  readonly env?: Readonly<Record<string, string>>;
  /** The module in completion/, for the cases from JavaScript. */
  readonly module?: string;
  /** No pool to be had, but what the machine allows. */
  readonly isFloor?: true;
}

const OPENMP = 'g++ -fopenmp, num_threads(2), schedule static for equal chunks and dynamic for rows';

export const POOL_CONTESTANTS = {
  heddle: { label: 'heddle', setting: 'its sources, two threads, parallelFor with a grain of one', build: 'heddle' },
  openmp: { label: 'OpenMP', setting: `${OPENMP}; waits as it does by itself: some ms, then sleep`, build: 'openmp' },
  'openmp-active': {
    label: 'OpenMP active',
    setting: 'the same with OMP_WAIT_POLICY=active: waits by spinning',
    build: 'openmp',
    env: { OMP_WAIT_POLICY: 'active' },
  },
  'openmp-passive': {
    label: 'OpenMP passive',
    setting: 'the same with OMP_WAIT_POLICY=passive: sleeps soon',
    build: 'openmp',
    env: { OMP_WAIT_POLICY: 'passive' },
  },
  onetbb: {
    label: 'oneTBB',
    setting:
      'max_allowed_parallelism 2; static_partitioner for equal chunks, simple_partitioner for rows, task_group, parallel_invoke',
    build: 'onetbb',
  },
  spinning: {
    label: 'bare spinning thread',
    setting: 'no pool but what the machine allows: a second thread that spins without end and burns its core',
    build: 'spinning',
    isFloor: true,
  },
  'heddle-kernel': {
    label: 'heddle sum()',
    setting:
      '@heddle/core-native: sum() of 4,096 numbers over shared memory, through its pool; about half a microsecond of work',
    module: 'heddle-kernel',
  },
  'heddle-kernel-small': {
    label: 'heddle small sum()',
    setting: '@heddle/core-native: sum() of eight numbers, which is done before the call returns',
    module: 'heddle-kernel-small',
  },
  'napi-async-work': {
    label: 'napi_async_work',
    setting: 'an addon that adds one by napi_create_async_work, on the pool of libuv',
    build: 'async-work',
    module: 'napi-async-work',
  },
  'post-message': {
    label: 'worker_threads',
    setting: 'postMessage of a number to one worker that answers with the next one',
    module: 'post-message',
  },
} as const satisfies Record<string, PoolContestant>;

export type PoolContestantName = keyof typeof POOL_CONTESTANTS;

export const contestantOf = (name: PoolContestantName): PoolContestant => POOL_CONTESTANTS[name];
export const isHeddle = (name: PoolContestantName): boolean => name.startsWith('heddle');
