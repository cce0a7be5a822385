/**
 * What a worker process writes to its stdout and stderr, and the order between that and its messages.
 *
 * The two come on different pipes. The worker writes text synchronously and then says in each message how many bytes it has
 * written; a message that is ahead of the text waits for it. So a task's lines are out before its result is.
 */
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../clock/clock.ts';
import type { InspectorLines } from '../liveness/inspector-lines.ts';
import { speakerParser, type WireMessage } from './process-wire.ts';

/** How long a message waits for text that was written before it. A guess; the text is there at once unless the task closed
 * its own stderr, and then nothing waits a second time. */
const LATE_TEXT_MS = 500;

export interface ProcessOutputParts {
  readonly child: ChildProcess;
  /** Tags the speaker in the stream; see `speakerTag`. */
  readonly mark: string;
  readonly clock: Clock;
  /** Takes out what Node says about an inspector; that is no text of the worker. */
  readonly inspectorLines: InspectorLines;
  readonly onText: (task: string | undefined, text: string) => void;
  readonly onMessage: (message: WireMessage) => void;
  /** Both pipes are closed. */
  readonly onEnd: () => void;
}

export class ProcessOutput {
  isEnded = false;
  readonly #parts: ProcessOutputParts;
  readonly #held: WireMessage[] = [];
  #stderrBytes = 0;
  #isOrdered = true;

  constructor(parts: ProcessOutputParts) {
    this.#parts = parts;
    const { child, mark, inspectorLines, onText, onEnd } = parts;
    const parser = speakerParser(mark, onText);
    let open = 2;
    const listen = (stream: Readable | null, push: (text: string) => void) => {
      const decoder = new StringDecoder('utf8');
      stream?.on('data', (bytes: Buffer) => {
        const takenBefore = inspectorLines.takenBytes;
        push(decoder.write(bytes));
        if (stream === child.stderr) this.#count(bytes.byteLength - (inspectorLines.takenBytes - takenBefore));
      });
      stream?.on('error', () => {});
      stream?.once('close', () => {
        push(decoder.end());
        if (--open > 0) return;
        this.isEnded = true;
        parser.push(inspectorLines.end());
        parser.end();
        this.release();
        onEnd();
      });
      (stream as unknown as { unref?(): void } | null)?.unref?.();
    };
    listen(child.stdout, (text) => text !== '' && onText(undefined, text));
    listen(child.stderr, (text) => parser.push(inspectorLines.push(text)));
  }

  /** Passes a message on, once the text before it is there. */
  push(message: WireMessage): void {
    if (this.#held.length === 0 && this.#mayPass(message)) return this.#parts.onMessage(message);
    if (this.#held.push(message) > 1) return;
    this.#parts.clock.after(LATE_TEXT_MS, () => {
      if (this.#held[0] === message) this.release();
    });
  }

  /** Waits for text no longer. */
  release(): void {
    if (this.#held.length > 0) this.#isOrdered = false;
    this.#pass();
  }

  #count(bytes: number): void {
    this.#stderrBytes += bytes;
    this.#pass();
  }

  #pass(): void {
    while (this.#held.length > 0 && this.#mayPass(this.#held[0]!)) this.#parts.onMessage(this.#held.shift()!);
    const [first] = this.#held;
    if (first === undefined) return;
    this.#parts.clock.after(LATE_TEXT_MS, () => {
      if (this.#held[0] === first) this.release();
    });
  }

  #mayPass({ printedBytes = 0 }: WireMessage): boolean {
    return !this.#isOrdered || this.isEnded || printedBytes <= this.#stderrBytes;
  }
}
