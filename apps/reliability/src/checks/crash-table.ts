/** The table of faults with the time from the death of a worker to the outcome of its task. */
import { isExpected, runCell } from '../faults/run-cell.ts';
import { CELLS, type Cell } from '../faults/table.ts';
import { spread, type Check, type CheckContext, type Row } from '../result.ts';

const SETTLE_MS_MAX = 100;
const INNOCENTS = 20;
const RUNS = 5;

/** A quick run takes the cells whose time counts. */
const isForQuick = ({ backend, isDear, expected }: Cell) =>
  backend !== 'inline' && !isDear && /^HEDDLE_(?:WORKER_DIED|LIMIT_|TASK_TIMEOUT)/.test(expected);

async function measure(cell: Cell, { addon, isQuick }: CheckContext): Promise<Row> {
  const { fault, backend, expected, isDear } = cell;
  const figures = { fault: fault.name, backend };
  const reason = expected.startsWith('not run: ')
    ? expected
    : fault.needsAddon === true && addon === undefined
      ? 'not run: no compiler for the add-on'
      : undefined;
  if (reason !== undefined) return { figures: { ...figures, 'the caller sees': reason }, isMet: true };
  const problems: string[] = [];
  const outcomes = new Set<string>();
  const lags: number[] = [];
  let innocentsDone = 0;
  const runs = isQuick || isDear ? 1 : RUNS;
  for (let run = 0; run < runs; run++) {
    const result = await runCell(cell, { innocents: INNOCENTS, innocentMs: 30, addon, isWatched: true });
    outcomes.add(result.outcome);
    if (!isExpected(cell, result)) problems.push(`expected ${expected}, got ${result.outcome} (${result.message})`);
    if (result.outcome.startsWith('host: ')) continue;
    innocentsDone += result.innocentsDone ?? 0;
    if (result.innocentsDone !== INNOCENTS)
      problems.push(`${result.innocentsDone} of ${INNOCENTS} innocent tasks done`);
    if (result.isPoolUsable !== true) problems.push('the pool was of no use afterwards');
    if (result.lagMs !== undefined) lags.push(result.lagMs);
  }
  if (lags.some((lag) => lag > SETTLE_MS_MAX)) problems.push(`settled later than ${SETTLE_MS_MAX} ms after the death`);
  const rarer = expected.split(' | ').filter((one) => !outcomes.has(one) && problems.length === 0);
  const hostDied = [...outcomes].some((outcome) => outcome.startsWith('host: '));
  return {
    figures: {
      ...figures,
      'the caller sees': [...outcomes].join(' or ') + (rarer.length === 0 ? '' : ` (may be ${rarer.join(' or ')})`),
      'others done': hostDied ? 'none: the host ends' : `${innocentsDone} of ${runs * INNOCENTS}`,
      runs,
      ...spread('death to outcome (ms)', lags),
    },
    isMet: problems.length === 0,
    ...(problems.length === 0 ? {} : { problem: problems.join('; ') }),
  };
}

export const crashTable: Check = {
  id: 'faults',
  title: 'Every fault in every backend',
  target: `the outcome of the table; nobody else hurt; settled at most ${SETTLE_MS_MAX} ms after the death`,
  method:
    `Each run has a host process of its own: a pool of 2, one task that misbehaves, ${INNOCENTS} innocent tasks of 30 ms, one task ` +
    'afterwards. A thread of its own looks at the state of the worker in /proc once in a millisecond; time counts from the last look ' +
    'at which it was alive, so it is never too short.',
  async run(context) {
    const cells = context.isQuick ? CELLS.filter(isForQuick) : CELLS;
    const rows: Row[] = [];
    for (const cell of cells) {
      context.say(`${cell.fault.name}, ${cell.backend}`);
      rows.push(await measure(cell, context));
    }
    return rows;
  },
};
