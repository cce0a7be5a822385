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
  readonly kind: 'inline' | 'threads' | 'processes';
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

function noteOf(outcome: { value?: unknown; error?: unknown }): ResultNote {
  const { name, message } = Object(outcome.error) as { name?: string; message?: string };
  // Results of the other backends are clones: inline's, which came by reference, is judged as one too.
  const value = outcome.error === undefined ? structuredClone(outcome.value) : { failedWith: name, message };
  const hash = createHash('sha256').update(exactText(value)).digest('hex');
  const text = toJsonLine(value);
  return { hash, preview: text.length > PREVIEW_CHARS ? `${text.slice(0, PREVIEW_CHARS)}…` : text };
}

export default async function createFunctionContestant(options: FunctionOptions): Promise<Contestant> {
  const inputs = deserialize(await readFile(options.inputsFile)) as unknown[];
  const pool = await createPool<Record<string, (input: unknown) => unknown>>(new URL(options.module), {
    backend: options.kind,
    // The baseline is a plain call: the copy that inline makes to keep its meaning equal would be charged to it.
    ...(options.kind === 'inline' ? { unsafeByReference: true } : { workers: options.workers }),
  });
  let outcomes: { value?: unknown; error?: unknown }[] = [];
  return {
    async round() {
      outcomes = Array.from({ length: inputs.length });
      const results = pool.map(options.exportName, inputs, { ordered: false, onError: 'collect' });
      for await (const outcome of results) outcomes[outcome.index] = outcome;
    },
    async check(): Promise<CheckReport> {
      const notes = outcomes.map(noteOf);
      await writeFile(options.resultsFile, JSON.stringify(notes));
      const digest = createHash('sha256');
      for (const { hash } of notes) digest.update(hash);
      return { digest: digest.digest('hex') };
    },
    close: () => pool.close(),
  };
}
