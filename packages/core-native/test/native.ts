// Shared by the tests: whether the binary is here, and what to do when it isn't.
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { isAvailable, unavailableReason } from '../src/index.ts';

/** True when the native tests can't run; their `describe.skipIf` takes it. */
export const isMissing = !isAvailable();

/** States once per file why the rest is skipped; fails where every tool is required. */
export function reportMissing(): void {
  if (!isMissing) return;
  it('has a native binary', (context) => {
    if (process.env['HEDDLE_REQUIRE_TOOLS'] === '1') expect.fail(unavailableReason());
    context.skip(`no native binary: ${unavailableReason()?.split('\n')[0]}`);
  });
}

/** Children and workers run the built package: Node 20 can't load TypeScript in them. */
export const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

/** A copy over a SharedArrayBuffer. */
export function shared<T extends Float64Array | Float32Array | Int32Array | Uint32Array>(array: T): T {
  const Type = array.constructor as new (buffer: ArrayBufferLike) => T;
  const copy = new Type(new SharedArrayBuffer(array.byteLength));
  copy.set(array);
  return copy;
}

/** Numbers that look random and are the same in each run. */
export function numbers(length: number, seed = 1): Float64Array {
  let state = seed;
  return Float64Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 2 ** 31;
  });
}

/** A promise and the function that settles it. */
export function signalled(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
