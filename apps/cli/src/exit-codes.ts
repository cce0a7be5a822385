// The exit codes of the `heddle` command, in one table; README and --help print it from here.

export const EXIT = {
  ok: { code: 0, meaning: 'everything asked for was done' },
  failed: { code: 1, meaning: 'it ran, and an input failed, results differed or a backend failed' },
  usage: { code: 2, meaning: 'unknown command, workload, option or value; nothing was run' },
  load: { code: 3, meaning: 'the task module or its export could not be loaded; nothing was run' },
  closedPipe: { code: 141, meaning: 'the reader of stdout went away before all results were written' },
  interrupted: { code: 130, meaning: 'ended by Ctrl-C; what was finished is kept' },
} as const;

/** What a command ends with when the words it was given are wrong: one sentence, exit code `usage` unless told. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.usage.code, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}
