/** The side of a throw-away program: its order, and its answers. */
import fs from 'node:fs';

export const readOrder = <T>(): T => JSON.parse(process.argv[2]!) as T;

/** Written at once, so that it is out whatever happens next. */
export function tell(line: unknown): void {
  fs.writeSync(1, `${JSON.stringify(line)}\n`);
}
