/**
 * Real source files: .js files of 2 to 60 KB under node_modules that the minifier understands, in an order by which any
 * first n of them have about the same mix of sizes, so that time grows evenly with their number.
 */
import { statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../support/digest.ts';
import { nodeModulesFiles } from '../support/node-modules.ts';

export interface MinifySize {
  [key: string]: number;
  files: number;
}

const FULL_FILES = 200;
const MIN_BYTES = 2000;
const MAX_BYTES = 60_000;

export function sizeOf(work: number): MinifySize {
  return { files: Math.max(1, Math.round(FULL_FILES * work)) };
}

/** 4 files. */
export const minimumWork = 4 / FULL_FILES;

/** Files that `prepare` found, by files asked for, when they were fewer. */
const shortages = new Map<number, number>();

export function describe({ files }: MinifySize): string {
  const found = shortages.get(files);
  return `${found ?? files} .js files from node_modules${found === undefined ? '' : ' (all there are)'}`;
}

/** A chosen file, and what a plain loop makes of it. */
export interface SourceFile {
  path: string;
  bytes: number;
  /** `digestOf` the minified text. */
  minified: string;
}

const listPath = (dir: string, { files }: MinifySize): string => join(dir, `minify-${files}.json`);

/** Chooses the files and minifies them in a plain loop, whose results the check expects. */
export async function prepare(size: MinifySize, dir: string): Promise<void> {
  const { minifyFile } = await import('./tasks.ts'); // terser is loaded where it is used
  const chosen: SourceFile[] = [];
  for (const { path, bytes } of evenly(await candidates())) {
    if (chosen.length === size.files) break;
    try {
      chosen.push({ path, bytes, minified: digestOf(await minifyFile(path)) });
    } catch {
      // Not a program (a template, a newer syntax): the next candidate takes its place.
    }
  }
  if (chosen.length === 0) throw new Error('minify found no .js file under node_modules: install the packages first');
  if (chosen.length < size.files) shortages.set(size.files, chosen.length);
  else shortages.delete(size.files);
  await writeFile(listPath(dir, size), JSON.stringify(chosen));
}

export async function readFiles(size: MinifySize, dir: string): Promise<SourceFile[]> {
  return JSON.parse(await readFile(listPath(dir, size), 'utf8')) as SourceFile[];
}

type Candidate = Pick<SourceFile, 'path' | 'bytes'>;

/** By size, then by path. Files already minified would cost without changing. */
async function candidates(): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for await (const path of nodeModulesFiles(/(?<!\.min)\.js$/)) {
    // Thousands of files: a promise for each would cost ten times the call.
    const { size: bytes } = statSync(path);
    if (bytes >= MIN_BYTES && bytes <= MAX_BYTES) found.push({ path, bytes });
  }
  return found.sort((a, b) => a.bytes - b.bytes || (a.path < b.path ? -1 : 1));
}

/** Every item once, in an order whose beginnings are spread evenly over the list: steps of the golden ratio. */
export function* evenly<T>(items: readonly T[]): Generator<T> {
  const left = new Set(items.keys());
  let place = 0.5;
  while (left.size > 0) {
    let index = Math.floor(place * items.length);
    while (!left.has(index)) index = (index + 1) % items.length;
    left.delete(index);
    yield items[index]!;
    place = (place + 0.6180339887498949) % 1;
  }
}
