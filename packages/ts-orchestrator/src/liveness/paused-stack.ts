/**
 * Stops a JavaScript thread through its inspector and reads where it stands. Knows the dialogue, not the wire: the caller sends
 * the requests and hands in the answers. After the stack the thread stands still until the caller resumes it or cuts the line.
 */
import type { StackFrame } from '../errors/examination.ts';

export interface InspectorRequest {
  readonly id: number;
  readonly method: string;
  readonly params?: object;
}

/** Requests that make a thread tell its stack, in order. A busy loop, a regular expression and Atomics.wait are interrupted. */
export const PAUSE_REQUESTS: readonly InspectorRequest[] = [
  { id: 1, method: 'Debugger.enable' },
  { id: 2, method: 'Debugger.pause' },
];

/** Takes the messages of one dialogue; gives the frames when the message that brings them comes, else undefined. */
export function stackListener(): (message: unknown) => readonly StackFrame[] | undefined {
  // The frames name their script by number (their own `url` is empty, measured on Node 20); every script was announced before.
  const urls = new Map<string, string>();
  return (message) => {
    const { method, params } = message as InspectorMessage;
    if (method === 'Debugger.scriptParsed') urls.set(params!.scriptId!, params!.url ?? '');
    if (method !== 'Debugger.paused') return undefined;
    return (params?.callFrames ?? []).map(({ functionName, location }) => ({
      functionName,
      url: urls.get(location.scriptId) ?? '',
      line: location.lineNumber + 1,
      column: (location.columnNumber ?? 0) + 1,
    }));
  };
}

/** Of the inspector's protocol, domain Debugger. Its lines and columns count from 0. */
interface InspectorMessage {
  readonly method?: string;
  readonly params?: {
    readonly scriptId?: string;
    readonly url?: string;
    readonly callFrames?: ReadonlyArray<{
      readonly functionName: string;
      readonly location: { readonly scriptId: string; readonly lineNumber: number; readonly columnNumber?: number };
    }>;
  };
}
