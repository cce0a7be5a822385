/**
 * Descriptors that a child would inherit although nobody meant it to: those this program was itself started with, or that an
 * addon opened without the flag that closes them. Node marks its own.
 */
import fs from 'node:fs';

const CLOSE_ON_EXEC = 0o2000000;

/** Their numbers, stdin to stderr not among them. Empty where the system doesn't tell. */
export function strayDescriptors(): number[] {
  try {
    return fs
      .readdirSync('/proc/self/fd')
      .map(Number)
      .filter((fd) => fd > 2 && !closesOnExec(fd));
  } catch {
    return [];
  }
}

function closesOnExec(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(fs.readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1];
    return flags === undefined || (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) !== 0;
  } catch {
    // Closed meanwhile.
    return true;
  }
}
