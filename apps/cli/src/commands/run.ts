// `heddle run <module>#<export> [inputs…]`: one call per input, results as NDJSON in the order of the inputs.
import { CommandError, EXIT } from '../exit-codes.ts';
import { openInputs, type Input } from '../inputs/inputs.ts';
import { parseModuleReference } from '../inputs/module-reference.ts';
import { asClusterCommandError, openCluster, redisUrl } from '../inputs/open-cluster.ts';
import { asCommandError, openPool } from '../inputs/open-pool.ts';
import { onInterrupt } from '../interrupt.ts';
import { explanationText } from '../render/explanation.ts';
import { toJsonLine } from '../render/json.ts';
import { ClosedPipeError, writeResult } from '../render/stdout.ts';

export interface RunOptions {
  readonly backend: 'auto' | 'inline' | 'threads' | 'processes' | 'cluster';
  readonly workers?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly range?: string | undefined;
  readonly ndjson?: boolean | undefined;
  readonly explain?: boolean | undefined;
  /** The four are for `cluster`. */
  readonly redis?: string | undefined;
  readonly root?: string | undefined;
  readonly project?: string | undefined;
  readonly runId?: string | undefined;
  /** How `explain` is written. */
  readonly json?: boolean | undefined;
}

interface Failure {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
}

function describeError(error: unknown): Failure {
  const { name, message, code } = Object(error) as Partial<Failure>;
  return { name: name ?? 'Error', message: message ?? String(error), ...(code === undefined ? {} : { code }) };
}

/** What goes with workers on other machines alone, and what not with them. `--redis` may come from the environment. */
function checkWords(options: RunOptions): void {
  if (options.json && !options.explain)
    throw new CommandError('--json says how --explain is written; the results are JSON in any case.');
  if (options.backend === 'cluster') {
    if (options.explain)
      throw new CommandError('--explain says why a backend of this machine was chosen; cluster is not.');
    if (options.workers !== undefined) throw new CommandError('--workers goes with `heddle worker`; cluster uses all.');
    return;
  }
  for (const [name, value] of Object.entries({ root: options.root, project: options.project, 'run-id': options.runId }))
    if (value !== undefined) throw new CommandError(`--${name} goes with --backend cluster.`);
}

export async function run(reference: string, patterns: readonly string[], options: RunOptions): Promise<number> {
  checkWords(options);
  const task = parseModuleReference(reference);
  const inputs = openInputs({ patterns, range: options.range, ndjson: options.ndjson });
  // The first input is read before anything starts: wrong words end here, with nothing run.
  let upcoming = await inputs.next();

  const { backend } = options;
  const local =
    backend === 'cluster'
      ? undefined
      : await openPool(task, {
          backend,
          ...(options.workers === undefined || backend === 'inline' ? {} : { workers: options.workers }),
          ...(options.timeoutMs === undefined ? {} : { taskTimeoutMs: options.timeoutMs }),
        });
  const cluster =
    local === undefined
      ? await openCluster(task, { redis: redisUrl(options.redis), root: options.root, project: options.project })
      : undefined;
  const hardStop = new AbortController();
  const interrupt = onInterrupt('heddle: finishing the tasks that run; Ctrl-C again ends them', () => hardStop.abort());

  // What was handed to the pool and not yet printed, in order; map() keeps it short by pulling no faster than we print.
  const waiting: Input[] = [];
  const unreadable: { readonly at: number; readonly input: Input }[] = [];
  let taken = 0;
  async function* values(): AsyncGenerator<unknown> {
    while (!upcoming.done && !interrupt.signal.aborted) {
      const input = upcoming.value;
      if ('error' in input) unreadable.push({ at: taken, input });
      else waiting.push(input);
      taken++;
      const value = 'value' in input ? input.value : undefined;
      if ('value' in input) yield value;
      upcoming = await inputs.next();
    }
  }

  let printed = 0;
  let failed = 0;
  async function print(input: Input, outcome: { value?: unknown; error?: unknown }): Promise<void> {
    if (outcome.error === undefined) {
      await writeResult(`${toJsonLine({ input: input.label, value: outcome.value ?? null })}\n`);
    } else {
      failed++;
      const error = describeError(outcome.error);
      process.stderr.write(`heddle: ${input.label}: ${error.name}: ${error.message}\n`);
      await writeResult(`${toJsonLine({ input: input.label, error })}\n`);
    }
    printed++;
  }
  async function printUnreadable(): Promise<void> {
    while (unreadable[0] && unreadable[0].at === printed) {
      const { input } = unreadable.shift()!;
      await print(input, { error: (input as { error: SyntaxError }).error });
    }
  }

  try {
    const { exportName } = task;
    const outcomes = local?.map(exportName, values(), {
      onError: 'collect',
      // To a pool that chooses a signal is a demand: nothing would run inline. The second Ctrl-C ends the program in any case.
      ...(backend === 'auto' ? {} : { signal: hardStop.signal }),
    });
    const remote = cluster?.map(exportName, values(), {
      onError: 'collect',
      signal: hardStop.signal,
      timeoutMs: options.timeoutMs,
      runId: options.runId,
    });
    for await (const outcome of outcomes ?? remote!) {
      await printUnreadable();
      await print(waiting.shift()!, outcome as { value?: unknown; error?: unknown });
    }
    await printUnreadable();
  } catch (error) {
    if (error instanceof ClosedPipeError) return EXIT.closedPipe.code;
    throw asClusterCommandError(asCommandError(error));
  } finally {
    interrupt.release();
    await (local ?? cluster!).close({ cancel: true });
  }
  if (options.explain) {
    const explanation = local!.explain();
    process.stderr.write(`${options.json ? toJsonLine(explanation) : explanationText(explanation)}\n`);
  }
  if (interrupt.signal.aborted) return EXIT.interrupted.code;
  if (failed > 0) process.stderr.write(`heddle: ${failed} of ${printed} inputs failed\n`);
  return failed > 0 ? EXIT.failed.code : EXIT.ok.code;
}
