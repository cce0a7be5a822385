// The rounds of a case from JavaScript: the same calls for every contestant.
import { quantile, type Contestant } from '@heddle/measure';

/** One way to have a number worked on off the event loop. */
export interface Calls {
  call(value: number): Promise<number>;
  /** What a right answer is. */
  answer(value: number): number;
  close?(): Promise<void>;
}

/** `file`: what was built for it. */
export type OpenCalls = (file: string | undefined) => Promise<Calls> | Calls;

const US_PER_MS = 1_000;

async function oneByOne(
  { call, answer }: Calls,
  calls: number,
): Promise<[figures: Record<string, number>, wrong: number]> {
  const timesUs = new Float64Array(calls);
  let wrong = 0;
  for (let index = 0; index < calls; index++) {
    const startMs = performance.now();
    const value = await call(index);
    timesUs[index] = (performance.now() - startMs) * US_PER_MS;
    if (value !== answer(index)) wrong++;
  }
  const sorted = [...timesUs].sort((a, b) => a - b);
  return [{ p50Us: quantile(sorted, 0.5), p99Us: quantile(sorted, 0.99) }, wrong];
}

async function allAtOnce(
  { call, answer }: Calls,
  calls: number,
): Promise<[figures: Record<string, number>, wrong: number]> {
  const startMs = performance.now();
  const values = await Promise.all(Array.from({ length: calls }, (_, index) => call(index)));
  const eachUs = ((performance.now() - startMs) * US_PER_MS) / calls;
  return [{ eachUs }, values.filter((value, index) => value !== answer(index)).length];
}

export function createCalls(
  one: Calls,
  { calls, inFlight }: { readonly calls: number; readonly inFlight: number },
  digest: string,
): Contestant {
  let problem: string | undefined;
  return {
    async round() {
      const [figures, wrong] = await (inFlight === 1 ? oneByOne : allAtOnce)(one, calls);
      if (wrong > 0) problem ??= `${wrong} of ${calls} answers are wrong`;
      return figures;
    },
    check: () => ({ digest, ...(problem === undefined ? {} : { problem }) }),
    close: async () => one.close?.(),
  };
}
