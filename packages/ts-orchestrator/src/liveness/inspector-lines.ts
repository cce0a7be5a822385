/**
 * Node announces an inspector on the worker's own stderr, in the middle of what the task prints. Those lines are for us: they
 * are taken out, and the address in them is handed on. Until armed, everything passes untouched.
 */

const LINES =
  /(?:Debugger listening on (ws:\/\/\S+)|For help, see: https:\/\/nodejs\.org\/\S+|Debugger attached\.|Debugger ending on ws:\/\/\S+|Waiting for the debugger to disconnect\.\.\.)\r?\n/g;
const BEGINNINGS = [
  'Debugger listening on ws://',
  'For help, see: https://nodejs.org/',
  'Debugger attached.',
  'Debugger ending on ws://',
  'Waiting for the debugger to disconnect...',
];

export class InspectorLines {
  /** Called with the address of an inspector that has opened. */
  onListening: ((url: string) => void) | undefined;
  /** Bytes taken out so far. */
  takenBytes = 0;
  #isArmed = false;
  #held = '';

  /** From now on the worker may open an inspector. */
  arm(): void {
    this.#isArmed = true;
  }

  /** The text without the lines of the inspector. */
  push(text: string): string {
    if (!this.#isArmed) return text;
    const whole = this.#held + text;
    const rest = whole.replace(LINES, (line, url: string | undefined) => {
      this.takenBytes += line.length;
      if (url !== undefined) this.onListening?.(url);
      return '';
    });
    const at = unfinishedAt(rest);
    this.#held = rest.slice(at);
    return rest.slice(0, at);
  }

  /** No more will come: what was held back. */
  end(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }
}

/** Where an announcement begins that the next piece may complete; the length of the text when none does. */
function unfinishedAt(text: string): number {
  for (let at = text.lastIndexOf('\n') + 1; at < text.length; at++) {
    const tail = text.slice(at);
    if (BEGINNINGS.some((beginning) => tail.startsWith(beginning) || beginning.startsWith(tail))) return at;
  }
  return text.length;
}
