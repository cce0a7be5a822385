// Node-API's own way, through an addon that does nothing else (native/completion/async_work.cc).
import { createRequire } from 'node:module';
import type { Calls } from './calls.ts';

export function open(file: string | undefined): Calls {
  const { increment } = createRequire(import.meta.url)(file!) as { increment(value: number): Promise<number> };
  return { call: increment, answer: (value) => value + 1 };
}
