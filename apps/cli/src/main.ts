// The `heddle` command: parses, dispatches, sets the exit code. No logic lives here. A command is loaded when it was asked for: loading all
// of them took nearly half of the time of a short `heddle run`.
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { CommandError, EXIT } from './exit-codes.ts';

function positive(unit: string) {
  return (text: string): number => {
    const value = Number(text);
    if (!(value > 0) || !Number.isFinite(value))
      throw new InvalidArgumentError(`It takes a number of ${unit} above 0.`);
    return value;
  };
}

function workerCount(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 256) {
    throw new InvalidArgumentError('It takes a whole number from 1 to 256.');
  }
  return value;
}

/** In the environment a password is out of sight of other users; in the list of processes it is not. */
function redisOption(): Option {
  return new Option('--redis <url>', 'cluster: redis://[user:password@]host[:port], rediss://… or unix:///…').env(
    'HEDDLE_REDIS',
  );
}

const exitTable = Object.values(EXIT)
  .map(({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`)
  .join('\n');

function createProgram(finish: (code: number) => void): Command {
  const program = new Command('heddle')
    .description('Native threads, worker threads and processes: measures which one your work needs.')
    .addHelpText('after', `\nExit codes:\n${exitTable}`)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });

  program
    .command('compare', { isDefault: true })
    .description('Runs workloads, or your own function, on every backend and says which to use.')
    .argument('[words...]', 'workloads; or <module>#<export> and its inputs (files, globs)')
    .option('--budget <seconds>', 'time for all measuring, default 60', positive('seconds'))
    .option('--quick', 'small sizes and few rounds')
    .option('--full', 'the full sizes instead of those that fit the budget')
    .option('--workers <n>', 'threads or processes per variant, default: the cores this program may use', workerCount)
    .option('--range <A..B>', 'the integers A to B as inputs of your function')
    .option('--ndjson', 'stdin holds one JSON value per line')
    .option('--json', 'the result as JSON on stdout')
    .option('--out <folder>', 'where the report goes', 'heddle-report')
    .action(async (words: string[], options) => {
      const { compare } = await import('./commands/compare.ts');
      finish(await compare(words, { ...options, budgetSeconds: options.budget }));
    });

  program
    .command('run')
    .description('Calls a function once per input; results on stdout as NDJSON, in the order of the inputs.')
    .argument('<module#export>', 'a task module and the function in it, such as ./tasks.ts#render')
    .argument('[inputs...]', 'files and globs (the function gets the absolute path); none: lines on stdin')
    .addOption(
      new Option('--backend <name>', 'where it runs; auto: where it takes least time')
        .choices(['auto', 'threads', 'processes', 'inline', 'cluster'])
        .default('threads'),
    )
    .addOption(redisOption())
    .option('--root <folder>', 'cluster: the folder that workers have too, default: here')
    .option('--project <name>', 'cluster: only workers of this project are used')
    .option('--run-id <name>', 'cluster: the same name and inputs again give the results that are there, and the rest')
    .option('--workers <n>', 'default: the cores this program may use', workerCount)
    .option('--timeout <ms>', 'time limit of one call', positive('milliseconds'))
    .option('--range <A..B>', 'the integers A to B as inputs')
    .option('--ndjson', 'stdin holds one JSON value per line')
    .option('--explain', 'afterwards on stderr: where the calls ran and why')
    .option('--json', 'with --explain: as one line of JSON')
    .action(async (reference: string, inputs: string[], options) => {
      const { run } = await import('./commands/run.ts');
      finish(await run(reference, inputs, { ...options, timeoutMs: options.timeout }));
    });

  program
    .command('worker')
    .description('Runs inputs of `heddle run --backend cluster` until it is ended; SIGTERM lets it finish what it has.')
    .addOption(redisOption())
    .requiredOption('--root <folder>', 'the folder below which task modules are found')
    .option('--project <name>', 'only clients of this project are served')
    .addOption(
      new Option('--backend <name>', 'where tasks run on this machine')
        .choices(['processes', 'threads'])
        .default('processes'),
    )
    .option('--workers <n>', 'default: the cores this program may use', workerCount)
    .option('--result-bytes <n>', 'most bytes of one result, default 16 MiB', positive('bytes'))
    .action(async (options) => {
      const { worker } = await import('./commands/worker.ts');
      finish(await worker(options));
    });

  program
    .command('machine')
    .description('Shows what this machine gives a Node program.')
    .option('--calibrate', 'measures what starts and copies cost here, and keeps it for pools that choose')
    .option('--json', 'as JSON on stdout')
    .action(async (options) => {
      const { machine } = await import('./commands/machine.ts');
      finish(await machine(options));
    });

  return program;
}

/** Commander's message as one sentence: "error: unknown option '--x'\n(Did you mean --y?)" -> one line. */
function oneSentence(message: string): string {
  return message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ');
}

async function main(): Promise<void> {
  const program = createProgram((code) => (process.exitCode = code));
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return; // --help: printed
      process.stderr.write(`heddle: ${oneSentence(error.message)}\n`);
      process.exitCode = EXIT.usage.code;
    } else if (error instanceof CommandError) {
      process.stderr.write(`heddle: ${error.message}\n`);
      process.exitCode = error.exitCode;
    } else {
      process.stderr.write(`heddle: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exitCode = EXIT.failed.code;
    }
  }
}

await main();
