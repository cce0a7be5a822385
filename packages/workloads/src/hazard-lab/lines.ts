/** What the throw-away programs say: lines of JSON, written at once and synchronously, so that a death loses none. */
import { writeSync } from 'node:fs';

export const writeLine = (line: object): void => void writeSync(1, `${JSON.stringify(line)}\n`);

/** The code of an error, or its class. */
export function nameOf(error: unknown): string {
  const { code, name } = error as { code?: string; name?: string };
  return code ?? name ?? String(error);
}
