/**
 * The sandbox: bubblewrap around, Node's permission model inside. Pure.
 *
 * bubblewrap gives namespaces of its own (no network, no other processes, no shared memory of others), a root that can only be
 * read, an empty /tmp and /run, and no privileges. Node's permission model then narrows what JavaScript may read to what it
 * needs, and refuses programs, threads and addons. The descriptors of the channel and of the file with its words pass through both.
 */
import os from 'node:os';

/** Private to the worker, and the only place it can write to. Gone with it. */
export const SANDBOX_TMP = '/tmp';

/** Arguments of `bwrap`, up to the program. */
export function bubblewrapArgs(folders: readonly string[], nodePath: string): string[] {
  return [
    ['--unshare-all'],
    // With this program, and with bubblewrap itself: nothing inside outlives either.
    ['--die-with-parent'],
    ['--cap-drop', 'ALL'],
    ['--ro-bind', '/', '/'],
    ['--dev', '/dev'],
    ['--proc', '/proc'],
    // Sockets of services lie here, which a network namespace doesn't hide.
    ['--tmpfs', '/run'],
    ['--tmpfs', '/var/tmp'],
    ['--tmpfs', SANDBOX_TMP],
    // What the worker needs of what lies below those.
    ...[...folders, nodePath].map((file) => ['--ro-bind', file, file]),
    // No --new-session: the worker leads a session already, and the group must stay the one that the host ends.
    ['--'],
  ].flat();
}

/** Node's permission model, spelled as this Node does. */
export function permissionFlags(folders: readonly string[], nodeFlags: ReadonlySet<string>): string[] {
  const isStable = nodeFlags.has('--permission');
  // None inside another, and no folder beside what is in it: Node 20 aborts on those.
  const outside = folders.filter((folder) => !folder.startsWith(`${SANDBOX_TMP}/`));
  return [
    isStable ? '--permission' : '--experimental-permission',
    ...[...outside, SANDBOX_TMP].map((folder) => `--allow-fs-read=${folder}/*`),
    `--allow-fs-write=${SANDBOX_TMP}/*`,
    // Before the permission model was stable it warned that it isn't.
    ...(isStable ? [] : ['--disable-warning=ExperimentalWarning']),
    ...(nodeFlags.has('--disable-sigusr1') ? ['--disable-sigusr1'] : []),
  ];
}

/** bubblewrap exits with 128 + the signal that ended what it ran. */
export function exitOfNested(exitCode: number | null, signal: NodeJS.Signals | null) {
  const number = (exitCode ?? 0) - 128;
  const [name] = Object.entries(os.constants.signals).find(([, value]) => value === number) ?? [];
  return name === undefined ? { exitCode, signal } : { exitCode: null, signal: name as NodeJS.Signals };
}
