/**
 * Ends everything a worker has started when the host is gone, however it went: the parent-death signal reaches the worker alone.
 * Pure.
 *
 * A shell forks a guard and then becomes the worker. The guard is in the worker's group and reads from a pipe of which only the
 * host has the other end. Nobody ever writes: the read returns when the host has ended. Then the guard ends what carries the
 * worker's mark, and its own group, itself included. Where the worker ends first, the host ends the group and so the guard.
 */
import { WORKER_MARK } from './process-group.ts';

/** Descriptor of the guard's pipe in the child: after stdin, stdout, stderr, the channel and the file with its words. */
export const GUARD_FD = 5;

// The mark comes as an argument: what stands in the guard's own environment would make it end itself first.
const SCRIPT = `
mark=$1; shift
(
  exec </dev/null >/dev/null 2>&1 3>&- 4>&- 6>&-
  read -r _ <&${GUARD_FD}
  for process in /proc/[0-9]*; do
    grep -qs "${WORKER_MARK}=$mark" "$process/environ" && kill -KILL "\${process#/proc/}"
  done
  kill -KILL 0
) &
exec ${GUARD_FD}>&-
export ${WORKER_MARK}="$mark"
exec "$@"
`;

/** The words that go before those of the worker. */
export function guardWords(shPath: string, mark: string): string[] {
  return [shPath, '-c', SCRIPT, 'sh', mark];
}
