/** The contestant of `compareFunctions`: one exported function, called often enough to be timed. */
import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import type { Contestant } from '../contestant.ts';

/** Length of a round. 10 ms (a guess): a thousand steps of a clock that is coarsened to 10 us. */
const ROUND_MS = 10;

const EXACT = {
  depth: Infinity,
  maxArrayLength: Infinity,
  maxStringLength: Infinity,
  breakLength: Infinity,
  customInspect: false,
} as const;

/**
 * Equal exactly when two results are: numbers as shortest exact decimals, -0 and NaN kept apart, types named, keys in
 * their order. The bytes of a structured clone would not do: one number has several encodings there.
 */
function digestOf(value: unknown): string {
  const hash = createHash('sha256');
  if (ArrayBuffer.isView(value)) {
    hash.update(`${value.constructor.name} `).update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  } else {
    hash.update(inspect(value, EXACT));
  }
  return hash.digest('hex');
}

export default async function createFunctionContestant(options: { module: string; name: string }): Promise<Contestant> {
  const { module, name } = options;
  const exported = ((await import(module)) as Record<string, unknown>)[name];
  if (typeof exported !== 'function') throw new TypeError(`${module} exports no function '${name}'`);
  const call = exported as () => unknown;
  let last: unknown;

  /** Calls it `times` times and gives the time of all. A plain value is not awaited: that would cost a turn of the queue. */
  async function timeCallsMs(times: number): Promise<number> {
    const startMs = performance.now();
    for (let i = 0; i < times; i++) {
      const returned = call();
      last = returned instanceof Promise ? await returned : returned;
    }
    return performance.now() - startMs;
  }

  let calls = 1;
  while ((await timeCallsMs(calls)) < ROUND_MS) calls *= 2;

  return {
    async round() {
      return { callMs: (await timeCallsMs(calls)) / calls };
    },
    check() {
      return { digest: digestOf(last) };
    },
  };
}
