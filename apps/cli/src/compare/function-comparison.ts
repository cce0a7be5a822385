// The user's own function on every backend that can run it: same table, same verdict as the workloads.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { serialize } from 'node:v8';
import { compareContestants } from '@heddle/measure';
import { CommandError } from '../exit-codes.ts';
import type { Input } from '../inputs/inputs.ts';
import { countOf } from '../render/format.ts';
import type { ModuleReference } from '../inputs/module-reference.ts';
import type { FunctionOptions, ResultNote } from './function-contestant.ts';
import { answerOfAuto } from './auto-answer.ts';
import { kindOf } from './kinds.ts';
import type { KindOutcome, Measure, WorkloadResult } from './result.ts';
import { decideVerdict } from './verdict.ts';
import { contestOptions, fewestRounds, judge, type ComparisonOptions } from './workload-comparison.ts';

const FUNCTION_KINDS = ['inline', 'threads', 'processes', 'auto'] as const;
type FunctionKind = (typeof FUNCTION_KINDS)[number];

const WALL: Measure = { key: 'wallMs', label: 'per round', unit: 'ms', better: 'lower' };

async function readNotes(file: string): Promise<ResultNote[] | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as ResultNote[];
  } catch {
    return undefined; // the variant never got as far as a result; its error says why
  }
}

/** Names the first input for which a backend's result is not inline's. */
async function describeDifference(kind: FunctionKind, files: ReadonlyMap<string, string>, inputs: readonly Input[]) {
  const [expected, found] = await Promise.all([readNotes(files.get('inline')!), readNotes(files.get(kind)!)]);
  if (!expected || !found) return undefined;
  const at = expected.findIndex(({ hash }, index) => found[index]?.hash !== hash);
  if (at < 0) return undefined;
  return `differs first for input '${inputs[at]!.label}': inline gave ${expected[at]!.preview}, ${kind} gave ${found[at]?.preview ?? 'nothing'}`;
}

export async function compareFunction(
  reference: ModuleReference,
  inputs: readonly Input[],
  options: ComparisonOptions,
): Promise<WorkloadResult> {
  const unreadable = inputs.find((input) => 'error' in input);
  if (unreadable && 'error' in unreadable) throw new CommandError(unreadable.error.message);
  if (inputs.length === 0) throw new CommandError('There is no input to compare with: the list of inputs is empty.');
  const dir = options.inputDir;
  const inputsFile = path.join(dir, 'inputs.bin');
  await writeFile(inputsFile, serialize(inputs.map((input) => 'value' in input && input.value)));
  const files = new Map(FUNCTION_KINDS.map((kind) => [kind as string, path.join(dir, `${kind}.json`)]));
  const specs = FUNCTION_KINDS.map((kind) => ({
    id: kind,
    label: kindOf(kind).label,
    module: new URL('./function-contestant.js', import.meta.url).href,
    options: {
      module: reference.url.href,
      exportName: reference.exportName,
      kind,
      workers: options.workers,
      inputsFile,
      resultsFile: files.get(kind)!,
    } satisfies FunctionOptions,
  }));
  const comparison = await compareContestants(specs, contestOptions(options));
  const judged = judge(comparison, FUNCTION_KINDS, WALL);
  const outcomes = await Promise.all(
    judged.map(async (outcome): Promise<KindOutcome> => {
      if (outcome.state !== 'differs') return outcome;
      const problem = await describeDifference(outcome.kind as FunctionKind, files, inputs);
      return problem === undefined ? outcome : { ...outcome, problem };
    }),
  );
  const auto = answerOfAuto({ kinds: outcomes, decides: WALL, noise: options.noise });
  const textbookRule = 'what a function needs is measured, not told';
  return {
    name: `${path.basename(reference.path)}#${reference.exportName}`,
    title: `${path.basename(reference.path)}#${reference.exportName}`,
    standsFor: 'your own function',
    textbookRule,
    textbookExpects: [],
    size: countOf(inputs.length, 'input'),
    rounds: fewestRounds(outcomes),
    decides: WALL,
    measures: [WALL],
    kinds: outcomes,
    verdict: decideVerdict({
      kinds: outcomes,
      decides: WALL,
      textbookRule,
      textbookExpects: [],
      noise: options.noise,
    }),
    ...(auto === undefined ? {} : { auto }),
    artifacts: {},
    wasInterrupted: options.signal.aborted,
  };
}
