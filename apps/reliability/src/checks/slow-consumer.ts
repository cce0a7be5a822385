/** Memory while a long source feeds a slow consumer. */
import type { Backend } from '@heddle/ts-orchestrator';
import type { ConsumerOrder, ConsumerReport } from '../programs/slow-consumer.ts';
import { endOf, runProgram } from '../programs/run-program.ts';
import { STEADY_MEMORY } from '../programs/steady-memory.ts';
import type { Check, Row } from '../result.ts';

/** Longer means that it hangs. */
const LIMIT_MS = 1_800_000;
const ITEMS = 10_000_000;
/** What is taken of them before the consumer leaves: as much as fits into a minute. */
const TAKEN: Readonly<Record<Backend, number>> = { inline: ITEMS, threads: 1_000_000, processes: 500_000 };
const TAKEN_QUICK = 20_000;
const GROWTH_MIB_MAX = 8;
/** Four times what two workers are sent at a time, which is a batch of 256 where items are as short as these; inline once. */
const AHEAD_MAX: Readonly<Record<Backend, number>> = { inline: 256, threads: 2_048, processes: 2_048 };
/** Of items that take 2 ms each: twice the workers; inline the 64 tasks at a time. */
const SLOW_AHEAD_MAX: Readonly<Record<Backend, number>> = { inline: 64, threads: 4, processes: 4 };

export const slowConsumer: Check = {
  id: 'slow-consumer',
  title: 'A source of 10,000,000 items and a slow consumer',
  target: `the source is never further ahead than 1,024 items per worker, two where an item takes a millisecond or more; RSS flat (at most ${GROWTH_MIB_MAX} MiB from the first half to the second)`,
  method:
    'pool.map over a generator, in order, with a consumer that rests 1 ms after every 1,000 items and leaves early by break; before it, one ' +
    'over 100 items of 2 ms. Compared are the highest RSS of the first half (without its first tenth) and of the second. The young ' +
    'generation of the heap is held at one size and malloc at one arena, because both are enlarged at any time of such a run.',
  async run({ isQuick, say }) {
    const rows: Row[] = [];
    for (const backend of Object.keys(TAKEN) as Backend[]) {
      say(backend);
      const taken = isQuick ? TAKEN_QUICK : TAKEN[backend];
      const order: ConsumerOrder = { backend, items: ITEMS, taken, restEvery: 1_000 };
      const end = await runProgram('slow-consumer', order, { ...STEADY_MEMORY, limitMs: LIMIT_MS });
      const report = end.lines[0] as ConsumerReport | undefined;
      if (report === undefined) {
        rows.push({ figures: { backend }, isMet: false, problem: endOf(end) });
        continue;
      }
      const { consumed, aheadMax, slowAheadMax, isRight, rssBytes, elapsedMs } = report;
      const half = Math.floor(rssBytes.length / 2);
      const growthMib = (Math.max(...rssBytes.slice(half)) - Math.max(...rssBytes.slice(0, half))) / 2 ** 20;
      rows.push({
        figures: {
          backend,
          'items taken': consumed,
          'most ahead': aheadMax,
          'most ahead, items of 2 ms': slowAheadMax,
          'RSS at the end (MiB)': Math.round(rssBytes.at(-1)! / 2 ** 20),
          'RSS growth (MiB)': Math.round(growthMib * 10) / 10,
          'items per second': Math.round(consumed / (elapsedMs / 1_000)),
        },
        // The heap still finds its size during a short run.
        isMet:
          isRight &&
          consumed === taken &&
          aheadMax <= AHEAD_MAX[backend] &&
          slowAheadMax <= SLOW_AHEAD_MAX[backend] &&
          (isQuick || growthMib <= GROWTH_MIB_MAX),
      });
    }
    return rows;
  },
};
