/** Where code is, without what of it is in this package. */

/** What a message has room for. */
const MAX_FRAMES = 12;
/** This package, if it is not in a bundle of somebody else's; a stack shows its build or, by a source map, its sources. */
const OWN = /^file:\/\/(?<root>.*\/)(?:src|dist)\/(?:deadlock\/stacks|bundle\/index)\.[jt]s$/.exec(import.meta.url)
  ?.groups?.['root'];

function isOwn(line: string): boolean {
  return OWN !== undefined && (line.includes(`${OWN}src/`) || line.includes(`${OWN}dist/`));
}

/** The lines of the stack of who calls; at most `maxChars`. */
export function stackHere(maxChars = 900): string {
  return trim(
    withLimit(MAX_FRAMES + 20, () => new Error('here').stack),
    maxChars,
  );
}

export function trim(stack: string | undefined, maxChars = 900): string {
  const lines = (stack ?? '').split('\n').slice(1);
  const shown = lines.filter((line) => !isOwn(line) && !line.includes('(node:')).slice(0, MAX_FRAMES);
  return shown
    .map((line) => line.trim())
    .join('\n')
    .slice(0, maxChars);
}

/** `make` captures stacks of at most `limit` frames. */
export function withLimit<T>(limit: number, make: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = limit;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
