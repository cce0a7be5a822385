/**
 * Ends the runners of a host that can no longer do it.
 *
 * A runner that is busy on its main thread does not notice that its host was killed. A shell of one megabyte notices:
 * it blocks in `read` on a pipe from the host, is told each process group that begins and ends, and when the pipe
 * closes without a farewell it kills the groups that are left. It leads its own session, so that a Ctrl-C that kills
 * the host does not take it along. Where there is no POSIX shell, runners still end themselves at their next turn of the
 * loop (see `runner/runner-entry.ts`).
 */
import { spawn, type ChildProcess } from 'node:child_process';

/** Reads "+ group" and "- group" lines until the pipe closes. */
const SCRIPT = `
groups=
while read -r sign group; do
  case "$sign" in
    +) groups="$groups $group" ;;
    -) left=
       for g in $groups; do [ "$g" = "$group" ] || left="$left $g"; done
       groups=$left ;;
  esac
done
for g in $groups; do kill -s KILL -- "-$g" 2>/dev/null; done
`;

export class Reaper {
  readonly #shell: ChildProcess | undefined;
  readonly #gone: Promise<unknown>;

  constructor() {
    if (process.platform === 'win32') {
      this.#gone = Promise.resolve();
      return;
    }
    const shell = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    this.#shell = shell;
    this.#gone = new Promise((resolve) => shell.once('exit', resolve).once('error', resolve));
    // A shell that could not be started or was killed is an absent safety net, not a failure of the comparison.
    shell.on('error', () => undefined);
    shell.stdin?.on('error', () => undefined);
  }

  /** From now on the process group of `leader` is killed when the host dies. */
  watch(leader: number): void {
    this.#shell?.stdin?.write(`+ ${leader}\n`);
  }

  forget(leader: number): void {
    this.#shell?.stdin?.write(`- ${leader}\n`);
  }

  /** Sends the shell home; resolves when it has gone. Groups still watched are killed by it. */
  async close(): Promise<void> {
    this.#shell?.stdin?.end();
    await this.#gone;
  }
}
