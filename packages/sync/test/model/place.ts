/** Where the protocol is: a subject whose anchors are not told apart by their names has the place in the state. */

/** Calls from an operation down to an access, and those of the explorer. */
const MAX_DEPTH = 20;

const places = new Map<string, string>();
/** Where the protocol is now: a short name for the places of the calls on the stack that are in its text. */
export function placeNow(): string {
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.stackTraceLimit = MAX_DEPTH;
  Error.prepareStackTrace = (_error, sites) =>
    sites
      .filter((site) => site.isEval())
      .map((site) => `${site.getLineNumber()}:${site.getColumnNumber()}`)
      .join();
  const { stack } = new Error('here');
  Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  const known = places.get(stack!) ?? `@${places.size}`;
  places.set(stack!, known);
  return known;
}
