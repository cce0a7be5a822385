// The user's own function as a contestant: one backend, all inputs once per round.
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { deserialize } from 'node:v8';
import type { CheckReport, Contestant } from '@heddle/measure';
import { createPool } from '@heddle/ts-orchestrator';
import { toJsonLine } from '../render/json.ts';

export interface FunctionOptions {
  readonly module: string;
  readonly exportName: string;
  readonly kind: 'inline' | 'threads' | 'processes' | 'auto';
  readonly workers: number;
  /** File with the inputs, v8-serialized: they may be many. */
  readonly inputsFile: string;
  /** Where the digest and a preview of every result go, so that the host can name the first that differs. */
  readonly resultsFile: string;
}

/** One result, short enough to keep for every input. */
export interface ResultNote {
  readonly hash: string;
  readonly preview: string;
}

interface SettledCall {
  readonly value?: unknown;
  readonly error?: unknown;
}

const PREVIEW_CHARS = 160;

const EXACT = { depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity, breakLength: Infinity } as const;

/**
 * Text that is equal exactly when two results are: numbers as shortest exact decimals (-0 and NaN kept apart), keys in
 * their order. Bytes of a clone would not do: one number has several encodings there.
 */
function exactText(value: unknown): string | Uint8Array {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return inspect(value, EXACT);
}

function noteOf(outcome: SettledCall): ResultNote {
  const { name, message } = Object(outcome.error) as { name?: string; message?: string };
  // Results of the other backends are clones: inline's, which came by reference, is judged as one too.
  const value = outcome.error === undefined ? structuredClone(outcome.value) : { failedWith: name, message };
  const hash = createHash('sha256').update(exactText(value)).digest('hex');
  const text = toJsonLine(value);
  return { hash, preview: text.length > PREVIEW_CHARS ? `${text.slice(0, PREVIEW_CHARS)}…` : text };
}

/** Calls of an asynchronous function that wait at once on the main thread: the event loop's own way to do it. */
const INLINE_WINDOW = 64;

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as { then?: unknown } | null | undefined)?.then === 'function';

/** The plain loop that the user would write without a pool: the baseline. */
async function callInline(task: (input: unknown) => unknown, inputs: readonly unknown[]): Promise<SettledCall[]> {
  const outcomes: SettledCall[] = [];
  const waiting = new Set<Promise<void>>();
  for (const [index, input] of inputs.entries()) {
    try {
      const value = task(input);
      if (!isThenable(value)) {
        outcomes[index] = { value };
        continue;
      }
      const settled: Promise<void> = Promise.resolve(value)
        .then(
          (result) => void (outcomes[index] = { value: result }),
          (error: unknown) => void (outcomes[index] = { error }),
        )
        .finally(() => waiting.delete(settled));
      waiting.add(settled);
      if (waiting.size >= INLINE_WINDOW) await Promise.race(waiting);
    } catch (error) {
      outcomes[index] = { error };
    }
  }
  await Promise.all(waiting);
  return outcomes;
}

export default async function createFunctionContestant(options: FunctionOptions): Promise<Contestant> {
  const inputs = deserialize(await readFile(options.inputsFile)) as unknown[];
  const { kind, exportName, workers } = options;
  const url = new URL(options.module);
  // Inline has a pool too: it loads the module as every backend does (TypeScript, setup and teardown included).
  const pool = await createPool<Record<string, (input: unknown) => unknown>>(url, {
    backend: kind,
    ...(kind === 'inline' ? {} : { workers }),
  });
  const namespace = kind === 'inline' ? ((await import(url.href)) as Record<string, unknown>) : {};
  let outcomes: readonly SettledCall[] = [];

  async function callPool(): Promise<SettledCall[]> {
    const settled: SettledCall[] = Array.from({ length: inputs.length });
    for await (const outcome of pool.map(exportName, inputs, { ordered: false, onError: 'collect' })) {
      settled[outcome.index] = outcome;
    }
    return settled;
  }

  return {
    async round() {
      outcomes =
        kind === 'inline'
          ? await callInline(namespace[exportName] as (input: unknown) => unknown, inputs)
          : await callPool();
    },
    async check(): Promise<CheckReport> {
      const notes = outcomes.map(noteOf);
      await writeFile(options.resultsFile, JSON.stringify(notes));
      const digest = createHash('sha256');
      for (const { hash } of notes) digest.update(hash);
      return { digest: digest.digest('hex'), ...(kind === 'auto' ? { explanation: pool.explain() } : {}) };
    },
    close: () => pool.close(),
  };
}
