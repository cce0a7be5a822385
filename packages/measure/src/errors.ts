/** Errors of this package carry a `code`; texts may change, codes do not. */

/** A wrong argument: the message names it, what was expected and what came. */
export function argumentError(message: string): RangeError & { code: 'HEDDLE_ARGUMENT' } {
  return Object.assign(new RangeError(message), { code: 'HEDDLE_ARGUMENT' as const });
}

/** An error as plain data, so that it survives a process boundary and JSON. */
export interface ErrorReport {
  name: string;
  message: string;
  stack?: string;
  /** `code` of the original error, or one of this package's (see `ContestantError`). */
  code?: string;
}

/** Plain form of whatever was thrown. Never throws. */
export function describeError(thrown: unknown): ErrorReport {
  if (!(thrown instanceof Error)) return { name: 'Error', message: `thrown, but no Error: ${text(thrown)}` };
  const report: ErrorReport = { name: text(thrown.name), message: text(thrown.message) };
  if (typeof thrown.stack === 'string') report.stack = thrown.stack;
  if ('code' in thrown && typeof thrown.code === 'string') report.code = thrown.code;
  return report;
}

function text(value: unknown): string {
  try {
    return typeof value === 'string' ? value : String(value);
  } catch {
    return 'something that has no text form';
  }
}
