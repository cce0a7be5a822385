/**
 * Keys of text lines: every line of the text files under node_modules as a 53-bit hash, in one file of doubles.
 * 53 bits are what a double holds exactly; among a few million lines an accidental equal pair has a chance of 1 in 1,000.
 */
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeModulesFiles } from '../support/node-modules.ts';
import { countExpected } from './expected.ts';
import type { Expected } from './expected.ts';

export interface SortReduceSize {
  [key: string]: number;
  lines: number;
}

const FULL_LINES = 4_000_000;
const TEXT_FILE = /\.(?:[cm]?[jt]s|json|md|txt|css|html|ya?ml)$/;

export function sizeOf(work: number): SortReduceSize {
  return { lines: Math.max(1, Math.round((FULL_LINES * work) / 1000)) * 1000 };
}

/** 100,000 lines. */
export const minimumWork = 100_000 / FULL_LINES;

/** The histogram's range holds every key, and its bins are exact powers of two wide. */
export const HISTOGRAM = { bins: 64, min: 0, max: 2 ** 53 };

/** Lines that `prepare` found, by lines asked for, when they were fewer. */
const shortages = new Map<number, number>();

export function describe({ lines }: SortReduceSize): string {
  const found = shortages.get(lines);
  const text = (found ?? lines).toLocaleString('en-US');
  return `${text} lines of text files under node_modules${found === undefined ? '' : ' (all there are)'}`;
}

const keysPath = (dir: string, { lines }: SortReduceSize): string => join(dir, `sort-reduce-${lines}.f64`);

const expectedPath = (dir: string, { lines }: SortReduceSize): string => join(dir, `sort-reduce-${lines}.json`);

/** Hashes the lines and writes their keys, and what the check expects of them. */
export async function prepare(size: SortReduceSize, dir: string): Promise<void> {
  const keys = new Float64Array(size.lines);
  let count = 0;
  for await (const path of nodeModulesFiles(TEXT_FILE)) {
    // Thousands of files: a promise for each would cost four times the read.
    count = hashLines(readFileSync(path), keys, count);
    if (count === keys.length) break;
  }
  if (count === 0) throw new Error('sort-reduce found no text file under node_modules: install the packages first');
  if (count < size.lines) shortages.set(size.lines, count);
  else shortages.delete(size.lines);
  const found = keys.subarray(0, count);
  await writeFile(keysPath(dir, size), found);
  await writeFile(expectedPath(dir, size), JSON.stringify(countExpected(found, HISTOGRAM)));
}

/** The keys, in the order of the files and their lines. */
export async function readKeys(size: SortReduceSize, dir: string): Promise<Float64Array> {
  const bytes = await readFile(keysPath(dir, size));
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

export async function readExpected(size: SortReduceSize, dir: string): Promise<Expected> {
  return JSON.parse(await readFile(expectedPath(dir, size), 'utf8')) as Expected;
}

const LINE_END = 0x0a;

/** Writes the keys of `text`'s lines from `keys[at]` on, as far as they fit; returns the place after the last. */
export function hashLines(text: Uint8Array, keys: Float64Array, at: number): number {
  for (let start = 0; start < text.length && at < keys.length; at++) {
    // Two FNV-1a hashes of 32 bits with different bases and primes: 32 bits of the one and 21 of the other.
    let high = 0x811c_9dc5;
    let low = 0x2f0b_4a27;
    let end = start;
    for (; end < text.length && text[end] !== LINE_END; end++) {
      high = Math.imul(high ^ text[end]!, 0x0100_0193);
      low = Math.imul(low ^ text[end]!, 0x0100_01b3);
    }
    keys[at] = (high >>> 0) * 2 ** 21 + (low >>> 11);
    start = end + 1;
  }
  return at;
}
