/** What the tests of this package share. */
import { readFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Comparison, ContestantResult, ContestantSpec } from '../src/index.ts';

export function fixture(name: string): string {
  return new URL(`./fixtures/${name}`, import.meta.url).href;
}

/** A contestant of the folder `fixtures`. */
export function spec(
  id: string,
  name: string,
  options: unknown = {},
  more: Partial<ContestantSpec> = {},
): ContestantSpec {
  return { id, label: `label of ${id}`, module: fixture(name), options, ...more };
}

/** The result of contestant `id`, which must be there. */
export function resultOf(comparison: Comparison, id: string): ContestantResult {
  const found = comparison.contestants[id];
  if (found === undefined) throw new Error(`no contestant ${id}`);
  return found;
}

/** Whether a process runs; a zombie does not. */
export function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
  } catch {
    return false;
  }
}

/** The process ids in a log of `fixtures/parent.js`: the runner, its children, their child. */
export async function loggedPids(log: string): Promise<number[]> {
  const pids = (await readFile(log, 'utf8'))
    .split('\n')
    .map(Number)
    .filter((pid) => pid > 0);
  // The runner, a child, one in a session of its own, one with a child.
  expect(pids).toHaveLength(5);
  return pids;
}
