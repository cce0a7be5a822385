// What every suite does around its cases: the machine's card and noise first, then one case after the other, until an abort.
import { machineCard, measureNoise, type MachineCard } from '@heddle/measure';
import type { SuiteOptions } from './suite.ts';

export interface CasesRun<Result> {
  readonly card: MachineCard;
  /** Relative spread of a fixed loop on this machine, before the cases. */
  readonly noise: number;
  readonly wasInterrupted: boolean;
  readonly elapsedMs: number;
  /** Of the cases that were finished. */
  readonly results: Result[];
}

/** `begin` is called once the noise is known, and gives what runs a case; `step` names it for the progress. */
export async function runCases<Case extends { readonly id: string }, Result>(
  cases: readonly Case[],
  options: SuiteOptions,
  begin: () => (one: Case, step: string) => Promise<Result>,
): Promise<CasesRun<Result>> {
  const startMs = performance.now();
  const card = machineCard();
  options.onProgress('Measuring the noise of this machine', '');
  const noise = await measureNoise();
  const runCase = begin();
  const results: Result[] = [];
  for (const [index, one] of cases.entries()) {
    if (options.signal.aborted) break;
    const step = `${index + 1} of ${cases.length}: ${one.id}`;
    options.onProgress(step, '');
    const result = await runCase(one, step);
    if (!options.signal.aborted) results.push(result);
  }
  return { card, noise, wasInterrupted: options.signal.aborted, elapsedMs: performance.now() - startMs, results };
}
