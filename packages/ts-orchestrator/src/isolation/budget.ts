/**
 * What a worker is told of the cores it may use, so that pools, kernels and libraries inside it don't each take all of them: a part, in its
 * environment, where programs that it starts inherit it.
 *
 * The worker sets it there itself, before it loads any code of the user: so the host need not know the number before the worker is on its
 * way (pool/first-share.ts). Only libuv's threads are there already by then: a process gets their number when it is forked.
 *
 * Threads have the environment as a copy that only JavaScript reads: native libraries of this process that look into the real one are
 * not bounded by it. `@heddle/core-native` is.
 */
import { CORES_VARIABLE, parseShare } from '@heddle/machine/share';

/** What a worker is told. Plain data. */
export interface Share {
  readonly cores: number;
  /** `HEDDLE_CORES` of its host. */
  readonly ofHost: string | undefined;
}

/** Variables of known libraries that say how many threads may compute. */
const THREAD_COUNTS = [
  [CORES_VARIABLE],
  // OpenMP, and the libraries of linear algebra, each with its own.
  ['OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS', 'BLIS_NUM_THREADS', 'VECLIB_MAXIMUM_THREADS'],
  // libvips, which is below sharp; TensorFlow; Rust's rayon (swc, oxc); Go (esbuild).
  ['VIPS_CONCURRENCY', 'TF_NUM_INTRAOP_THREADS', 'TF_NUM_INTEROP_THREADS', 'RAYON_NUM_THREADS', 'GOMAXPROCS'],
].flat();
const UV_THREADS_VARIABLE = 'UV_THREADPOOL_SIZE';

/** Node's own default. */
const UV_THREADS_MOST = 4;
/** With one, a slow look-up of a name would hold up every file: libuv gives such work half of the threads. */
const UV_THREADS_LEAST = 2;

export const uvThreadsOf = (cores: number): string => `${Math.min(UV_THREADS_MOST, Math.max(UV_THREADS_LEAST, cores))}`;

/** What a worker with this part gets. */
export function threadCounts(cores: number): Record<string, string> {
  const counts: Record<string, string> = {};
  for (const name of THREAD_COUNTS) counts[name] = `${cores}`;
  counts[UV_THREADS_VARIABLE] = uvThreadsOf(cores);
  return counts;
}

/**
 * What is to be set in `env`. What the user has set stays. A value that is what the host was given itself as a worker is no setting of the
 * user's: the part of a part takes its place.
 */
export function shareVariables(
  env: Readonly<Record<string, string | undefined>>,
  { cores, ofHost }: Share,
): Record<string, string> {
  const given = parseShare(ofHost);
  const countsOfHost = given === undefined ? undefined : threadCounts(given);
  const toSet: Record<string, string> = {};
  for (const [name, count] of Object.entries(threadCounts(cores)))
    if (env[name] === undefined || env[name] === countsOfHost?.[name]) toSet[name] = count;
  return toSet;
}

/** `env` of a process with so many threads of libuv, by the same rule. `ofHost`: `HEDDLE_CORES` of this program. */
export function withUvThreads(
  env: Readonly<Record<string, string | undefined>>,
  uvThreads: string,
  ofHost: string | undefined,
): Record<string, string | undefined> {
  const given = parseShare(ofHost);
  const set = env[UV_THREADS_VARIABLE];
  const isFree = set === undefined || (given !== undefined && set === uvThreadsOf(given));
  return isFree ? { ...env, [UV_THREADS_VARIABLE]: uvThreads } : env;
}
