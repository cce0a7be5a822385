/**
 * One ref'd handle per pool while anything is promised (a start, a task, a drain, a close), none otherwise: an idle pool never
 * holds the program, and a program never ends before what it waits for.
 */
export class KeepAlive {
  #holds = 0;
  #handle: NodeJS.Timeout | undefined;

  hold(): void {
    // A timer that has nothing to do: it fires every 24 days.
    if (this.#holds++ === 0) this.#handle = setInterval(() => {}, 2 ** 31 - 1);
  }

  release(): void {
    if (--this.#holds === 0) clearInterval(this.#handle);
  }
}
