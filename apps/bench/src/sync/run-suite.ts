// Runs the cases of the suite one after the other: for each, one comparison of its contestants.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareContestants, machineCard, measureNoise, type ContestantSpec } from '@heddle/measure';
import type { SuiteOptions } from '../suite.ts';
import type { SyncCase } from './case-table.ts';
import { missingReason, SYNC_CONTESTANTS, type SyncContestantName } from './contestants.ts';
import { evaluateSyncCase, type SyncCaseResult, type SyncResult } from './result.ts';
import type { SyncContestantOptions } from './sync-contestant.ts';

/** Rounds of each contestant, the time in which more rounds than the fewest are begun, and when one counts as hung. */
const ROUNDS = {
  full: { minRounds: 7, maxRounds: 25, warmupRounds: 2, budgetMs: 20_000, roundTimeoutMs: 120_000 },
  quick: { minRounds: 5, maxRounds: 5, warmupRounds: 1, budgetMs: 1_000, roundTimeoutMs: 60_000 },
} as const;

const CONTESTANT_MODULE = new URL('./sync-contestant.js', import.meta.url).href;
const labelOf = (name: SyncContestantName): string => SYNC_CONTESTANTS[name].label;

async function runCase(one: SyncCase, step: string, options: SuiteOptions): Promise<SyncCaseResult> {
  const here = one.contestants.filter((name) => missingReason(name) === undefined);
  const specs = here.map((contestant): ContestantSpec => {
    const told: SyncContestantOptions = { caseId: one.id, contestant, quick: options.quick };
    return { id: contestant, label: labelOf(contestant), module: CONTESTANT_MODULE, options: told };
  });
  const comparison = await compareContestants(specs, {
    ...(options.quick ? ROUNDS.quick : ROUNDS.full),
    memory: false,
    signal: options.signal,
    onProgress: ({ phase, label, round }) =>
      options.onProgress(step, round === 0 ? `${phase} ${label}` : `${phase} ${round}, ${label}`),
  });
  const missing = one.contestants.flatMap((name) => {
    const problem = missingReason(name);
    return problem === undefined ? [] : [{ name, label: labelOf(name), problem }];
  });
  return evaluateSyncCase(one, comparison, missing);
}

/** Version of an installed package, from the package.json above its entry. */
function versionOf(name: string): string | undefined {
  try {
    let folder = path.dirname(fileURLToPath(import.meta.resolve(name)));
    while (!fs.existsSync(path.join(folder, 'package.json'))) folder = path.dirname(folder);
    return (JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')) as { version: string }).version;
  } catch {
    return undefined;
  }
}

function describe(names: readonly SyncContestantName[]): SyncResult['contestants'] {
  const entries = names.map((name) => {
    const { label, setting, ...more } = SYNC_CONTESTANTS[name];
    const version = 'package' in more ? versionOf(more.package) : undefined;
    return [name, { label, setting, ...(version === undefined ? {} : { version }) }] as const;
  });
  return Object.fromEntries(entries);
}

/** Runs the cases; an abort ends the running one and gives those that were finished. */
export async function runSync(cases: readonly SyncCase[], options: SuiteOptions): Promise<SyncResult> {
  const startMs = performance.now();
  const card = machineCard();
  options.onProgress('Measuring the noise of this machine', '');
  const noise = await measureNoise();
  const results: SyncCaseResult[] = [];
  for (const [index, one] of cases.entries()) {
    if (options.signal.aborted) break;
    const step = `${index + 1} of ${cases.length}: ${one.id}`;
    options.onProgress(step, '');
    const result = await runCase(one, step, options);
    if (!options.signal.aborted) results.push(result);
  }
  const asked = new Set(results.flatMap(({ contestants }) => contestants.map(({ name }) => name)));
  return {
    suite: 'sync',
    quick: options.quick,
    card,
    noise,
    wasInterrupted: options.signal.aborted,
    elapsedMs: performance.now() - startMs,
    contestants: describe((Object.keys(SYNC_CONTESTANTS) as SyncContestantName[]).filter((name) => asked.has(name))),
    cases: results,
  };
}
