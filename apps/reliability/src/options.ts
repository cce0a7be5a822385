// The command line of `npm run reliability`.
import { Command, CommanderError } from 'commander';
import { CHECKS } from './checks/checks.ts';
import type { Check } from './result.ts';

export const EXIT = {
  ok: { code: 0, meaning: 'every target is met' },
  missed: { code: 1, meaning: 'a target is missed, or a check failed' },
  usage: { code: 2, meaning: 'unknown option or check; nothing was run' },
} as const;

export interface ReliabilityOptions {
  readonly checks: readonly Check[];
  readonly quick: boolean;
  /** File for the result; '-' is stdout, in place of the tables. */
  readonly json: string | undefined;
}

/** Words that don't fit: one sentence. */
export class UsageError extends Error {}

const lines = (list: readonly string[]) => list.map((text) => `  ${text}`).join('\n');

function createProgram(): Command {
  return new Command('heddle-reliability')
    .description('Kills, blocks and floods workers in every way there is, and counts what becomes of the tasks.')
    .option('--only <ids>', 'checks to run, by id with commas between')
    .option('--quick', 'fewer runs and cases: about a minute', false)
    .option('--json <file>', "the result as JSON in this file too; '-' for stdout in place of the tables")
    .addHelpText('after', `\nChecks:\n${lines(CHECKS.map(({ id, title }) => `${id.padEnd(16)} ${title}`))}`)
    .addHelpText(
      'after',
      `\nExit codes:\n${lines(Object.values(EXIT).map(({ code, meaning }) => `${code}  ${meaning}`))}`,
    )
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
}

/** Undefined when help was asked for and printed. Errors: {@link UsageError}. */
export function parseOptions(words: readonly string[]): ReliabilityOptions | undefined {
  const program = createProgram();
  try {
    program.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new UsageError(error.message.replace(/^error: /, '').split('\n', 1)[0], { cause: error });
  }
  const { only, quick, json } = program.opts<{ only?: string; quick: boolean; json?: string }>();
  return { checks: only === undefined ? CHECKS : only.split(',').map(findCheck), quick, json };
}

function findCheck(id: string): Check {
  const found = CHECKS.find((check) => check.id === id);
  if (found !== undefined) return found;
  throw new UsageError(`there is no check '${id}': it is one of ${CHECKS.map((check) => check.id).join(', ')}`);
}
