/**
 * The task module that a calibration calls: what is left is what a call costs.
 */
const fs = process.getBuiltinModule('node:fs');

export function nothing(value: number): number {
  return value;
}

/** Memory that is this process's alone, in KiB, as Linux tells it: shared code counts once however many workers there are. */
export function ownKiB(): number | undefined {
  try {
    return Number(/^RssAnon:\s+(\d+) kB$/m.exec(fs.readFileSync('/proc/self/status', 'utf8'))?.[1]) || undefined;
  } catch {
    return undefined;
  }
}
