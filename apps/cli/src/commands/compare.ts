// `heddle compare`: the workloads, or the user's own function, on every backend; the table, the answers, the report.
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isAvailable } from '@heddle/core-native';
import { coresAllowed } from '@heddle/machine';
import { machineCard, measureNoise } from '@heddle/measure';
import { findWorkload, workloads, type Workload } from '@heddle/workloads';
import { calibrate } from '../compare/calibrate.ts';
import { compareFunction } from '../compare/function-comparison.ts';
import { writeReport } from '../compare/report.ts';
import { chooseByBudget, planComparison, type Plan } from '../compare/plan.ts';
import type { Price, WorkloadResult } from '../compare/result.ts';
import { compareWorkload, type ComparisonOptions } from '../compare/workload-comparison.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { openInputs, type Input } from '../inputs/inputs.ts';
import { isModuleReference, parseModuleReference } from '../inputs/module-reference.ts';
import { probeModule } from '../inputs/open-pool.ts';
import { onInterrupt } from '../interrupt.ts';
import { measurePrices } from '../price/price-list.ts';
import { countOf, formatMs, formatNumber } from '../render/format.ts';
import { toJsonLine } from '../render/json.ts';
import { Progress } from '../render/progress.ts';
import { writeResult } from '../render/stdout.ts';
import { detailTable, notesTable, priceTable, summaryTable, verdictLines } from '../render/table.ts';
import { suggestion } from '../suggest.ts';

export interface CompareOptions {
  readonly budgetSeconds?: number | undefined;
  readonly quick?: boolean | undefined;
  readonly full?: boolean | undefined;
  readonly json?: boolean | undefined;
  readonly workers?: number | undefined;
  readonly out: string;
  readonly range?: string | undefined;
  readonly ndjson?: boolean | undefined;
}

const DEFAULT_BUDGET_SECONDS = 60;
const QUICK_BUDGET_SECONDS = 10;
function choose(names: readonly string[]): readonly Workload[] {
  return names.map((name) => {
    const workload = findWorkload(name);
    if (workload) return workload;
    const known = workloads.map((one) => one.name);
    throw new CommandError(
      `There is no workload '${name}': ${suggestion(name, [...known, 'compare', 'run', 'machine'])}`,
    );
  });
}

/** What was chosen for this run, in one sentence. */
function planLine({ inlineTargetMs, minRounds, warmupRounds }: Plan, budgetMs: number, isFull: boolean): string {
  const size = isFull ? 'full sizes' : `sizes that take inline about ${formatMs(inlineTargetMs)} a round`;
  const warmup = countOf(warmupRounds, 'round');
  return `budget ${formatNumber(budgetMs / 1000)} s: ${size}, ${warmup} to warm up, at least ${minRounds} timed`;
}

async function collect(inputs: AsyncIterable<Input>): Promise<Input[]> {
  const all: Input[] = [];
  for await (const input of inputs) all.push(input);
  return all;
}

