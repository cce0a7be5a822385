/**
 * How worker processes end when the host is killed outright, even while they are busy. Linux can send a signal on the parent's
 * death: set by the program `setpriv` before it becomes Node, or by the addon in the child. `setpriv` comes first: it covers the
 * child from its first instruction and costs about 2 ms, while loading the addon in a child was measured at 35 ms. The signal
 * follows the thread that started the child: a pool made in a Worker loses its processes when that Worker ends.
 */
import { findProgram } from '../isolation/programs.ts';
import { loadOsServices } from '../task/os-services.ts';
import type { ParentDeath } from './transport.ts';

export interface ParentDeathPlan {
  readonly parentDeath: ParentDeath;
  readonly setprivPath: string | undefined;
}

/** `HEDDLE_PARENT_DEATH` = addon | setpriv | none forces one way, for tests. */
export async function planParentDeath(env: NodeJS.ProcessEnv = process.env): Promise<ParentDeathPlan> {
  const forced = env.HEDDLE_PARENT_DEATH;
  if (process.platform === 'linux' && forced !== 'none') {
    const setprivPath = forced === 'addon' ? undefined : findProgram('setpriv', env.PATH ?? '');
    if (setprivPath !== undefined) return { parentDeath: 'setpriv', setprivPath };
    if (forced !== 'setpriv' && (await loadOsServices()) !== undefined)
      return { parentDeath: 'addon', setprivPath: undefined };
  }
  return { parentDeath: 'not-guaranteed', setprivPath: undefined };
}
