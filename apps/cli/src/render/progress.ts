// Progress on stderr: one line that rewrites itself on a terminal, one line per step elsewhere.
import { printable } from './format.ts';

const CLEAR_LINE = '\r\x1b[2K';

export class Progress {
  readonly #stream = process.stderr;
  readonly #isTerminal = process.stderr.isTTY === true;
  #lastStep = '';

  /** A step of the work; `detail` changes often and is shown on a terminal only. */
  show(step: string, detail = ''): void {
    const text = printable(detail ? `${step}: ${detail}` : step);
    if (this.#isTerminal) {
      const width = Math.max(20, (this.#stream.columns ?? 80) - 1);
      this.#stream.write(CLEAR_LINE + text.slice(0, width));
    } else if (step !== this.#lastStep) {
      this.#stream.write(`${printable(step)}\n`);
    }
    this.#lastStep = step;
  }

  /** A line that stays. */
  say(line: string): void {
    this.clear();
    this.#stream.write(`${line}\n`);
  }

  clear(): void {
    if (this.#isTerminal) this.#stream.write(CLEAR_LINE);
  }
}
