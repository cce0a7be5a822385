// `heddle run <module>#<export> [inputs…]`: one call per input, results as NDJSON in the order of the inputs.
import { CommandError, EXIT } from '../exit-codes.ts';
import { openInputs, type Input } from '../inputs/inputs.ts';
import { parseModuleReference } from '../inputs/module-reference.ts';
import { asCommandError, openPool } from '../inputs/open-pool.ts';
import { onInterrupt } from '../interrupt.ts';
import { explanationText } from '../render/explanation.ts';
import { toJsonLine } from '../render/json.ts';
import { ClosedPipeError, writeResult } from '../render/stdout.ts';

export interface RunOptions {
  readonly backend: 'auto' | 'inline' | 'threads' | 'processes';
  readonly workers?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly range?: string | undefined;
  readonly ndjson?: boolean | undefined;
  readonly explain?: boolean | undefined;
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

export async function run(reference: string, patterns: readonly string[], options: RunOptions): Promise<number> {
  if (options.json && !options.explain)
    throw new CommandError('--json says how --explain is written; the results are JSON in any case.');
  const task = parseModuleReference(reference);
  const inputs = openInputs({ patterns, range: options.range, ndjson: options.ndjson });
  // The first input is read before anything starts: wrong words end here, with nothing run.
  let upcoming = await inputs.next();

  const pool = await openPool(task, {
    backend: options.backend,
    ...(options.workers === undefined || options.backend === 'inline' ? {} : { workers: options.workers }),
    ...(options.timeoutMs === undefined ? {} : { taskTimeoutMs: options.timeoutMs }),
  });
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
    const outcomes = pool.map(task.exportName, values(), {
      onError: 'collect',
      // To a pool that chooses a signal is a demand: nothing would run inline. The second Ctrl-C ends the program in any case.
      ...(options.backend === 'auto' ? {} : { signal: hardStop.signal }),
    });
    for await (const outcome of outcomes) {
      await printUnreadable();
      await print(waiting.shift()!, outcome as { value?: unknown; error?: unknown });
    }
    await printUnreadable();
  } catch (error) {
    if (error instanceof ClosedPipeError) return EXIT.closedPipe.code;
    throw asCommandError(error);
  } finally {
    interrupt.release();
    await pool.close({ cancel: true });
  }
  if (options.explain) {
    const explanation = pool.explain();
    process.stderr.write(`${options.json ? toJsonLine(explanation) : explanationText(explanation)}\n`);
  }
  if (interrupt.signal.aborted) return EXIT.interrupted.code;
  if (failed > 0) process.stderr.write(`heddle: ${failed} of ${printed} inputs failed\n`);
  return failed > 0 ? EXIT.failed.code : EXIT.ok.code;
}
