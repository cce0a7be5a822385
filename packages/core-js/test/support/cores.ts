// Both packages behind one type: this one, and the native one when its binary is here.
import { describe, it } from 'vitest';
import * as kernels from '../../src/index.ts';
import * as examples from '../../src/examples/index.ts';

/** The kernels that both packages export, general ones and examples together. */
export type Core = typeof kernels & typeof examples;

/** What the native package has besides them. */
interface NativeExtras {
  isAvailable(): boolean;
  unavailableReason(): string | undefined;
  setPoolThreads(threads: number): void;
  simdLevel(): string;
}

export const javascript: Core = { ...kernels, ...examples };

/** Thread counts to try: one, the usual, an odd one, and more than this machine may have cores. */
export const THREADS = [1, 2, 3, 8];

// The name isn't written in the import itself: this package doesn't depend on the native one, only its tests use it.
const native = '@heddle/core-native';
type Loaded = { readonly core: Core & NativeExtras } | { readonly reason: string };

async function load(): Promise<Loaded> {
  const root = (await import(native)) as Core & NativeExtras;
  if (!root.isAvailable()) return { reason: root.unavailableReason() ?? 'the native package gives no reason' };
  // Kernels use at most the pool's threads.
  root.setPoolThreads(Math.max(...THREADS));
  return { core: { ...root, ...((await import(`${native}/examples`)) as Core) } };
}

const loaded = await load();

/** A suite that needs the native package: skipped with the reason where it has no binary, failed where it must have one. */
export function describeNative(name: string, body: (core: Core & NativeExtras) => void): void {
  if ('core' in loaded) {
    describe(name, () => body(loaded.core));
  } else if (process.env['HEDDLE_REQUIRE_TOOLS'] === '1') {
    it(`${name}: needs the native package`, () => {
      throw new Error(loaded.reason);
    });
  } else {
    it(name, ({ skip }) => skip(loaded.reason.split('\n', 1)[0]));
  }
}
