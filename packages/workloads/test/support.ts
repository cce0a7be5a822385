/** What several tests need: a folder of their own, the children of this process, and whether the addon is here. */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAvailable, unavailableReason } from '@heddle/core-native';
import { onTestFinished } from 'vitest';
import type { Runner, Variants } from '../src/define-workload.ts';
import { needsNative } from '../src/workload.ts';
import type { Size, VariantKind } from '../src/workload.ts';

/** Where every tool must be present a missing addon is a failure: the kind is tried and says why it can't run. */
const REQUIRE_TOOLS = process.env['HEDDLE_REQUIRE_TOOLS'] === '1';

/** Why a test of this kind is skipped here, or undefined. */
export function skipReason(kind: VariantKind): string | undefined {
  if (REQUIRE_TOOLS || !needsNative(kind) || isAvailable()) return undefined;
  return unavailableReason() ?? 'the addon is not built';
}

export async function makeDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'heddle-workloads-'));
}

/** A folder that goes when the running test ends. */
export async function testDir(): Promise<string> {
  const dir = await makeDir();
  onTestFinished(() => rm(dir, { recursive: true }));
  return dir;
}

/** Ids of the child processes of this one, whichever of its threads started them. */
export async function childPids(): Promise<string[]> {
  const threads = await readdir('/proc/self/task');
  const lists = await Promise.all(threads.map((id) => readFile(`/proc/self/task/${id}/children`, 'utf8')));
  return lists.join(' ').split(' ').filter(Boolean);
}

/** Starts one variant, and ends it with the test. */
export async function start<S extends Size, Output>(
  variants: Variants<S, Output>,
  kind: VariantKind,
  context: { size: S; workers?: number; dir?: string },
): Promise<Runner<Output>> {
  const runner = await variants[kind]!({ workers: 1, dir: await testDir(), ...context });
  onTestFinished(() => runner.close?.());
  return runner;
}
