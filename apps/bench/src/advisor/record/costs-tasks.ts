// Tasks that do nothing, and one that only moves memory: what is left is what the backend costs.
export const nothing = (_value: unknown): number => 0;

const BYTES = 128 * 2 ** 20;

/** Copies an array beyond the caches to and fro for so long: bytes read and written per millisecond. */
export function moveMemory(ms: number): number {
  const from = new Float64Array(BYTES / 8).fill(1);
  const to = new Float64Array(BYTES / 8).fill(2);
  const startMs = performance.now();
  let bytes = 0;
  do {
    to.set(from);
    bytes += 2 * BYTES;
  } while (performance.now() - startMs < ms);
  return bytes / (performance.now() - startMs);
}
