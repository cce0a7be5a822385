/** What is left of pools that were opened and closed. */
import { BACKENDS } from '../faults/table.ts';
import type { Holdings, OpenCloseOrder } from '../programs/open-close.ts';
import { endOf, runProgram } from '../programs/run-program.ts';
import { STEADY_MEMORY } from '../programs/steady-memory.ts';
import type { Check, Row } from '../result.ts';
import { slope } from '../slope.ts';

/** Longer means that it hangs. */
const LIMIT_MS = 1_800_000;
/** The first thousand warm it up: Node compiles, and V8 fills its tables. */
const POOLS = 2_000;
const POOLS_QUICK = 30;
/** A slope below it is none: what V8 compiles and notes for itself, by heap snapshots 0.06 KiB per pool, and the noise of RSS. */
const SLOPE_KIB_MAX = 1;

export const openClose: Check = {
  id: 'open-close',
  title: 'Pools opened and closed',
  target: '0 leaked threads, file descriptors, processes, shared memory; RSS slope 0',
  method:
    'Pools of one worker are opened, run three tasks and are closed, one after the other in one program; every tenth loses its worker on the ' +
    'way. What the program holds is counted in /proc after a full collection, first after a tenth of the pools. The slope of RSS is ' +
    `that of the second half, by least squares, with the young generation of the heap held at one size and malloc at one arena, because both are enlarged at any time; it counts as 0 when its 95 % interval begins below ${SLOPE_KIB_MAX} KiB per pool.`,
  async run({ isQuick, say }) {
    const rows: Row[] = [];
    for (const backend of BACKENDS) {
      const pools = isQuick ? POOLS_QUICK : POOLS;
      say(`${backend}, ${pools} pools`);
      const order: OpenCloseOrder = { backend, pools, sampleEvery: Math.max(1, pools / 50) };
      const end = await runProgram('open-close', order, {
        execArgv: ['--expose-gc', ...STEADY_MEMORY.execArgv],
        env: STEADY_MEMORY.env,
        limitMs: LIMIT_MS,
      });
      const samples = end.lines as Holdings[];
      const first = samples[Math.floor(samples.length / 10)];
      const last = samples.at(-1);
      if (end.code !== 0 || first === undefined || last === undefined) {
        rows.push({ figures: { backend, pools }, isMet: false, problem: endOf(end) });
        continue;
      }
      const half = samples.slice(Math.floor(samples.length / 2));
      const { perStep, error } = slope(half.map((one) => [one.pools, one.rssBytes / 1_024] as const));
      const left = {
        threads: last.threads - first.threads,
        'file descriptors': last.fds - first.fds,
        processes: last.children,
        'shared memory': last.sharedMemory - first.sharedMemory,
      };
      rows.push({
        figures: {
          backend,
          pools,
          ...left,
          'RSS at the end (MiB)': Math.round(last.rssBytes / 2 ** 20),
          'RSS slope (KiB per pool)': `${perStep.toFixed(2)} ± ${(1.96 * error).toFixed(2)}`,
        },
        // Too few pools tell nothing of a slope.
        isMet: Object.values(left).every((n) => n <= 0) && (isQuick || perStep - 1.96 * error < SLOPE_KIB_MAX),
      });
    }
    return rows;
  },
};
