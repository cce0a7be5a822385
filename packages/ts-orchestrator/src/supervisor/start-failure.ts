/**
 * A start that failed in the user's module, told so that the reader can go to the line.
 */
import { heddleError, HeddleError } from '../errors/errors.ts';
import { decodeThrow, type EncodedThrow } from '../task/error-codec.ts';

export function loadFailure(url: string, encoded: EncodedThrow): unknown {
  const cause = decodeThrow(encoded);
  // Heddle's own refusals say everything already.
  if (cause instanceof HeddleError && (cause.code === 'HEDDLE_TYPESCRIPT' || cause.code === 'HEDDLE_MODULE_SELF'))
    return cause;
  return heddleError('HEDDLE_MODULE_LOAD', { url, location: locationOf(cause), reason: describe(cause) }, cause);
}

export function setupFailure(worker: string, encoded: EncodedThrow): unknown {
  const cause = decodeThrow(encoded);
  return heddleError('HEDDLE_SETUP', { worker, reason: describe(cause) }, cause);
}

/** First place in the stack that is a file: `file:///…:line` or `/…:line:column`. */
function locationOf(error: unknown): string | undefined {
  const stack = error instanceof Error ? error.stack : undefined;
  return /(?:file:\/\/)?\/[^\s()]+?:\d+(?::\d+)?(?=[\s)]|$)/m.exec(stack ?? '')?.[0];
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
