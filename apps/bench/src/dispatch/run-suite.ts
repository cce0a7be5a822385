// Runs the cases of the suite one after the other: for each, one comparison of its contestants.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareContestants, machineCard, measureNoise, type ContestantSpec } from '@heddle/measure';
import type { SuiteOptions } from '../suite.ts';
import type { DispatchCase } from './case-table.ts';
import { DISPATCH_CONTESTANTS, type ContestantName, type DispatchContestantOptions } from './contestants.ts';
import { evaluateCase, labelOf, type DispatchCaseResult, type DispatchResult } from './result.ts';

/** Rounds of each contestant, the time in which more rounds than the fewest are begun, and when one counts as hung. */
const ROUNDS = {
  full: { minRounds: 5, maxRounds: 15, warmupRounds: 1, budgetMs: 20_000, roundTimeoutMs: 120_000 },
  quick: { minRounds: 3, maxRounds: 3, warmupRounds: 1, budgetMs: 1_000, roundTimeoutMs: 20_000, startsAtOnce: 4 },
} as const;

const CONTESTANT_MODULE = new URL('./dispatch-contestant.js', import.meta.url).href;

async function runCase(one: DispatchCase, step: string, options: SuiteOptions): Promise<DispatchCaseResult> {
  const specs = one.contestants.map((contestant): ContestantSpec => {
    const told: DispatchContestantOptions = { caseId: one.id, contestant, quick: options.quick };
    return { id: contestant, label: labelOf(contestant), module: CONTESTANT_MODULE, options: told };
  });
  const comparison = await compareContestants(specs, {
    ...(options.quick ? ROUNDS.quick : ROUNDS.full),
    memory: false,
    signal: options.signal,
    onProgress: ({ phase, label, round }) =>
      options.onProgress(step, round === 0 ? `${phase} ${label}` : `${phase} ${round}, ${label}`),
  });
  return evaluateCase(one, comparison);
}

/** Version of an installed package, from the package.json above its entry; undefined where it isn't installed. */
function versionOf(name: string): string | undefined {
  try {
    let folder = path.dirname(fileURLToPath(import.meta.resolve(name)));
    while (!fs.existsSync(path.join(folder, 'package.json'))) folder = path.dirname(folder);
    return (JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')) as { version: string }).version;
  } catch {
    return undefined;
  }
}

function describe(names: readonly ContestantName[]): DispatchResult['contestants'] {
  const entries = names.map((name) => {
    const { label, setting, ...more } = DISPATCH_CONTESTANTS[name];
    const version = 'package' in more ? versionOf(more.package) : undefined;
    return [name, { label, setting, ...(version === undefined ? {} : { version }) }] as const;
  });
  return Object.fromEntries(entries);
}

/** Runs the cases; an abort ends the running one and gives those that were finished. */
export async function runDispatch(cases: readonly DispatchCase[], options: SuiteOptions): Promise<DispatchResult> {
  const startMs = performance.now();
  const card = machineCard();
  options.onProgress('Measuring the noise of this machine', '');
  const noise = await measureNoise();
  const results: DispatchCaseResult[] = [];
  for (const [index, one] of cases.entries()) {
    if (options.signal.aborted) break;
    const step = `${index + 1} of ${cases.length}: ${one.id}`;
    options.onProgress(step, '');
    const result = await runCase(one, step, options);
    if (!options.signal.aborted) results.push(result);
  }
  const took = new Set(results.flatMap(({ contestants }) => contestants.map(({ name }) => name)));
  return {
    suite: 'dispatch',
    quick: options.quick,
    card,
    noise,
    wasInterrupted: options.signal.aborted,
    elapsedMs: performance.now() - startMs,
    contestants: describe((Object.keys(DISPATCH_CONTESTANTS) as ContestantName[]).filter((name) => took.has(name))),
    cases: results,
  };
}