export async function compare(words: readonly string[], options: CompareOptions): Promise<number> {
  const isFunction = words[0] !== undefined && isModuleReference(words[0]);
  const reference = isFunction ? parseModuleReference(words[0]!) : undefined;
  if (options.quick && options.full) throw new CommandError('--quick and --full contradict each other: give one.');
  const budgetMs = 1000 * (options.budgetSeconds ?? (options.quick ? QUICK_BUDGET_SECONDS : DEFAULT_BUDGET_SECONDS));
  const isOverAll = !reference && words.length === 0;
  const all = chooseByBudget(workloads, budgetMs);
  const chosen = reference ? [] : isOverAll ? all.fitting : choose(words);
  const inputs = reference
    ? await collect(openInputs({ patterns: words.slice(1), range: options.range, ndjson: options.ndjson }))
    : [];
  if (reference) await probeModule(reference);

  const progress = new Progress();
  const inputDir = await mkdtemp(path.join(tmpdir(), 'heddle-compare-'));
  const interrupt = onInterrupt('heddle: stopping; what was measured is kept', () =>
    rmSync(inputDir, { recursive: true, force: true }),
  );
  const { signal } = interrupt;
  const workers = options.workers ?? coresAllowed();
  const hasNative = isAvailable();
  const plan = planComparison({
    workloads: chosen,
    budgetMs,
    isQuick: options.quick === true,
    hasNative,
    withPrices: isOverAll,
  });
  const outDir = path.resolve(options.out);
  await mkdir(outDir, { recursive: true });

  const results: WorkloadResult[] = [];
  let prices: Price[] = [];
  try {
    const card = machineCard();
    progress.show('measuring how steady this machine is');
    const noise = await measureNoise();
    const comparison = (step: string, roundsMs: number): ComparisonOptions => ({
      budgetMs: roundsMs,
      plan,
      workers,
      hasNative,
      noise,
      inputDir,
      outDir,
      signal,
      onPhase: (phase) => progress.show(step, phase),
    });
    if (isOverAll) {
      progress.show('price list of threads and processes');
      prices = await measurePrices({
        budgetMs: plan.pricesMs,
        warmupRounds: options.quick ? 0 : 1,
        workers,
        signal,
      });
      progress.clear();
      if (!options.json && !signal.aborted) await writeResult(`${priceTable(prices)}\n\n`);
    }
    if (reference) {
      results.push(await compareFunction(reference, inputs, comparison(reference.exportName, budgetMs)));
    }
    const sized = chosen.filter(({ leastMs }) => leastMs === undefined);
    const targetMs = plan.inlineTargetMs;
    if (sized.length > 0 && !options.full) progress.show('finding the sizes');
    const work = options.full
      ? new Map<string, number>()
      : await calibrate(sized, { targetMs, workers, dir: inputDir, signal });
    const workOf = ({ name, leastMs, minimumWork }: Workload) => {
      if (options.full) return 1;
      return leastMs === undefined ? work.get(name)! : minimumWork;
    };
    if (sized.length > 0 && !signal.aborted) progress.say(planLine(plan, budgetMs, options.full === true));
    for (const [index, workload] of chosen.entries()) {
      if (signal.aborted) break;
      const step = chosen.length > 1 ? `${workload.name} (${index + 1} of ${chosen.length})` : workload.name;
      results.push(await compareWorkload(workload, workOf(workload), comparison(step, plan.roundsMsOf(workload))));
    }
    progress.clear();

    const measured = results.filter(({ rounds, wasInterrupted }) => rounds > 0 || !wasInterrupted);
    const files = await writeReport(outDir, { card, noise, prices, results: measured, workers });
    if (options.json) {
      await writeResult(`${toJsonLine({ card, noise, workers, prices, results: measured })}\n`);
    } else if (measured.length === 0) {
      progress.say('nothing was measured before it was interrupted');
    } else {
      await writeResult(`${summaryTable(measured)}\n\n`);
      for (const result of measured) {
        if (words.length > 0) await writeResult(`${detailTable(result)}\n\n`);
        const notes = notesTable(result);
        if (notes !== undefined) await writeResult(`${notes}\n\n`);
        await writeResult(`${verdictLines(result)}\n\n`);
      }
    }
    for (const { name } of isOverAll ? all.leftOut : [])
      progress.say(`left out, since it takes too much of the budget: ${name} (heddle compare ${name} measures it)`);
    for (const file of files) progress.say(`wrote ${path.relative(process.cwd(), file) || file}`);
    if (chosen.length > 0 && !hasNative) progress.say('native columns are left out: the C++ addon is not built here');
  } finally {
    progress.clear();
    interrupt.release();
    await rm(inputDir, { recursive: true, force: true });
  }
  if (signal.aborted) return EXIT.interrupted.code;
  const isWhole = results.every(({ kinds }) => kinds.every(({ state }) => state === 'equal'));
  return isWhole ? EXIT.ok.code : EXIT.failed.code;
}
