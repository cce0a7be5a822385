// The command line of `npm run bench`: the grammar, and what is wrong with words that don't fit it.
import { closest } from 'fastest-levenshtein';
import { Command, CommanderError } from 'commander';
import type { Choice, Suite } from './suite.ts';
import { SUITES, type SuiteName } from './suites.ts';

export const EXIT = {
  ok: { code: 0, meaning: 'everything was measured and the results are right' },
  failed: {
    code: 1,
    meaning: 'a contestant failed or results differ; in pool, dispatch, sync and cluster only those of heddle count',
  },
  usage: { code: 2, meaning: 'unknown option, suite or case, or no run to simulate; nothing was run' },
  interrupted: { code: 130, meaning: 'ended by Ctrl-C; the finished cases are reported' },
} as const;

export interface BenchOptions {
  suite: SuiteName;
  /** Ids of the suite's cases, in its order. */
  cases: readonly string[];
  quick: boolean;
  /** File of a recorded run from which is computed what follows from it; nothing is measured then. */
  simulate: string | undefined;
  /** File for the JSON besides the report folder; '-' is stdout, in place of the table. */
  json: string | undefined;
  out: string;
}

/** Words that don't fit: one sentence. */
export class UsageError extends Error {}

const exitTable = Object.values(EXIT)
  .map(({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`)
  .join('\n');

const suiteList = Object.entries(SUITES)
  .map(([name, { about }]) => `${name}: ${about}`)
  .join('\n');

function createProgram(): Command {
  return new Command('heddle-bench')
    .description('Measures what heddle is made of against what else there is, side by side on this machine.')
    .option('--suite <name>', `what to measure:\n${suiteList}`, 'kernels')
    .option('--only <text>', 'only the cases whose name has this text, e.g. sort or "sum f64"')
    .option(
      '--quick',
      'small sizes and counts, few rounds: kernels in little more than a minute, the others in some',
      false,
    )
    .option(
      '--simulate <file>',
      'measures nothing: computes from a recorded run what other thresholds, and other machines, would do; suite advisor only',
    )
    .option('--json <file>', "the result as JSON in this file too; '-' for stdout in place of the tables")
    .option('--out <folder>', 'where report.html and report.json go', 'bench-report')
    .addHelpText('after', `\nExit codes:\n${exitTable}`)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
}

/** Undefined when help was asked for and printed. Errors: {@link UsageError}. */
export function parseOptions(words: readonly string[]): BenchOptions | undefined {
  const program = createProgram();
  try {
    program.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new UsageError(sentence(error, program), { cause: error });
  }
  const { suite, only, quick, simulate, json, out } = program.opts<{
    suite: string;
    only?: string;
    quick: boolean;
    simulate?: string;
    json?: string;
    out: string;
  }>();
  const name = checkSuite(suite);
  if (simulate !== undefined) checkSimulate(name, only !== undefined || quick);
  const cases = chooseCases(SUITES[name].cases, only, quick);
  return { suite: name, cases, quick, simulate, json, out };
}

function checkSimulate(name: SuiteName, isPart: boolean): void {
  const canSimulate = (suite: Suite): boolean => suite.simulate !== undefined;
  if (!canSimulate(SUITES[name])) {
    const able = Object.keys(SUITES).filter((each) => canSimulate(SUITES[each as SuiteName]));
    throw new UsageError(`--simulate does not go with suite '${name}', only with ${able.join(', ')}`);
  }
  if (isPart) throw new UsageError('--simulate takes a recorded run whole, leave out --only and --quick');
}

function sentence({ code, message }: CommanderError, program: Command): string {
  const [, word] = /'(--?[^'= ]+)/.exec(message) ?? [];
  if (code === 'commander.unknownOption' && word !== undefined) {
    const names = program.createHelp().visibleOptions(program);
    return `there is no option ${word}, did you mean ${closest(
      word,
      names.map(({ long }) => long!),
    )}?`;
  }
  if (code === 'commander.excessArguments') return `it takes options only, got '${program.args[0]}'`;
  return message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ');
}

function checkSuite(word: string): SuiteName {
  if (Object.hasOwn(SUITES, word)) return word as SuiteName;
  throw new UsageError(`there is no suite '${word}', did you mean '${closest(word, Object.keys(SUITES))}'?`);
}

/** Cases by text; a quick run leaves out those that aren't quick, unless nothing else was asked for. */
function chooseCases(cases: readonly Choice[], only: string | undefined, quick: boolean): readonly string[] {
  const wanted = cases.filter(({ id }) => only === undefined || id.toLowerCase().includes(only.toLowerCase()));
  if (wanted.length === 0) {
    const names = [...new Set(cases.flatMap(({ id, group }) => [group, id]))];
    throw new UsageError(`no case has '${only}' in its name, did you mean '${closest(only!, names)}'?`);
  }
  const ids = (choices: readonly Choice[]): string[] => choices.map(({ id }) => id);
  if (!quick) return ids(wanted);
  const short = wanted.filter(({ isQuick }) => isQuick);
  if (short.length > 0) return ids(short);
  throw new UsageError(`a quick run leaves out ${ids(wanted).join(', ')}, leave out --quick`);
}
