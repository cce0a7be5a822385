/** Task module: the hazards, and honest work. */
import { digestOf } from '../support/digest.ts';

/** Some milliseconds of work whose result is known. */
export function innocent(seed: number): string {
  let text = String(seed);
  for (let step = 0; step < 500; step++) text = digestOf(text);
  return text;
}

export function throws(): never {
  throw new RangeError('thrown on purpose');
}

export function exits(): never {
  process.exit(7);
}

export function aborts(): never {
  process.abort();
}

/** The signal that a segmentation fault raises; a thread's goes to its whole process. */
export function segfaults(): never {
  process.kill(process.pid, 'SIGSEGV');
  for (;;); // until the signal has arrived
}

export function leaks(): number {
  const slab = Array.from({ length: 250_000 }, (_, index) => index);
  const kept: number[][] = [];
  for (;;) kept.push(slab.slice()); // 1 to 2 MB each, in the JavaScript heap
}

export function loops(): never {
  for (;;);
}
