// The command line of `npm run bench`: the grammar, and what is wrong with words that don't fit it.
import { closest } from 'fastest-levenshtein';
import { Command, CommanderError } from 'commander';
import { SUITES, type BenchCase, type SuiteName } from './case-table.ts';

export const EXIT = {
  ok: { code: 0, meaning: 'everything was measured and all results are equal' },
  failed: { code: 1, meaning: 'a contestant failed or results differ' },
  usage: { code: 2, meaning: 'unknown option, suite or filter; nothing was run' },
  interrupted: { code: 130, meaning: 'ended by Ctrl-C; the finished cases are reported' },
} as const;

export interface BenchOptions {
  suite: SuiteName;
  cases: readonly BenchCase[];
  quick: boolean;
  /** File for the JSON besides the report folder; '-' is stdout, in place of the table. */
  json: string | undefined;
  out: string;
}

/** Words that don't fit: one sentence. */
export class UsageError extends Error {}

const exitTable = Object.values(EXIT)
  .map(({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`)
  .join('\n');

function createProgram(): Command {
  return new Command('heddle-bench')
    .description('Measures the native kernels, on one and on all threads, against the fastest JavaScript.')
    .option('--suite <name>', `which suite: ${Object.keys(SUITES).join(', ')}`, 'kernels')
    .option('--filter <text>', 'only the cases whose name has this text, e.g. sort or "sum f64"')
    .option('--quick', 'few sizes, types and rounds: less than a minute', false)
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
  const { suite, filter, quick, json, out } = program.opts<{
    suite: string;
    filter?: string;
    quick: boolean;
    json?: string;
    out: string;
  }>();
  const name = checkSuite(suite);
  return { suite: name, cases: chooseCases(SUITES[name], filter, quick), quick, json, out };
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

/** Cases by text; a quick run leaves out cases without quick sizes unless the filter asks for nothing else. */
function chooseCases(cases: readonly BenchCase[], filter: string | undefined, quick: boolean): readonly BenchCase[] {
  const wanted = cases.filter(({ id }) => filter === undefined || id.toLowerCase().includes(filter.toLowerCase()));
  if (wanted.length === 0) {
    const names = [...new Set(cases.flatMap(({ id, kernel }) => [kernel, id]))];
    throw new UsageError(`no case has '${filter}' in its name, did you mean '${closest(filter!, names)}'?`);
  }
  if (!quick) return wanted;
  const short = wanted.filter(({ quickSizes }) => quickSizes.length > 0);
  if (short.length > 0) return short;
  throw new UsageError(`a quick run leaves out ${wanted.map(({ id }) => id).join(', ')}, leave out --quick`);
}
