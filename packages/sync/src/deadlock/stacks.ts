/** Where code is, without what of it is in this package. */

/** What a message has room for. */
const MAX_FRAMES = 12;
/** The sources, or the build of them. */
const OWN = new URL('..', import.meta.url).href;

/** The lines of the stack of who calls; at most `maxChars`. */
export function stackHere(maxChars = 900): string {
  return trim(
    withLimit(MAX_FRAMES + 20, () => new Error('here').stack),
    maxChars,
  );
}

export function trim(stack: string | undefined, maxChars = 900): string {
  const lines = (stack ?? '').split('\n').slice(1);
  const shown = lines.filter((line) => !line.includes(OWN) && !line.includes('(node:')).slice(0, MAX_FRAMES);
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
