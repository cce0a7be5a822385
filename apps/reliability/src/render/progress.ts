// Progress on stderr: one line that rewrites itself on a terminal, one line per step elsewhere.

const CLEAR_LINE = '\r\u001b[2K';

export class Progress {
  readonly #stream = process.stderr;
  #lastStep = '';

  /** A step of the work; `detail` changes often and is shown on a terminal only. */
  show(step: string, detail: string): void {
    if (this.#stream.isTTY) {
      const text = detail === '' ? step : `${step}: ${detail}`;
      this.#stream.write(CLEAR_LINE + text.slice(0, Math.max(20, (this.#stream.columns ?? 80) - 1)));
    } else if (step !== this.#lastStep) {
      this.#stream.write(`${step}\n`);
    }
    this.#lastStep = step;
  }

  /** A line that stays. */
  say(line: string): void {
    this.clear();
    this.#stream.write(`${line}\n`);
  }

  clear(): void {
    if (this.#stream.isTTY) this.#stream.write(CLEAR_LINE);
  }
}
