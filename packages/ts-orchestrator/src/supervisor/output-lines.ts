/**
 * What one worker prints, made into whole lines for the host's stderr: `[pool worker-2 renderTile] text`. Keeps the last
 * lines, for the error in case it dies.
 */

/** Kept lines, and characters of a line without an end: enough to see why, bounded for a flood. */
const TAIL_LINES = 10;
const LINE_CHARS_MAX = 16_384;

export class OutputLines {
  readonly #label: string;
  readonly #write: (line: string) => void;
  readonly #open = new Map<string | undefined, string>();
  readonly #tail: string[] = [];

  /** `write` gets each line with its end. */
  constructor(label: string, write: (line: string) => void) {
    this.#label = label;
    this.#write = write;
  }

  get tail(): readonly string[] {
    return [...this.#tail];
  }

  push(task: string | undefined, text: string): void {
    const lines = ((this.#open.get(task) ?? '') + text).split('\n');
    let rest = lines.pop()!;
    for (const line of lines) this.#say(task, line);
    while (rest.length > LINE_CHARS_MAX) {
      this.#say(task, rest.slice(0, LINE_CHARS_MAX));
      rest = rest.slice(LINE_CHARS_MAX);
    }
    if (rest === '') this.#open.delete(task);
    else this.#open.set(task, rest);
  }

  /** No more will come: what has no line end yet is said as it is. */
  end(): void {
    for (const [task, rest] of this.#open) this.#say(task, rest);
    this.#open.clear();
  }

  #say(task: string | undefined, line: string): void {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    this.#tail.push(text);
    if (this.#tail.length > TAIL_LINES) this.#tail.shift();
    this.#write(`[${this.#label}${task === undefined ? '' : ` ${task}`}] ${text}\n`);
  }
}
