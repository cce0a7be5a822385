// Where the inputs of `run` and of `compare <module>#<export>` come from: files by glob, a range, or lines on stdin.
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { glob, isDynamicPattern } from 'tinyglobby';
import { CommandError } from '../exit-codes.ts';

export interface InputOptions {
  /** Paths and globs; each file's absolute path is one input. */
  readonly patterns: readonly string[];
  /** `A..B`: the integers from A to B, both included. */
  readonly range?: string | undefined;
  /** Lines on stdin are JSON values instead of text. */
  readonly ndjson?: boolean | undefined;
}

/** One input, or why it can't be one (a line that is no JSON): the others go on. */
export type Input =
  { readonly label: string; readonly value: unknown } | { readonly label: string; readonly error: SyntaxError };

async function* files(patterns: readonly string[]): AsyncGenerator<Input> {
  const { existsSync } = await import('node:fs');
  for (const pattern of patterns) {
    // A name that exists is that file, whatever characters it has.
    if (existsSync(pattern)) {
      yield { label: pattern, value: path.resolve(pattern) };
      continue;
    }
    const found = isDynamicPattern(pattern) ? await glob(pattern, { onlyFiles: true, expandDirectories: false }) : [];
    if (found.length === 0) throw new CommandError(`No file matches '${pattern}'.`);
    for (const file of found.sort()) yield { label: file, value: path.resolve(file) };
  }
}

function* integers(range: string): Generator<Input> {
  const match = /^(-?\d+)\.\.(-?\d+)$/.exec(range);
  const [first, last] = match ? [Number(match[1]), Number(match[2])] : [Number.NaN, Number.NaN];
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last) || first > last) {
    throw new CommandError(`--range takes A..B with integers A <= B, such as 1..100; got '${range}'.`);
  }
  for (let value = first; value <= last; value++) yield { label: String(value), value };
}

async function* lines(isJson: boolean): AsyncGenerator<Input> {
  const reader = createInterface({ input: createReadStream('', { fd: 0, autoClose: false }), crlfDelay: Infinity });
  let number = 0;
  for await (const line of reader) {
    number++;
    const label = isJson ? `line ${number}` : line;
    if (!isJson) {
      yield { label, value: line };
      continue;
    }
    if (line.trim() === '') continue;
    try {
      yield { label, value: JSON.parse(line) as unknown };
    } catch (error) {
      yield { label, error: new SyntaxError(`line ${number} is not JSON: ${(error as Error).message}`) };
    }
  }
}

/** Checks the words at once; reads as far as the consumer asks. Waiting on a terminal without input is refused. */
export async function* openInputs({ patterns, range, ndjson }: InputOptions): AsyncGenerator<Input> {
  if (range !== undefined && patterns.length > 0) throw new CommandError('Give either files or --range, not both.');
  if (range !== undefined) {
    yield* integers(range);
  } else if (patterns.length > 0) {
    if (ndjson) throw new CommandError('--ndjson reads stdin; it does not go with files.');
    yield* files(patterns);
  } else if (process.stdin.isTTY) {
    throw new CommandError('No inputs: name files, give --range A..B, or pipe lines into stdin.');
  } else {
    yield* lines(ndjson === true);
  }
}
