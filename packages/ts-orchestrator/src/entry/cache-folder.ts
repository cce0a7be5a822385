/**
 * The folder of `heddle` in the user's cache, where it keeps what the next program of the same user need not find out again.
 */
import path from 'node:path';

export interface CacheSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Throws where there is none. */
  readonly home: () => string;
}

/** The folder, or why there is none. Whether it is there has to be seen. */
export function cacheFolder({ env, platform, home }: CacheSurroundings): { folder: string } | { problem: string } {
  const { join, isAbsolute } = platform === 'win32' ? path.win32 : path.posix;
  const named = env.XDG_CACHE_HOME ?? (platform === 'win32' ? env.LOCALAPPDATA : undefined);
  // A relative one is to be ignored, says the specification of these variables.
  if (named !== undefined && isAbsolute(named)) return { folder: join(named, 'heddle') };
  try {
    const own = { darwin: ['Library', 'Caches'], win32: ['AppData', 'Local'] } as Partial<Record<string, string[]>>;
    const dir = home();
    if (!isAbsolute(dir)) return { problem: 'there is no home folder' };
    return { folder: join(dir, ...(own[platform] ?? ['.cache']), 'heddle') };
  } catch {
    return { problem: 'there is no home folder' };
  }
}
