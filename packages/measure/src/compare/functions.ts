/** The short way for a small comparison: functions of one module against each other. */
import type { ContestantSpec } from '../contestant.ts';
import { builtFile } from '../host/built-file.ts';
import { RUNNER_VARIABLE } from '../runner/protocol.ts';
import { compareContestants } from './compare.ts';
import type { Comparison } from './comparison.ts';
import type { CompareOptions } from './options.ts';

/**
 * Whether this code runs in a runner, or in a process or thread that a runner started. A file that compares functions of
 * its own is loaded by the runners too; there it must only export them.
 */
export const isRunner: boolean = process.env[RUNNER_VARIABLE] !== undefined;

/**
 * Compares functions that the module at `moduleUrl` (a `file:` URL, e.g. `import.meta.url`) exports under `names`. They
 * are called without arguments and may return a promise; what they return must be equal for all of them, or
 * `differsFrom` says so.
 *
 * A round calls a function as often as it takes to fill 10 ms. The result's measure `callMs` is the time of one call:
 * compare `measureSamples.callMs`, not `samplesMs`, whose rounds hold different numbers of calls.
 *
 * @throws RangeError `HEDDLE_ARGUMENT` for wrong options; a name that is no function fails in its place.
 */
export function compareFunctions(
  moduleUrl: string | URL,
  names: readonly string[],
  options: CompareOptions,
): Promise<Comparison> {
  const module = builtFile('runner/function-contestant').href;
  const url = String(moduleUrl);
  const specs = names.map((name): ContestantSpec => ({
    id: name,
    label: name,
    module,
    options: { module: url, name },
  }));
  return compareContestants(specs, options);
}
