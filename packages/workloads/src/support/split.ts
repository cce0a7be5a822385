/** Ways to cut work into parts. Pure. */

export interface Range {
  start: number;
  count: number;
}

/** `total` cut into at most `parts` contiguous ranges whose counts differ by at most one; no empty range. */
export function splitRange(total: number, parts: number): Range[] {
  const n = Math.min(parts, total);
  return Array.from({ length: n }, (_, i) => {
    const start = Math.floor((total * i) / n);
    return { start, count: Math.floor((total * (i + 1)) / n) - start };
  });
}

/**
 * Processes and native threads in each, so that their product uses the cores and never exceeds them: the smallest
 * divisor at or above the square root gives the processes (2 -> 2 x 1, 8 -> 4 x 2, 16 -> 4 x 4, a prime p -> p x 1).
 */
export function divideCores(workers: number): { processes: number; threads: number } {
  let processes = Math.ceil(Math.sqrt(workers));
  while (workers % processes !== 0) processes++;
  return { processes, threads: workers / processes };
}
